"""The index of words: one interface, carried out by PostgreSQL (`tsvector`) or SQLite (FTS5).

A case is one entry. Its words are in four groups, because not every officer may search all of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from django.db import connection

from central.search.questions import Term


class TextGroup(StrEnum):
    """Where a word of a case is. The value is its column, and its weight label of PostgreSQL."""

    COMPLAINT = "a"  # what was typed at filing, and the names of the place
    WORK = "b"  # orders, reports, messages and notes of the centre and agencies; their files
    LETTER = "c"  # the recognised letter
    CITIZEN = "d"  # the citizen's later words and files, and notes of an import


# As the page of a case: who may read the case reads these (`cases.reading`). The others are covered like a letter.
OPEN_GROUPS = (TextGroup.COMPLAINT, TextGroup.WORK)
WEIGHTS: Mapping[TextGroup, float] = {
    TextGroup.COMPLAINT: 1.0,
    TextGroup.LETTER: 0.8,
    TextGroup.CITIZEN: 0.5,
    TextGroup.WORK: 0.4,
}


@dataclass(frozen=True)
class IndexEntry:
    """The words of a case in their order, by group."""

    case_id: int
    words: Mapping[TextGroup, Sequence[str]] = field(repr=False)

    @property
    def word_count(self) -> int:
        """The number of words."""
        return sum(len(words) for words in self.words.values())


@dataclass(frozen=True)
class CaseSet:
    """Cases as a statement that selects their keys, and whether all their groups may be searched."""

    statement: str
    parameters: Sequence[Any]
    is_readable: bool


@dataclass(frozen=True)
class Match:
    """A case that has the terms. A higher score is a better match."""

    case_id: int
    score: float
    is_readable: bool


@dataclass(frozen=True)
class Ranking:
    """Matches, best first. `is_cut`: older cases match too and are not among them."""

    matches: list[Match]
    is_cut: bool


class WordIndex(Protocol):
    """What a database does for the search."""

    def write(self, entries: Iterable[IndexEntry]) -> None:
        """Add cases or replace their words, in the caller's transaction."""

    def count_words(self, min_cases: int) -> list[tuple[str, int]]:
        """Each word of at least so many cases, with their number."""

    def search(
        self,
        choices: Sequence[Sequence[Term]],
        cases: Sequence[CaseSet],
        word_weights: Mapping[str, float],
        limit: int,
        leave_out: Collection[int] = (),
    ) -> Ranking:
        """Of the newest cases that have every term of one of the choices at most `limit`."""

    def groups_of(self, case_ids: Sequence[int], terms: Sequence[Term]) -> dict[int, set[TextGroup]]:
        """In which groups of these cases a term is."""

    def size_bytes(self) -> int:
        """Bytes on disk of the index, with everything it stores."""


def open_index() -> WordIndex:
    """The index of the default database."""
    # Each module has the SQL of one database and nothing else.
    if connection.vendor == "postgresql":
        from central.search.postgresql_index import PostgreSQLIndex  # noqa: PLC0415 (it imports this module)

        return PostgreSQLIndex()
    from central.search.sqlite_index import SQLiteIndex  # noqa: PLC0415 (it imports this module)

    return SQLiteIndex()
