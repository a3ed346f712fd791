"""The type of a text in Thai and English, for texts that need no catalogue of translations."""

from typing import NamedTuple


class BilingualText(NamedTuple):
    """One text in both languages."""

    th: str
    en: str

    def in_language(self, language: str) -> str:
        """The Thai text for 'th', the English one for every other language."""
        return self.th if language == "th" else self.en
