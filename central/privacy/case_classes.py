"""The classes of closed cases, each with its own keeping period. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from central.cases.codes import Outcome
from protocol.bilingual_text import BilingualText


class CaseClass(StrEnum):
    """Why a closed case is kept for as long as it is."""

    ORDINARY = "ordinary"
    COMPLEX = "complex"
    WITHOUT_RESULT = "no_result"


@dataclass(frozen=True)
class KeepingDefaults:
    """What a class is, and what a new installation keeps: years from the closing, and why so many."""

    name: BilingualText
    years: int
    basis: str


CASE_CLASSES: Mapping[CaseClass, KeepingDefaults] = {
    CaseClass.ORDINARY: KeepingDefaults(
        BilingualText("เรื่องทั่วไป", "Ordinary cases"),
        10,
        "ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526 ข้อ 57: เก็บไม่น้อยกว่า 10 ปี",
    ),
    CaseClass.COMPLEX: KeepingDefaults(
        BilingualText("เรื่องซับซ้อน (กล่าวหาเจ้าหน้าที่ ที่ดิน)", "Complex cases (accusations of officials, land)"),
        20,
        "อายุความคดีอาญาสูงสุด 20 ปี ประมวลกฎหมายอาญา มาตรา 95 (1)",
    ),
    CaseClass.WITHOUT_RESULT: KeepingDefaults(
        BilingualText("เรื่องที่ถอน ไม่ตอบ หรือซ้ำ", "Withdrawn, unanswered and duplicate cases"),
        2,
        "ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526 ข้อ 57: เรื่องธรรมดาสามัญ เก็บไม่น้อยกว่า 1 ปี",
    ),
}
MIN_YEARS, MAX_YEARS = 1, 30
WITHOUT_RESULT = frozenset(each.value for each in (Outcome.WITHDRAWN, Outcome.NO_RESPONSE, Outcome.DUPLICATE))


def class_of(outcome_code: str, *, is_complex: bool) -> CaseClass:
    """The class of a closed case with this outcome."""
    if outcome_code in WITHOUT_RESULT:
        return CaseClass.WITHOUT_RESULT
    return CaseClass.COMPLEX if is_complex else CaseClass.ORDINARY
