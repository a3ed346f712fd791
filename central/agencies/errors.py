"""Why the register refuses a change."""

from collections.abc import Mapping

from protocol.bilingual_text import BilingualText

NO_PERMISSION = BilingualText(
    "ท่านไม่มีสิทธิ์แก้ไขทะเบียนหน่วยงานของศูนย์นี้", "You may not change the register of agencies of this centre"
)
CHANGED_MEANWHILE = BilingualText(
    "มีผู้แก้ไขหน่วยงานนี้ไปแล้ว โปรดเปิดดูใหม่ก่อนแก้ไข", "Someone else has changed this agency. Please open it again first"
)


class RegisterError(Exception):
    """A change that is refused: a sentence for each field, in the order of the form; '' is the change as a whole."""

    def __init__(self, errors: Mapping[str, BilingualText]) -> None:
        super().__init__("; ".join(text.en for text in errors.values()))
        self.errors = errors

    @classmethod
    def of(cls, sentence: BilingualText) -> "RegisterError":
        """The error of a change as a whole."""
        return cls({"": sentence})
