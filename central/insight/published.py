"""Which cells of a centre's tables are hidden when the tables leave the system (`suppression`)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import ExtractMonth, ExtractYear

from central.centres.models import Centre, subtree_filter
from central.insight.fact_columns import column_of, value_text
from central.insight.facts import TERMS, Dimension
from central.insight.models import CaseFact
from central.insight.periods import Period, month_number
from central.insight.suppression import hide_month

MEASURES = ("received", "closed")  # of tables by the values of a dimension
PROTECTED = (
    Dimension.TOPIC,
    *TERMS,
    Dimension.CHANNEL,
    Dimension.OUTCOME,
    Dimension.PROVINCE,
    Dimension.DISTRICT,
    Dimension.AGENCY,
    Dimension.SEX,
    Dimension.AGE,
)
Hidden = Mapping[tuple[Dimension, str], frozenset[str]]  # dimension and measure → hidden values
_Counts = dict[int, dict[int, dict[str, int]]]  # month → centre → value → count
_OWN = -1  # factor of the key of a node for a centre's own cases, beside the centres below it


def hidden_cells(centre: Centre, period: Period, dimensions: Collection[Dimension] = PROTECTED) -> Hidden:
    """The hidden values of the tables of this centre in a period of whole months. Raises ValueError for a period that
    begins or ends inside a month: its difference to a month is a few days."""
    months = period.months
    if months is None:
        raise ValueError("Tables are published for whole months only")
    tree = list(Centre.objects.filter(subtree_filter(centre.path)).order_by("path"))
    counts = _count_by_month(tree, period, dimensions)
    below, leaf = _nodes(tree)
    hidden: dict[tuple[Dimension, str], frozenset[str]] = {}
    for key, by_month in counts.items():
        domain = {value for by_centre in by_month.values() for table in by_centre.values() for value in table}
        values: set[str] = set()
        for by_centre in by_month.values():
            tables = {leaf[centre_id]: table for centre_id, table in by_centre.items()}
            values |= hide_month(centre.pk, below, tables, domain)[centre.pk]
        hidden[key] = frozenset(values)
    return hidden


@dataclass(frozen=True)
class HiddenByNode:
    """The nodes of a tree of centres, as `suppression.hide_month` has them: the centres, and for one with others below
    it a node of its own cases. `leaf` is the node of each centre's own cases."""

    tree: Sequence[Centre]
    below: Mapping[int, Sequence[int]]
    leaf: Mapping[int, int]
    hidden: Mapping[Dimension, Mapping[int, frozenset[str]]]


def hidden_of_received(centre: Centre, month: Period, dimensions: Collection[Dimension]) -> HiddenByNode:
    """The hidden values of the received cases of one month, in the tables of this centre and each one below it."""
    tree = list(Centre.objects.filter(subtree_filter(centre.path)).order_by("path"))
    below, leaf = _nodes(tree)
    nodes = {*below, *leaf.values()}
    hidden: dict[Dimension, Mapping[int, frozenset[str]]] = {}
    for (dimension, measure), by_month in _count_by_month(tree, month, dimensions).items():
        if measure != "received":
            continue
        by_centre = by_month.get(month_number(month.first), {})
        domain = {value for table in by_centre.values() for value in table}
        tables = {leaf[key]: table for key, table in by_centre.items()}
        of_nodes = hide_month(centre.pk, below, tables, domain)
        hidden[dimension] = {node: of_nodes.get(node, frozenset()) for node in nodes}
    return HiddenByNode(tree, below, leaf, hidden)


def _nodes(tree: list[Centre]) -> tuple[dict[int, list[int]], dict[int, int]]:
    """What is below each centre, and for each centre the node of its own cases."""
    below: dict[int, list[int]] = defaultdict(list)
    inside = {centre.pk for centre in tree}
    for centre in tree:
        if centre.parent_id in inside and centre.parent_id is not None:
            below[centre.parent_id].append(centre.pk)
    leaf = {centre.pk: _OWN * centre.pk if centre.pk in below else centre.pk for centre in tree}
    for key, children in below.items():
        children.append(leaf[key])
    return below, leaf


def _count_by_month(
    tree: list[Centre], period: Period, dimensions: Collection[Dimension]
) -> dict[tuple[Dimension, str], _Counts]:
    """By dimension and measure. The database counts: a year of the country has 600,000 facts to read."""
    counts: dict[tuple[Dimension, str], _Counts] = {}
    facts = CaseFact.objects.filter(centre__in=[centre.pk for centre in tree]).order_by()
    for measure in MEASURES:
        day = f"{measure}_on"
        of_period = facts.filter(**{f"{day}__range": (period.first, period.last)})
        months = of_period.annotate(year=ExtractYear(day), month=ExtractMonth(day))
        for dimension in dimensions:
            grouped = months.annotate(key=column_of(dimension)).values_list("centre", "year", "month", "key")
            by_month: _Counts = defaultdict(lambda: defaultdict(dict))
            for centre_id, year, month, value, count in grouped.annotate(cases=Count("pk")):
                by_month[year * 12 + month - 1][centre_id][value_text(value)] = count
            counts[dimension, measure] = by_month
    return counts
