"""The text of a letter, read by the machine and checked by an officer, becomes the statement of the case."""

import hashlib

from central.cases.commands.step import Actor, kept_attention, locked_case, save_step
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_TEXT_CHARS

_EMPTY = BilingualText("ไม่มีข้อความ", "There is no text")
_TOO_LONG = BilingualText(
    f"ข้อความของเรื่องยาวเกิน {MAX_TEXT_CHARS:,} ตัวอักษร",
    f"The statement of the case would be longer than {MAX_TEXT_CHARS:,} characters",
)
_WITHHELD = BilingualText(
    "ผู้ร้องขอปกปิดชื่อ ข้อความในหนังสือจึงต้องอยู่กับหนังสือ", "The name is withheld, so the text of the letter stays with the letter"
)
_TAKEN = BilingualText("ข้อความนี้อยู่ในเรื่องแล้ว", "The case has this text already")


def may_take_over_text(case: Case) -> bool:
    """Whether letters of this case may become its statement, which more people read than the letter."""
    return not case.is_name_withheld and case.closed_at is None


def take_over_text(case: Case, by: Actor, *, seen_revision: int | None, text: str) -> CaseEvent:
    """Add the text to the statement of the case; what was there stays before it. Control characters become spaces."""
    added = "\n".join(map(_printable, text.splitlines())).strip()
    if not added:
        raise NotAllowedError(_EMPTY)
    with locked_case(case, Action.TAKE_OVER_TEXT, by, seen_revision=seen_revision) as locked:
        if not may_take_over_text(locked):
            raise NotAllowedError(_WITHHELD)
        if added in locked.text:
            raise NotAllowedError(_TAKEN)
        whole = f"{locked.text}\n{added}" if locked.text.strip() else added
        if len(whole) > MAX_TEXT_CHARS:
            raise NotAllowedError(_TOO_LONG)
        locked.text = whole
        payload = {"characters": len(added), "sha256": hashlib.sha256(added.encode()).hexdigest()}
        attention = kept_attention(locked)
        return save_step(locked, EventKind.TAKE_OVER_TEXT, by, attention=attention, payload=payload)


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in line)
