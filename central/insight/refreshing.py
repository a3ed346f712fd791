"""Brings facts up to date with their cases, in the caller's transaction, which has the lock of the case."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from central.cases.models import Case
from central.insight.building import build_facts
from central.insight.facts import VALUE_NAMES, FactValues
from central.insight.models import CaseFact, FactChange

# The values of a change before they had names, in their order.
_FIRST_NAMES = VALUE_NAMES[: VALUE_NAMES.index("subtopic")]


def refresh(cases: Sequence[Case]) -> int:
    """Store the facts of these cases as the cases are now; returns how many facts have changed. The facts of an erased
    case stay as they were: they name nobody, and figures of past years do not shrink."""
    return store_facts(build_facts([case for case in cases if case.erased_at is None]))


def store_facts(wanted: Mapping[int, FactValues]) -> int:
    """Store the facts that differ from what is stored, with the changes for `MonthlyCount`."""
    with transaction.atomic():
        stored = {fact.case_id: fact for fact in CaseFact.objects.filter(case__in=wanted.keys())}
        new: list[CaseFact] = []
        changed: list[CaseFact] = []
        changes: list[FactChange] = []
        for case_id, values in wanted.items():
            fact = stored.get(case_id)
            if fact is None:
                fact = CaseFact(case_id=case_id)
                new.append(fact)
            elif fact.values == values:
                continue
            else:
                changes.append(FactChange(sign=-1, values=pack(fact.values)))
                changed.append(fact)
            for name in VALUE_NAMES:
                setattr(fact, name, getattr(values, name))
            changes.append(FactChange(sign=1, values=pack(values)))
        CaseFact.objects.bulk_create(new, batch_size=500)
        if len(changed) == 1:
            changed[0].save()
        else:
            CaseFact.objects.bulk_update(changed, VALUE_NAMES, batch_size=100)
        FactChange.objects.bulk_create(changes, batch_size=500)
    return len(new) + len(changed)


def pack(values: FactValues) -> dict[str, object]:
    """The values by name, as JSON has them."""
    named = {name: getattr(values, name) for name in VALUE_NAMES}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in named.items()}


def unpack(packed: Mapping[str, object] | Sequence[object]) -> FactValues:
    """The values of a `FactChange`. A version that adds or removes a value reads the rows of the one before it. In the
    first version they had no names."""
    packed = packed if isinstance(packed, Mapping) else dict(zip(_FIRST_NAMES, packed, strict=True))
    named = {name: packed[name] for name in VALUE_NAMES if name in packed}
    for name in ("received_on", "closed_on", "reopened_on", "rated_on"):
        day = named[name]
        named[name] = date.fromisoformat(day) if isinstance(day, str) else None
    return FactValues(**named)  # type: ignore[arg-type]
