"""Recordings of texts, read by a person: which file contains which text.

A file name is derived from the text, so that a changed text is never read aloud in its old wording.
`./run recordings` lists the texts to record.
"""

from collections.abc import Iterable
from hashlib import sha1
from pathlib import Path

# Thai characters are spoken by their names («ก ไก่», «ไม้เอก»), Latin letters and digits by theirs.
SPELLED_CHARACTERS = {
    "th": (
        *(chr(code) for code in (*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5A))),
        *"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    ),
    "en": tuple("0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
}


def recording_file_name(text: str, language: str) -> str:
    """The path of a text's recording below the directory of recordings: 'th/3f2a90c1d4.wav'."""
    return f"{language}/{sha1(text.strip().encode(), usedforsecurity=False).hexdigest()[:10]}.wav"


class Recordings:
    """The existing recordings. Without a directory there are none."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._existing_files = frozenset(_file_names(directory)) if directory is not None else frozenset()

    @property
    def languages(self) -> frozenset[str]:
        """The languages with at least one recording."""
        return frozenset(name.partition("/")[0] for name in self._existing_files)

    def find(self, text: str, language: str) -> Path | None:
        """The recording of exactly this text, or None."""
        name = recording_file_name(text, language)
        return self._directory / name if self._directory is not None and name in self._existing_files else None


def _file_names(directory: Path) -> Iterable[str]:
    return (f"{file.parent.name}/{file.name}" for file in directory.glob("*/*.wav"))
