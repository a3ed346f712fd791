"""The agency's steps on a referral. Two people of an agency may answer at once: each step names what its page showed.

The revision of the case is not compared: the agency writes its report while officers of the centre work on the case."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from central.agencies.models import Agency
from central.agencies.register import reachable_agencies
from central.cases import commands
from central.cases.attachments import CleanFile
from central.cases.commands import Actor, NotAllowedError
from central.cases.locking import lock_case
from central.cases.models import CaseEvent, Referral
from protocol.bilingual_text import BilingualText

_ANSWERED_MEANWHILE = BilingualText(
    "มีผู้อื่นในหน่วยงานของท่านตอบเรื่องนี้ไปแล้ว โปรดตรวจดูด้านล่างก่อนส่งอีกครั้ง",
    "Somebody else of your agency has answered meanwhile. Read the answer below before you send yours",
)


def answer_version(referral: Referral) -> str:
    """Changes with each answer to this referral."""
    reported = referral.last_report_at.timestamp() if referral.last_report_at else 0
    return f"{referral.state}-{reported:.6f}"


def accept(referral: Referral, by: Actor, seen: str, *, handler_name: str) -> CaseEvent:
    """Accept, and name the person in charge. Raises NotAllowedError."""
    with _unchanged(referral, seen) as current:
        return commands.accept(current, by, seen_revision=None, handler_name=handler_name)


def report(
    referral: Referral, by: Actor, seen: str, *, text: str, is_done: bool, message: str, files: Sequence[CleanFile]
) -> CaseEvent:
    """Report progress or the end of the work. Raises NotAllowedError."""
    with _unchanged(referral, seen) as current:
        return commands.report(
            current, by, seen_revision=None, text=text, is_done=is_done, message=message, attachments=files
        )


def return_to_centre(referral: Referral, by: Actor, seen: str, *, reason: str, proposed: Agency | None) -> CaseEvent:
    """Return the case with a reason. Raises NotAllowedError."""
    with _unchanged(referral, seen) as current:
        return commands.return_to_centre(current, by, seen_revision=None, reason=reason, proposed_agency=proposed)


def proposable_agencies(referral: Referral) -> list[Agency]:
    """The agencies that may be proposed instead."""
    return list(reachable_agencies(referral.case.centre).exclude(pk=referral.agency_id).order_by("name_th"))


@contextmanager
def _unchanged(referral: Referral, seen: str) -> Iterator[Referral]:
    """The referral as it is under the lock of its case, which lasts until the end of the transaction."""
    with transaction.atomic():
        lock_case(referral.case_id)
        current = Referral.objects.select_related("case__centre", "agency").get(pk=referral.pk)
        if seen != answer_version(current):
            raise NotAllowedError(_ANSWERED_MEANWHILE)
        yield current
