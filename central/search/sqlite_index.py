"""The index on SQLite: a table of FTS5 with one column for each group.

The words are stored separated by spaces and the tokenizer is `ascii`, which leaves every character beyond ASCII in its
word: `unicode61` cuts Thai words at their vowel signs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from central.search.models import IndexedCase
from central.search.questions import Phrase, Term
from central.search.word_index import OPEN_GROUPS, WEIGHTS, CaseSet, IndexEntry, Match, Ranking, TextGroup

_COLUMNS = ", ".join(group.value for group in TextGroup)
_OPEN = "{" + " ".join(group.value for group in OPEN_GROUPS) + "}"
_BM25 = f"bm25(search_words, {', '.join(str(WEIGHTS[group]) for group in TextGroup)})"


class SQLiteIndex:
    """See `word_index.WordIndex`."""

    def write(self, entries: Iterable[IndexEntry]) -> None:
        """Add cases or replace their words."""
        now, entries = timezone.now(), list(entries)
        rows = [IndexedCase(case_id=entry.case_id, indexed_at=now, word_count=entry.word_count) for entry in entries]
        changed = ["indexed_at", "word_count"]
        IndexedCase.objects.bulk_create(rows, update_conflicts=True, unique_fields=["case"], update_fields=changed)
        words: list[tuple[Any, ...]] = [
            (entry.case_id, *(" ".join(entry.words.get(group, ())) for group in TextGroup)) for entry in entries
        ]
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [[entry.case_id] for entry in entries])
            cursor.executemany(
                f"INSERT INTO search_words (rowid, {_COLUMNS}) VALUES (%s, %s, %s, %s, %s)",  # noqa: S608
                words,
            )

    def count_words(self, min_cases: int) -> list[tuple[str, int]]:
        """Each word of at least so many cases, with their number."""
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_vocabulary USING fts5vocab(main, search_words, row)"
            )
            cursor.execute("SELECT term, doc FROM temp.search_vocabulary WHERE doc >= %s", [min_cases])
            return list(cursor.fetchall())

    def search(
        self,
        choices: Sequence[Sequence[Term]],
        cases: Sequence[CaseSet],
        word_weights: Mapping[str, float],
        limit: int,
        leave_out: Collection[int] = (),
    ) -> Ranking:
        """Best first by BM25, which weighs words itself. The sign before `rowid` keeps SQLite from searching the words
        once for each of the cases."""
        anywhere, parts = _query(choices), []
        parameters: list[Any] = []
        for case_set in cases:
            condition, values = "", [anywhere]
            if not case_set.is_readable:
                condition = " AND +rowid IN (SELECT rowid FROM search_words WHERE search_words MATCH %s)"
                values.append(f"{_OPEN} : ({anywhere})")
            parts.append(
                f"SELECT rowid AS case_id, {int(case_set.is_readable)} AS is_readable, -{_BM25} AS score "  # noqa: S608
                f"FROM search_words WHERE search_words MATCH %s{condition} AND +rowid IN ({case_set.statement})"
            )
            parameters += [*values, *case_set.parameters]
        marks = ", ".join(["%s"] * len(leave_out))
        statement = (
            f"SELECT case_id, score, is_readable FROM ({' UNION ALL '.join(parts)}) WHERE case_id NOT IN ({marks}) "  # noqa: S608
            "ORDER BY score DESC, case_id DESC LIMIT %s"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [*parameters, *leave_out, limit])
            matches = [Match(case_id, score, bool(readable)) for case_id, score, readable in cursor.fetchall()]
        return Ranking(matches, is_cut=len(matches) >= limit)

    def groups_of(self, case_ids: Sequence[int], terms: Sequence[Term]) -> dict[int, set[TextGroup]]:
        """In which groups of these cases a term is."""
        groups: dict[int, set[TextGroup]] = {case_id: set() for case_id in case_ids}
        marks = ", ".join(["%s"] * len(case_ids))
        with connection.cursor() as cursor:
            for group in TextGroup:
                cursor.execute(
                    f"SELECT rowid FROM search_words WHERE search_words MATCH %s AND rowid IN ({marks})",  # noqa: S608
                    [f"{group.value} : ({_query([[term] for term in terms])})", *case_ids],
                )
                for (case_id,) in cursor.fetchall():
                    groups[case_id].add(group)
        return groups

    def size_bytes(self) -> int:
        """The tables that FTS5 makes."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT SUM(pgsize) FROM dbstat WHERE name LIKE 'search\\_%%' ESCAPE '\\'")
            return int(cursor.fetchone()[0] or 0)


def _query(choices: Sequence[Sequence[Term]]) -> str:
    return " OR ".join(f"({' AND '.join(_term(term) for term in choice)})" for choice in choices)


def _term(term: Term) -> str:
    return f"({' OR '.join(_phrase(phrase) for phrase in term.phrases)})"


def _phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'
