"""A field for a number that is shown in groups of digits while it is typed."""

from collections.abc import Callable
from typing import Any

from kivy.properties import ObjectProperty

from screens.widgets.text_field import TextField
from thai.numerals import digits


class NumberField(TextField):
    """Takes digits only. `format_digits` writes them with what stands between the groups; `max_chars` counts digits."""

    format_digits: Callable[[str], str] = ObjectProperty(lambda digits: digits)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(multiline=False, **kwargs)

    def write(self, sign: str, replace_count: int = 0) -> None:
        """Put digits in at the caret. Whatever else a sign holds is left out."""
        caret = self.cursor_index()
        before, behind = digits(self.text[: caret - replace_count]), digits(self.text[caret:])
        inserted = digits(sign)
        if inserted and (not self.max_chars or len(before + inserted + behind) <= self.max_chars):
            self._place_rounded(before + inserted, behind)

    def delete_backward(self) -> None:
        """Delete the digit before the caret."""
        caret = self.cursor_index()
        if before := digits(self.text[:caret]):
            self._place_rounded(before[:-1], digits(self.text[caret:]))

    def _place_rounded(self, before: str, behind: str) -> None:
        self._change(0, len(self.text), self.format_digits(before + behind))
        end, left = 0, len(before)
        while left:
            left -= bool(digits(self.text[end]))
            end += 1
        self.cursor = self.get_cursor_from_index(end)
