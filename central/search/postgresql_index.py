"""The index on PostgreSQL: a `tsvector` for each case, with a GIN index.

Words are written as literals of the type, because the parser of PostgreSQL cuts Thai words at their vowel signs in many
locales. A label of a word (A to D) is its group."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from central.search.questions import Phrase, Term
from central.search.word_index import OPEN_GROUPS, WEIGHTS, CaseSet, IndexEntry, Match, Ranking, TextGroup

_CANDIDATES = 4_000  # of all centres: their number and not that of all matches decides how long a search takes
_ENOUGH = 200  # matches to be ranked
_MAX_POSITION = 16_383  # of the type
_MAX_POSITIONS = 24  # of one word in a case: more only make an entry larger
_MAX_BYTES = 700_000  # of an entry; the type takes 1 MB
_GROUP_GAP = 100
_OPEN = "".join(group.value for group in OPEN_GROUPS)
_WEIGHTS = [WEIGHTS[TextGroup(label)] for label in "dcba"]  # the order that ts_rank expects
_UPSERT = """
INSERT INTO search_indexedcase (case_id, indexed_at, word_count, words) VALUES (%s, %s, %s, %s::tsvector)
ON CONFLICT (case_id) DO UPDATE SET indexed_at = excluded.indexed_at, word_count = excluded.word_count,
    words = excluded.words
"""


class PostgreSQLIndex:
    """See `word_index.WordIndex`."""

    def write(self, entries: Iterable[IndexEntry]) -> None:
        """Add cases or replace their words."""
        now = timezone.now()
        rows = [(entry.case_id, now, entry.word_count, _vector(entry)) for entry in entries]
        with connection.cursor() as cursor:
            cursor.executemany(_UPSERT, rows)

    def count_words(self, min_cases: int) -> list[tuple[str, int]]:
        """Each word of at least so many cases, with their number."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, ndoc FROM ts_stat('SELECT words FROM search_indexedcase') WHERE ndoc >= %s", [min_cases]
            )
            return list(cursor.fetchall())

    def search(
        self,
        choices: Sequence[Sequence[Term]],
        cases: Sequence[CaseSet],
        word_weights: Mapping[str, float],
        limit: int,
        leave_out: Collection[int] = (),
    ) -> Ranking:
        """Looks at the newest matches of all cases first. Only when too few of them are among `cases` at all."""
        ranking = self._search(choices, cases, word_weights, limit, leave_out=leave_out, candidates=_CANDIDATES)
        if ranking.is_cut and len(ranking.matches) < min(limit, _ENOUGH):
            return self._search(choices, cases, word_weights, limit, leave_out=leave_out, candidates=None)
        return ranking

    def _search(
        self,
        choices: Sequence[Sequence[Term]],
        cases: Sequence[CaseSet],
        word_weights: Mapping[str, float],
        limit: int,
        *,
        leave_out: Collection[int],
        candidates: int | None,
    ) -> Ranking:
        parts, parameters = [], list[Any]()
        for case_set in cases:
            # OFFSET 0 keeps the planner from a join: it takes an officer's cases for fewer than they are, and would
            # read all 95,000 of a province (300 ms) where 4,000 candidates are looked up by their keys (30 ms).
            parts.append(
                f"SELECT case_id, {'TRUE' if case_set.is_readable else 'FALSE'} AS is_readable "  # noqa: S608
                f"FROM newest WHERE EXISTS (SELECT 1 FROM ({case_set.statement}) AS visible (visible_id) "
                "WHERE visible_id = newest.case_id OFFSET 0)"
            )
            parameters += case_set.parameters
            if not case_set.is_readable:
                parts[-1] += (
                    " AND EXISTS (SELECT 1 FROM search_indexedcase AS covered "
                    "WHERE covered.case_id = newest.case_id AND covered.words @@ %s::tsquery OFFSET 0)"
                )
                parameters.append(_query(choices, _OPEN))
        terms = list(dict.fromkeys(term for choice in choices for term in choice))
        scores, scored = _score(terms, word_weights)
        statement = (
            "WITH newest AS MATERIALIZED (SELECT case_id FROM search_indexedcase "  # noqa: S608
            f"WHERE words @@ %s::tsquery AND NOT case_id = ANY(%s) ORDER BY case_id DESC LIMIT %s), "
            f"chosen AS MATERIALIZED (SELECT * FROM ({' UNION ALL '.join(parts)}) AS matching "
            "ORDER BY case_id DESC LIMIT %s) "
            f"SELECT chosen.case_id, chosen.is_readable, {scores} AS score, (SELECT COUNT(*) FROM newest) "
            "FROM chosen JOIN search_indexedcase AS entry USING (case_id) ORDER BY score DESC, case_id DESC"
        )
        before = [_query(choices, ""), list(leave_out), candidates]
        with transaction.atomic(), connection.cursor() as cursor:
            # The planner takes the index of words for less selective than it is, and reads the whole table.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            cursor.execute(statement, [*before, *parameters, limit, *scored])
            rows = cursor.fetchall()
        matches = [Match(case_id, score, is_readable) for case_id, is_readable, score, _ in rows]
        # Without any row nothing is known about the number of candidates, so all are looked at.
        is_cut = candidates is not None and (not rows or rows[0][3] >= candidates)
        return Ranking(matches, is_cut=is_cut or len(matches) >= limit)

    def groups_of(self, case_ids: Sequence[int], terms: Sequence[Term]) -> dict[int, set[TextGroup]]:
        """In which groups of these cases a term is."""
        queries = [_query([[term] for term in terms], group.value) for group in TextGroup]
        columns = ", ".join(["words @@ %s::tsquery"] * len(queries))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT case_id, {columns} FROM search_indexedcase WHERE case_id = ANY(%s)",  # noqa: S608
                [*queries, list(case_ids)],
            )
            rows = cursor.fetchall()
        return {row[0]: {group for group, has in zip(TextGroup, row[1:], strict=True) if has} for row in rows}

    def size_bytes(self) -> int:
        """Table, out-of-line values and indexes."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size('search_indexedcase')")
            return int(cursor.fetchone()[0])


def _vector(entry: IndexEntry) -> str:
    """The entry as a literal: 'word':3A,17C … Groups are far apart, so that no phrase spans two of them."""
    positions: dict[str, list[str]] = {}
    position = size = 0
    for group in TextGroup:
        for word in entry.words.get(group, ()):
            position = min(position + 1, _MAX_POSITION)
            if word not in positions:
                size += len(word.encode()) + 8
                if size > _MAX_BYTES:
                    continue
            places = positions.setdefault(word, [])
            if len(places) < _MAX_POSITIONS:
                places.append(f"{position}{group.value.upper()}")
                size += 2
        position = min(position + _GROUP_GAP, _MAX_POSITION)
    return " ".join(f"'{word}':{','.join(dict.fromkeys(places))}" for word, places in positions.items())


def _query(choices: Sequence[Sequence[Term]], labels: str) -> str:
    """The choices as a query; `labels` '' searches every group. Words have letters and digits only: none can end the
    quotation."""
    return " | ".join(f"({' & '.join(_term(term, labels) for term in choice)})" for choice in choices)


def _term(term: Term, labels: str) -> str:
    return f"({' | '.join(_phrase(phrase, labels) for phrase in term.phrases)})"


def _phrase(phrase: Phrase, labels: str) -> str:
    suffix = f":{labels}" if labels else ""
    words = " <-> ".join(f"'{word}'{suffix}" for word in phrase)
    return f"({words})"


def _score(terms: Sequence[Term], word_weights: Mapping[str, float]) -> tuple[str, list[Any]]:
    """The score as SQL: for each term how often and where it is (`ts_rank`, which levels off), times how rare it is;
    and once how near the terms are to one another."""
    parts, parameters = [], list[Any]()
    for term in terms:
        for place, phrase in enumerate(term.phrases):
            rarity = min(word_weights.get(word, 1.0) for word in phrase) * (1.0 if place == 0 else 0.7)
            parts.append("%s::float8 * ts_rank(%s::float4[], entry.words, %s::tsquery, 1)")
            parameters += [rarity, _WEIGHTS, _phrase(phrase, "")]
    if len(terms) > 1:
        parts.append("ts_rank_cd(%s::float4[], entry.words, %s::tsquery, 1)")
        parameters += [_WEIGHTS, _query([terms], "")]
    return " + ".join(parts), parameters
