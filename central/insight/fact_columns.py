"""By which column of `CaseFact` the database groups the cases of a dimension."""

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Left

from central.insight.facts import CODE_LENGTHS, Dimension

_OTHER_COLUMNS = {Dimension.ALL: Value(""), Dimension.AGENCY: F("agency_id"), Dimension.AGE: F("age_band")}


def column_of(dimension: Dimension) -> Any:
    """The column or expression; of every dimension but those of the stages."""
    if dimension in CODE_LENGTHS:
        return Left("area", CODE_LENGTHS[dimension])
    return _OTHER_COLUMNS.get(dimension, F(dimension.value))


def value_text(value: object) -> str:
    """A value of that column as the dimension has it (`facts.dimension_values`)."""
    return "" if value is None else str(value)
