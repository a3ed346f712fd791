"""Why a listed case was not erased. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class KeptReason(StrEnum):
    """What has changed between the list and the erasure."""

    HELD = "held"
    REOPENED = "reopened"
    ERASED = "erased"
    NOT_DUE = "not_due"  # reopened and closed again, or its period was made longer


KEPT_REASONS: Mapping[KeptReason, BilingualText] = {
    KeptReason.HELD: BilingualText("เก็บไว้: ถูกกันไว้ไม่ให้ลบ", "Kept: held"),
    KeptReason.REOPENED: BilingualText("เก็บไว้: เปิดเรื่องอีกครั้ง", "Kept: reopened"),
    KeptReason.NOT_DUE: BilingualText("เก็บไว้: ยังไม่ครบกำหนดแล้ว", "Kept: not due any more"),
    KeptReason.ERASED: BilingualText("ลบไปแล้วด้วยรายการอื่น", "Erased by another list"),
}
