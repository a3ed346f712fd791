"""Sentences spoken by a person and kept as files: which file holds which sentence.

A file is named after the sentence itself, so that a sentence that changes is never read out in its old wording.
`./run recordings` lists what there is to record.
"""

from collections.abc import Iterable
from hashlib import sha1
from pathlib import Path

# Thai signs are spoken by their names («ก ไก่», «ไม้เอก»), Latin letters and figures by theirs.
SPELLED_CHARACTERS = {
    "th": (
        *(chr(code) for code in (*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5A))),
        *"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    ),
    "en": tuple("0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
}


def recording_file_name(text: str, language: str) -> str:
    """Where a sentence's recording lies below the directory of recordings: 'th/3f2a90c1d4.wav'."""
    return f"{language}/{sha1(text.strip().encode(), usedforsecurity=False).hexdigest()[:10]}.wav"


class Recordings:
    """The recordings that are there. Without a directory there are none."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._existing_files = frozenset(_names(directory)) if directory is not None else frozenset()

    @property
    def languages(self) -> frozenset[str]:
        """Those something is recorded in."""
        return frozenset(name.partition("/")[0] for name in self._existing_files)

    def find(self, text: str, language: str) -> Path | None:
        """The recording of exactly these words."""
        name = recording_file_name(text, language)
        return self._directory / name if self._directory is not None and name in self._existing_files else None


def _names(directory: Path) -> Iterable[str]:
    return (f"{file.parent.name}/{file.name}" for file in directory.glob("*/*.wav"))
