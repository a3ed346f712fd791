"""Changes of letters: the draft that one click makes, its text, its number, its cancellation. One command is one
transaction, which has locked the case first."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from central.cases import clock, reading
from central.cases.commands import Actor
from central.cases.commands.letter_notes import note_on_letter
from central.cases.errors import ERASED, NO_PERMISSION
from central.cases.event_kinds import EventKind
from central.cases.locking import lock_case
from central.cases.models import Case, Complainant, Referral
from central.cases.person_names import name_parts
from central.centres.models import Officer
from central.letters.case_values import case_values
from central.letters.covering import cover_withheld_name
from central.letters.errors import LetterError
from central.letters.kinds import KINDS, Audience, LetterKind, LetterState
from central.letters.models import Letter
from central.letters.numbering import take_number
from central.letters.offices import office_of
from central.letters.templates import template_in_use
from central.letters.texts import FIELDS, MISSING, STANDARD_TEXTS, LetterText, fill_in
from central.masking import cover_own_names
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_TOKEN_BYTES = 9  # twelve characters in the QR code
_READING_REASON = "จัดทำหนังสือถึงผู้ร้อง"
_NO_DRAFT = BilingualText("หนังสือนี้ออกเลขแล้ว แก้ไขไม่ได้", "This letter has its number and cannot be changed")
_CHANGED = BilingualText(
    "มีผู้แก้ไขหนังสือนี้ไปแล้ว โปรดตรวจดูอีกครั้ง", "Someone else has changed this letter. Please check it again"
)
_INCOMPLETE = BilingualText("โปรดใส่ชื่อเรื่อง ผู้รับ และข้อความ", "Give the subject, the addressee and the text")
_NO_CODE = BilingualText(
    "ศูนย์นี้ยังไม่ได้ตั้งเลขที่หนังสือ โปรดแจ้งผู้ดูแลให้ตั้งที่หน้าหัวหนังสือ",
    "This centre has no letter code yet. Ask an administrator to enter it on the page of the letterhead",
)
_UNFINISHED = BilingualText(
    f"ยังมีที่ว่าง ({MISSING}) ในหนังสือ โปรดเติมให้ครบก่อนออกเลข",
    f"The letter still has a gap ({MISSING}). Fill it before the number is given",
)
_NOT_ISSUED = BilingualText("หนังสือนี้ยังไม่ได้ออกเลข หรือยกเลิกไปแล้ว", "This letter has no number, or is cancelled already")
_NO_REASON = BilingualText("โปรดบอกเหตุผลที่ยกเลิก", "Please give a reason")


@dataclass(frozen=True)
class LetterContent:
    """What an officer has written in the form of a draft."""

    text: LetterText
    signer_name: str = ""
    signer_position: str = ""


def create_draft(officer: Officer, case: Case, kind: LetterKind, referral: Referral | None = None) -> Letter:
    """A draft with the words of the template and the values of the case. `referral` None: the lead that is active.

    A letter to the complainant gets the name when the officer may read it now, which is audited. Raises LetterError."""
    audience = KINDS[kind].audience
    complainant = _complainant_for(officer, case) if audience is Audience.COMPLAINANT else None
    with transaction.atomic():
        locked = _locked(case.pk, officer)
        if referral is None:
            active = locked.referrals.filter(kind="lead", ended_at=None)
            referral = active.select_related("agency").first()
        template, office = template_in_use(locked.centre, kind), office_of(locked.centre)
        words = template.text if template else STANDARD_TEXTS[kind]
        letter = Letter(
            case=locked,
            centre=locked.centre,
            kind=kind.value,
            agency=referral.agency if referral and audience is Audience.AGENCY else None,
            template=template,
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            created_by=officer,
        )
        text = fill_in(words, case_values(locked, referral, complainant, audience))
        _write(letter, locked, LetterContent(text, office.signer_name, office.signer_position))
        letter.save(force_insert=True)
        return letter


def save_draft(officer: Officer, letter: Letter, seen_version: int, content: LetterContent) -> Letter:
    """Change the text of a draft. Raises LetterError."""
    with _locked_letter(officer, letter, seen_version) as (locked, case):
        _write(locked, case, content)
        locked.version += 1
        locked.save()
        return locked


def delete_draft(officer: Officer, letter: Letter, seen_version: int) -> None:
    """Delete a draft: it has used no number. Raises LetterError."""
    with _locked_letter(officer, letter, seen_version) as (locked, _case):
        locked.delete()


def issue(officer: Officer, letter: Letter, seen_version: int) -> Letter:
    """Give a draft the next number of the office and today's date. Its text does not change after that. Raises
    LetterError."""
    with _locked_letter(officer, letter, seen_version) as (locked, case):
        office = office_of(case.centre)
        if not office.code:
            raise LetterError(_NO_CODE)
        if any(MISSING in value for value in vars(locked.text).values()):
            raise LetterError(_UNFINISHED)
        locked.centre, locked.dated = case.centre, clock.today()
        locked.year, locked.sequence = take_number(case.centre, locked.dated)
        locked.number = f"{office.code}/{locked.sequence}"
        locked.state, locked.issued_by = LetterState.ISSUED.value, officer
        locked.version += 1
        locked.save()
        note_on_letter(case.pk, EventKind.LETTER_ISSUED, Actor.of(officer), payload_of(locked))
        return locked


def cancel(officer: Officer, letter: Letter, reason: str) -> Letter:
    """Cancel an issued letter. Its number stays used, as in a register on paper. Raises LetterError."""
    if not reason.strip():
        raise LetterError(_NO_REASON)
    with transaction.atomic():
        case = _locked(letter.case_id, officer)
        locked = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if locked.current_state is not LetterState.ISSUED:
            raise LetterError(_NOT_ISSUED)
        locked.state, locked.cancel_reason, locked.pdf = LetterState.CANCELLED.value, reason.strip(), None
        locked.version += 1
        locked.save()
        note_on_letter(case.pk, EventKind.LETTER_CANCELLED, Actor.of(officer), payload_of(locked))
        return locked


def payload_of(letter: Letter) -> dict[str, object]:
    """What an event of the history says about a letter."""
    template = letter.template
    version = {"template": template.pk, "template_version": template.version} if template else {}
    return {"letter": letter.pk, "letter_kind": letter.kind, "number": letter.number, **version}


def _complainant_for(officer: Officer, case: Case) -> Complainant | None:
    try:
        return reading.open_complainant(officer, case, _READING_REASON)
    except (reading.ReadingDeniedError, Complainant.DoesNotExist):
        return None


def _write(letter: Letter, case: Case, content: LetterContent) -> None:
    """Set the text. A withheld name is covered, unless the letter goes to the complainant."""
    complainant = Complainant.objects.filter(case=case).first()
    names = name_parts(complainant) if complainant else []
    values = {name: value.strip() for name, value in vars(content.text).items()}
    if not all(values[name] for name in ("subject", "addressee", "body")):
        raise LetterError(_INCOMPLETE)
    text = LetterText(**values)
    if KINDS[letter.current_kind].audience is not Audience.COMPLAINANT:
        text = cover_withheld_name(text, case, complainant)
    written = "\n".join(getattr(text, name) for name in FIELDS)
    # After a correction of the name, a draft may have the former one, which nothing knows any more.
    had_former = letter.names_complainant and case.events.filter(kind=EventKind.CORRECT_PERSON.value).exists()
    letter.names_complainant = had_former or cover_own_names(written, names, "") != written
    letter.text = text
    letter.signer_name, letter.signer_position = content.signer_name.strip(), content.signer_position.strip()


def _locked(case_id: int, officer: Officer) -> Case:
    case = lock_case(case_id)
    if not has_permission(officer, Action.WRITE_LETTERS, case.centre):
        raise LetterError(NO_PERMISSION)
    if case.erased_at is not None:
        raise LetterError(ERASED)
    return case


@contextmanager
def _locked_letter(officer: Officer, letter: Letter, seen_version: int) -> Iterator[tuple[Letter, Case]]:
    """The locked rows of a draft that has the version on the officer's page. Raises LetterError."""
    with transaction.atomic():
        case = _locked(letter.case_id, officer)
        locked = Letter.objects.select_for_update(of=("self",)).select_related("template").filter(pk=letter.pk).first()
        if locked is None:
            raise LetterError(_CHANGED)
        if locked.current_state is not LetterState.DRAFT:
            raise LetterError(_NO_DRAFT)
        if locked.version != seen_version:
            raise LetterError(_CHANGED)
        yield locked, case
