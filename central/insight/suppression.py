"""Which cells of published tables are hidden. Pure: no Django.

A *table* has the counts of one centre and one month by the values of one dimension; its total is published. A *cell* is
one count. Cells from 1 to 4 are hidden, with as many others as it takes that nobody can calculate them from the tables
of all centres, months, quarters and years together (decision 0182).

1. In the table of a centre without centres below, the small cells are hidden, and the smallest others with them until
   at least two cells with a sum of at least 5 are hidden.
2. In the tables of a centre above, sums stay visible where the hidden cells of the centres below form circles: one cell
   could be larger and its neighbour smaller by the same number, and the other way round at another centre, without any
   sum changing. A hidden cell that is in no circle is hidden in the sums of all centres above, with a second one.
3. In a longer period a value is hidden that is hidden in one of its months."""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

SMALLEST = 5  # the smallest count that is published (docs/facts.md §6)
_MIN_CELLS = 2

Node = TypeVar("Node", bound=Hashable)
Table = Mapping[str, int]  # value → count
_Edge = tuple[int, str]  # number of a centre's table, value


def hidden_values(table: Table, domain: Collection[str]) -> frozenset[str]:
    """The hidden values of a table that stands alone. `domain` is every value that the table could have: a table whose
    total is below 5 hides them all."""
    small = {value for value, count in table.items() if 0 < count < SMALLEST}
    if not small:
        return frozenset()
    hidden = set(small)
    others = sorted((count, value) for value, count in table.items() if count >= SMALLEST)
    for _, value in others:
        if _is_enough(hidden, table):
            break
        hidden.add(value)
    return frozenset(hidden) if _is_enough(hidden, table) else frozenset(domain)


def _is_enough(hidden: Collection[str], table: Table) -> bool:
    return len(hidden) >= _MIN_CELLS and sum(table.get(value, 0) for value in hidden) >= SMALLEST


def hide_month(
    root: Node, below: Mapping[Node, Sequence[Node]], tables: Mapping[Node, Table], domain: Collection[str]
) -> dict[Node, frozenset[str]]:
    """The hidden values of each centre from `root` down, for one month. `below` has the centres directly below each
    centre; a centre with own cases besides has a further node for them. `tables` has the tables of the nodes without
    others below them."""
    hidden: dict[Node, frozenset[str]] = {}
    _hide(root, below, tables, domain, hidden)
    return hidden


def _hide(
    node: Node,
    below: Mapping[Node, Sequence[Node]],
    tables: Mapping[Node, Table],
    domain: Collection[str],
    hidden: dict[Node, frozenset[str]],
) -> Table:
    """Decide about a node and what is below it; returns its table."""
    children = below.get(node, ())
    if not children:
        table = tables.get(node, {})
        hidden[node] = hidden_values(table, domain)
        return table
    sums: dict[str, int] = {}
    for child in children:
        for value, count in _hide(child, below, tables, domain, hidden).items():
            sums[value] = sums.get(value, 0) + count
    passed_up = {value for child in children if below.get(child) for value in hidden[child]}
    rows = [hidden[child] for child in children if not below.get(child) and hidden[child]]
    small = {value for value, count in sums.items() if 0 < count < SMALLEST}
    exposed = _bridges(rows) + [edge for edge in _edges(rows) if edge[1] in small]
    for row, value in exposed:
        passed_up |= _with_second(value, rows[row], passed_up, sums)
    hidden[node] = frozenset(passed_up)
    return sums


def _with_second(value: str, row: Collection[str], chosen: Collection[str], sums: Table) -> set[str]:
    """The value and a second one of the same table: one that is hidden anyway, else the smallest."""
    seconds = [other for other in row if other != value]
    if not seconds or any(other in chosen for other in seconds):
        return {value}
    return {value, min(seconds, key=lambda other: (sums.get(other, 0), other))}


def _edges(rows: Sequence[Collection[str]]) -> Iterator[_Edge]:
    return ((number, value) for number, row in enumerate(rows) for value in sorted(row))


def _bridges(rows: Sequence[Collection[str]]) -> list[_Edge]:
    """The hidden cells that are in no circle: the bridges of the graph of tables and values."""
    neighbours: dict[int | str, list[int | str]] = {}
    for number, value in _edges(rows):
        neighbours.setdefault(number, []).append(value)
        neighbours.setdefault(value, []).append(number)
    order: dict[int | str, int] = {}
    lowest: dict[int | str, int] = {}
    bridges: list[_Edge] = []
    for start, first_steps in neighbours.items():
        if start in order:
            continue
        order[start] = lowest[start] = len(order)
        stack: list[tuple[int | str, int | str | None, Iterator[int | str]]] = [(start, None, iter(first_steps))]
        while stack:
            node, parent, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                if parent is not None:
                    lowest[parent] = min(lowest[parent], lowest[node])
                    if lowest[node] > order[parent]:
                        bridges.append(_edge(parent, node))
            elif following not in order:
                order[following] = lowest[following] = len(order)
                stack.append((following, node, iter(neighbours[following])))
            elif following != parent:
                lowest[node] = min(lowest[node], order[following])
    return bridges


def _edge(one: int | str, other: int | str) -> _Edge:
    if isinstance(one, int) and isinstance(other, str):
        return one, other
    if isinstance(one, str) and isinstance(other, int):
        return other, one
    raise TypeError("An edge joins a table and a value")
