"""The content of the page of a referral, section by section, as the template shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from central import submission_labels
from central.agency_desk import referral_facts
from central.agency_desk.access import Access
from central.agency_desk.access_codes import code_is_waiting, unlocking_code
from central.agency_desk.answering import answer_version, proposable_agencies
from central.agency_desk.forms import AcceptForm, CodeForm, CodeRequestForm, ReportForm, ReturnForm
from central.cases import agency_reading, clock
from central.cases.agency_reading import own_names
from central.cases.codes import ACTIVE_STATES, REFERRAL_STATES, ReferralState
from central.cases.event_kinds import EVENT_NAMES, EventKind
from central.cases.models import Attachment, Complainant, LetterPage, Referral
from central.cases.points import agency_words
from central.desk import labels
from central.desk.forms import DeskForm
from central.privacy.masking import mask
from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure
from thai import dates, phone

# What the page says after a step, by the name of its form.
_CONFIRMATIONS = {
    "accept": BilingualText("รับเรื่องแล้ว", "The case is accepted"),
    "report": BilingualText("ส่งรายงานแล้ว", "The report is sent"),
    "return": BilingualText("ส่งเรื่องคืนศูนย์แล้ว", "The case is returned to the centre"),
    "request": BilingualText(
        "ส่งรหัสไปที่อีเมลของหน่วยงานแล้ว โปรดใส่รหัสด้านล่าง", "The code is mailed to your agency. Enter it below"
    ),
}
# What the citizen has written. Masked until a code opens the complainant; with a withheld name always.
_CASE_TEXTS = ("text", "topic_note", "location_note", "about_note")
_ANSWERS = (EventKind.ACCEPT.value, EventKind.REPORT.value, EventKind.RETURN_TO_CENTRE.value)


@dataclass(frozen=True)
class Person:
    """The complainant as this page may show them. `name` and `pages` are empty until a code has opened them."""

    disclosure: str
    may_open: bool  # by a code
    code_is_waiting: bool
    page_count: int
    name: str = ""
    phone: str = ""
    phone_link: str = ""
    address: str = ""
    pages: QuerySet[LetterPage] | None = None


@dataclass(frozen=True)
class Answer:
    """One answer of the agency so far."""

    when: str
    kind: str
    text: str
    message: str
    files: list[Attachment]


def build_page(request: HttpRequest, access: Access, forms: Mapping[str, DeskForm]) -> dict[str, Any]:
    """The context of the page. `forms` has the form that was sent and is shown again. Reading the case is audited."""
    referral, language = access.referral, access.language
    case = agency_reading.open_referred_case(referral, access.officer)
    person = _person(request, access)
    words = agency_words(referral)
    texts = {name: words(getattr(case, name)) for name in _CASE_TEXTS}
    if not person.name:
        names = own_names(referral)
        texts = {name: mask(text, language, names) for name, text in texts.items()}
    facts, due = referral_facts, referral_facts.referral_due(referral)
    step = request.GET.get("sent", "")
    return {
        "number": case.case_number,
        "centre": case.centre.name_in(language),
        "agency": referral.agency.name_in(language),
        "request_kind": facts.request_text(referral, language),
        "state": referral.state,
        "state_text": REFERRAL_STATES[ReferralState(referral.state)].in_language(language),
        "order_text": referral.order_text,
        "handler": referral.handler_name,
        "sent": dates.short_datetime(referral.sent_at, language),
        "due": facts.due_text(referral, language),
        "is_overdue": due is not None and due < clock.today() and referral.state in ACTIVE_STATES,
        "texts": texts,
        "is_masked": any(text != getattr(case, name) for name, text in texts.items()),
        "nature": facts.nature_text(referral, language),
        "topic": facts.topic_text(referral, language),
        "place": facts.place_text(referral, language),
        "about": labels.label(submission_labels.ABOUT, case.about, language),
        "filed": dates.short_datetime(case.filed_at, language),
        "confirmation": _CONFIRMATIONS[step].in_language(language) if step in _CONFIRMATIONS else "",
        "person": person,
        "answers": _answers(referral, language),
        "hotline": facts.HOTLINE,
        **_forms(access, forms),
    }


def _person(request: HttpRequest, access: Access) -> Person:
    referral, language = access.referral, access.language
    case = referral.case
    exists = Complainant.objects.filter(case=case).exists()
    base: dict[str, Any] = {
        "disclosure": labels.label(labels.NAME_DISCLOSURE, case.name_disclosure, language),
        "may_open": exists and agency_reading.may_read_people(referral),
        "code_is_waiting": code_is_waiting(referral),
        "page_count": 0 if case.name_disclosure == NameDisclosure.ANONYMOUS.value else case.pages.count(),
    }
    code = unlocking_code(request, referral, access.officer) if base["may_open"] else None
    if code is None:
        return Person(**base)
    complainant = agency_reading.open_complainant(referral, access.officer, code.reason)
    return Person(
        **base,
        name=complainant.full_name,
        phone=phone.display(complainant.phone),
        phone_link=complainant.phone,
        address=complainant.address,
        pages=agency_reading.open_letter(referral),
    )


def _answers(referral: Referral, language: str) -> list[Answer]:
    events = referral.case.events.filter(kind__in=_ANSWERS, payload__referral=referral.pk).select_related("texts")
    files: dict[int, list[Attachment]] = {}
    for attachment in agency_reading.own_attachments(referral):
        files.setdefault(attachment.event_id, []).append(attachment)
    answers = []
    for event in events.reverse():
        texts = getattr(event, "texts", None)
        answers.append(
            Answer(
                when=dates.short_datetime(event.at, language),
                kind=EVENT_NAMES[EventKind(event.kind)].in_language(language),
                text=texts.note if texts else "",
                message=texts.public_text if texts else "",
                files=files.get(event.pk, []),
            )
        )
    return answers


def _forms(access: Access, sent: Mapping[str, DeskForm]) -> dict[str, DeskForm | None]:
    language, referral = access.language, access.referral
    initial = {"seen": answer_version(referral), "done": "no"}
    forms: dict[str, DeskForm | None] = {
        "accept_form": None,
        "report_form": None,
        "return_form": None,
        "code_request_form": CodeRequestForm(language),
        "code_form": CodeForm(language),
    }
    if access.may_answer and referral.state in ACTIVE_STATES:
        if referral.state == ReferralState.SENT.value:
            forms["accept_form"] = AcceptForm(language, initial={**initial, "handler": referral.handler_name})
        forms["report_form"] = ReportForm(language, initial=initial)
        forms["return_form"] = ReturnForm(language, initial=initial, agencies=proposable_agencies(referral))
    return {**forms, **{name: form for name, form in sent.items() if forms[name] is not None}}
