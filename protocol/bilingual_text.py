"""A text in Thai and English that needs no catalogue of translations, and the names of stored codes."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple


class BilingualText(NamedTuple):
    """One text in both languages."""

    th: str
    en: str

    def in_language(self, language: str) -> str:
        """The Thai text for 'th', the English one for every other language."""
        return self.th if language == "th" else self.en


def name_of(table: Mapping[Any, BilingualText], code: str) -> BilingualText:
    """The name of a stored code. A code that the table does not have names itself: a newer version stored it."""
    names = {key.value if isinstance(key, Enum) else key: name for key, name in table.items()}
    return names.get(code, BilingualText(code, code))
