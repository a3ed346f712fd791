"""A field for a number that is shown in groups of digits while it is typed."""

from collections.abc import Callable
from typing import Any

from kivy.properties import ObjectProperty

from screens.widgets.text_field import Field
from thai.numerals import digits


class NumberField(Field):
    """Takes digits only. `grouped` writes them with what stands between the groups; `most` counts digits."""

    grouped: Callable[[str], str] = ObjectProperty(lambda digits: digits)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(multiline=False, **kwargs)

    def write(self, sign: str, instead_of: int = 0) -> None:
        """Put digits in at the caret. Whatever else a sign holds is left out."""
        caret = self.cursor_index()
        before, behind = digits(self.text[: caret - instead_of]), digits(self.text[caret:])
        put = digits(sign)
        if put and (not self.most or len(before + put + behind) <= self.most):
            self._put(before + put, behind)

    def delete_back(self) -> None:
        """Delete the digit before the caret."""
        caret = self.cursor_index()
        if before := digits(self.text[:caret]):
            self._put(before[:-1], digits(self.text[caret:]))

    def _put(self, before: str, behind: str) -> None:
        self._change(0, len(self.text), self.grouped(before + behind))
        end, left = 0, len(before)
        while left:
            left -= bool(digits(self.text[end]))
            end += 1
        self.cursor = self.get_cursor_from_index(end)
