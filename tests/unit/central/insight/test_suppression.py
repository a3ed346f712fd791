"""An attacker who has every published table, and can solve equations, calculates no hidden cell."""

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from central.insight.suppression import hidden_values, hide_month

BELOW = {"country": ["p1", "p2", "p3"], "p1": ["d1", "d2", "own1"], "p2": ["d3", "d4"]}
NODES = ("country", "p1", "p2", "p3", "d1", "d2", "own1", "d3", "d4")
LEAVES = [node for node in NODES if node not in BELOW]
MONTHS = (0, 1, 2)  # one quarter
VALUES = "abcd"
Cell = tuple[str, object, str]  # centre, month or 'quarter', value


def _solved(equations: list[dict[Cell, int]]) -> set[Cell]:
    """The cells that the equations determine, by elimination with fractions."""
    rows = [{cell: Fraction(factor) for cell, factor in row.items()} for row in equations if row]
    reduced: list[tuple[Cell, dict[Cell, Fraction]]] = []
    for equation in rows:
        row = equation
        for pivot, other in reduced:
            if pivot in row:
                row = _minus(row, other, row[pivot] / other[pivot])
        if row:
            pivot = next(iter(row))
            reduced = [
                (its, _minus(other, row, other[pivot] / row[pivot]) if pivot in other else other)
                for its, other in reduced
            ]
            reduced.append((pivot, row))
    return {pivot for pivot, row in reduced if len(row) == 1}


def _minus(row: Mapping[Cell, Fraction], other: Mapping[Cell, Fraction], factor: Fraction) -> dict[Cell, Fraction]:
    cells = {cell: row.get(cell, Fraction(0)) - factor * other.get(cell, Fraction(0)) for cell in {*row, *other}}
    return {cell: value for cell, value in cells.items() if value}


def _leaves(node: str) -> list[str]:
    return [leaf for child in BELOW[node] for leaf in _leaves(child)] if node in BELOW else [node]


def _attack(
    tables: dict[tuple[str, int], dict[str, int]], hidden: dict[tuple[str, object], frozenset[str]]
) -> set[Cell]:
    """The hidden cells that follow from everything that is published: each equation has only unknown cells."""
    periods: dict[object, tuple[int, ...]] = {month: (month,) for month in MONTHS} | {"quarter": MONTHS}
    equations: list[dict[Cell, int]] = []

    def unknown(node: str, period: object, value: str, factor: int) -> dict[Cell, int]:
        return {(node, period, value): factor} if value in hidden[node, period] else {}

    for node in NODES:
        for period in periods:
            equations.append({})
            for value in VALUES:
                equations[-1] |= unknown(node, period, value, 1)  # the total is published
        for value in VALUES:
            row = unknown(node, "quarter", value, -1)
            for month in MONTHS:
                row |= unknown(node, month, value, 1)
            equations.append(row)
    for node, children in BELOW.items():
        for period in periods:
            for value in VALUES:
                row = unknown(node, period, value, -1)
                for child in children:
                    row |= unknown(child, period, value, 1)
                equations.append(row)
    return _solved(equations)


def _count(tables: dict[tuple[str, int], dict[str, int]], node: str, period: object, value: str) -> int:
    months = [month for month in MONTHS if period in (month, "quarter")]
    return sum(tables[leaf, month][value] for leaf in _leaves(node) for month in months)


def _hide(tables: dict[tuple[str, int], dict[str, int]]) -> dict[tuple[str, object], frozenset[str]]:
    hidden: dict[tuple[str, object], frozenset[str]] = {}
    for month in MONTHS:
        of_month = {leaf: tables[leaf, month] for leaf in LEAVES}
        for node, values in hide_month("country", BELOW, of_month, VALUES).items():
            hidden[node, month] = values
    for node in NODES:
        hidden[node, "quarter"] = frozenset().union(*(hidden[node, month] for month in MONTHS))
    return hidden


counts = st.one_of(st.integers(0, 6), st.integers(5, 40), st.just(0))
tables_of_a_quarter = st.fixed_dictionaries(
    {(leaf, month): st.fixed_dictionaries(dict.fromkeys(VALUES, counts)) for leaf in LEAVES for month in MONTHS}
)


@settings(max_examples=60, deadline=None)
@given(tables=tables_of_a_quarter)
def test_no_difference_of_published_tables_gives_a_cell_away(tables: dict[tuple[str, int], dict[str, int]]) -> None:
    hidden = _hide(tables)
    solved = _attack(tables, hidden)
    assert not solved, solved
    for (node, period), values in hidden.items():
        small = {value for value in VALUES if 0 < _count(tables, node, period, value) < 5}
        assert small <= values, "a cell from 1 to 4 is published"


def test_the_attack_succeeds_when_only_small_cells_are_hidden() -> None:
    """The attacker of these tests is able to attack."""
    tables = {(leaf, month): {"a": 20, "b": 20, "c": 20, "d": 20} for leaf in LEAVES for month in MONTHS}
    tables["d1", 0] = {"a": 3, "b": 20, "c": 20, "d": 20}
    hidden: dict[tuple[str, object], frozenset[str]] = {
        (node, period): frozenset() for node in NODES for period in (*MONTHS, "quarter")
    }
    hidden["d1", 0] = frozenset("a")
    assert _attack(tables, hidden) == {("d1", 0, "a")}
    protected = _hide(tables)
    assert not _attack(tables, protected)
    assert protected["d1", 0] == {"a", "b"}
    assert protected["country", "quarter"] == {"a", "b"}, "the cell is in no circle"


def test_circles_keep_sums_visible() -> None:
    tables = {(leaf, month): {"a": 20, "b": 20, "c": 20, "d": 20} for leaf in LEAVES for month in MONTHS}
    for leaf in ("d1", "d2"):
        tables[leaf, 0] = {"a": 2, "b": 4, "c": 20, "d": 20}
    hidden = _hide(tables)
    assert hidden["d1", 0] == hidden["d2", 0] == {"a", "b"}
    assert not hidden["p1", 0]
    assert not hidden["country", "quarter"]
    assert not _attack(tables, hidden)


def test_a_table_alone_hides_a_second_cell_or_everything() -> None:
    assert hidden_values({"a": 3, "b": 9, "c": 7}, "abcd") == {"a", "c"}
    assert hidden_values({"a": 2, "b": 4, "c": 7}, "abcd") == {"a", "b"}
    assert hidden_values({"a": 1, "b": 1, "c": 7, "d": 0}, "abcd") == {"a", "b", "c"}
    assert hidden_values({"a": 3, "b": 0}, "abcd") == set("abcd")
    assert not hidden_values({"a": 0, "b": 5}, "abcd")
