"""The refusal of a change of a case."""

from protocol.bilingual_text import BilingualText

ERASED = BilingualText(
    "ข้อมูลของเรื่องนี้ถูกลบแล้ว จึงทำรายการไม่ได้", "The data of this case is erased, so nothing can be done with it"
)
NO_PERMISSION = BilingualText("บทบาทของท่านทำขั้นตอนนี้ไม่ได้", "Your role does not allow this step")


class NotAllowedError(Exception):
    """A change that is not allowed; `sentence` says why, in both languages."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


class ScannerAwayError(NotAllowedError):
    """Files cannot be scanned for viruses now: sent again later, the same files may be accepted."""
