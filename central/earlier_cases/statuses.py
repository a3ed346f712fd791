"""What the words of a status column mean: a status of a case, or closed with an outcome. Pure: no Django.

The three statuses of the approval ladder are no choice: a case waits there for the decision of a proposal, and a file
has none. Such a case is imported as being checked, and is proposed again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from central.cases.codes import OUTCOMES, OUTCOMES_WITH_NEXT_OWNER, Outcome
from central.csv_files import heading_key
from protocol.bilingual_text import BilingualText
from protocol.case_status import CASE_STATUSES, CaseStatus

MAX_WORDS = 60  # different words in one status column
_OPEN_STATUSES = (
    CaseStatus.RECEIVED,
    CaseStatus.CHECKING,
    CaseStatus.ORDERED,
    CaseStatus.IN_PROGRESS,
    CaseStatus.UNCLEAR,
)


@dataclass(frozen=True)
class EarlierStatus:
    """One choice. `outcome` is set for a closed case."""

    status: CaseStatus
    outcome: Outcome | None = None

    @property
    def code(self) -> str:
        """The value of the choice, as stored: 'checking', 'closed:resolved'."""
        return f"{self.status.value}:{self.outcome.value}" if self.outcome else self.status.value

    @property
    def name(self) -> BilingualText:
        """The name of the choice on the desk."""
        label = CASE_STATUSES[self.status].desk_label
        if self.outcome is None:
            return label
        outcome = OUTCOMES[self.outcome]
        return BilingualText(f"{label.th}: {outcome.th}", f"{label.en}: {outcome.en}")


# A duplicate needs its main case, which a file does not name in a way that this program could follow.
_CLOSED = tuple(EarlierStatus(CaseStatus.CLOSED, outcome) for outcome in Outcome if outcome is not Outcome.DUPLICATE)
CHOICES: Mapping[str, EarlierStatus] = {
    each.code: each for each in (*(EarlierStatus(status) for status in _OPEN_STATUSES), *_CLOSED)
}
DEFAULT_CODE = CaseStatus.CHECKING.value
_RESOLVED = f"{CaseStatus.CLOSED.value}:{Outcome.RESOLVED.value}"

# The first row with a word that the text contains decides.
_GUESSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("ถอนเรื่อง", "ถอนคำร้อง", "withdrawn"), f"closed:{Outcome.WITHDRAWN.value}"),
    (("นอกอำนาจ", "ไม่อยู่ในอำนาจ"), f"closed:{Outcome.NOT_OUR_POWER.value}"),
    (("ชี้แจง", "explained"), f"closed:{Outcome.EXPLAINED.value}"),
    (("ติดต่อผู้ร้องไม่ได้", "ไม่ให้ข้อมูล", "noresponse"), f"closed:{Outcome.NO_RESPONSE.value}"),
    (("ส่งต่อหน่วยงานภายนอก", "ส่งต่อนอก"), f"closed:{Outcome.FORWARDED_OUT.value}"),
    (("ไม่ชัดเจน", "ขอข้อมูลเพิ่ม", "unclear"), CaseStatus.UNCLEAR.value),
    (("อยู่ระหว่าง", "กำลังดำเนินการ", "ระหว่างดำเนินการ", "inprogress"), CaseStatus.IN_PROGRESS.value),
    (("สั่งการ", "ส่งหน่วยงาน", "แจ้งหน่วยงาน", "ordered"), CaseStatus.ORDERED.value),
    (("ยุติ", "แล้วเสร็จ", "เสร็จสิ้น", "เสร็จ", "ปิดเรื่อง", "แก้ไขแล้ว", "closed", "resolved", "done"), _RESOLVED),
    (("รอรับ", "รับเรื่อง", "เรื่องใหม่", "received", "new"), CaseStatus.RECEIVED.value),
    (("เสนอ", "ตรวจสอบ", "พิจารณา", "checking"), CaseStatus.CHECKING.value),
)


def guess_status(word: str) -> str:
    """The code of the likeliest choice for a word of the status column."""
    key = heading_key(word)
    for words, code in _GUESSES:
        if any(each in key for each in words):
            return code
    return DEFAULT_CODE


def status_words(words: Iterable[str]) -> list[str]:
    """The different words of a status column in the order of the file. Raises ValueError for more than `MAX_WORDS`:
    then the column holds something else."""
    different = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if len(different) > MAX_WORDS:
        raise ValueError("too many words")
    return different


def needs_next_owner(outcome: Outcome) -> bool:
    """Whether the citizen must be told who is responsible next."""
    return outcome in OUTCOMES_WITH_NEXT_OWNER
