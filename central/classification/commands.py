"""Adds and changes terms. Each change is kept with who made it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from central.centres.models import Officer
from central.classification.models import Term, TermChange
from central.classification.schemes import Scheme
from central.database_values import clean_text
from protocol.topics import Topic

_FIELDS = ("name_th", "name_en", "topics", "position", "is_active")


@dataclass(frozen=True)
class TermDetails:
    """A term as it is typed."""

    scheme: str
    name_th: str
    name_en: str
    topics: Sequence[str] = ()
    position: int = 0
    is_active: bool = True


def save_term(details: TermDetails, by: Officer, term: Term | None = None) -> Term:
    """Add a term, or change this one. Raises ValidationError."""
    names = [clean_text(name).strip() for name in (details.name_th, details.name_en)]
    _check(details, names, term)
    with transaction.atomic():
        if term is None:
            before = None
            term = Term(scheme=details.scheme, code=_next_code(details.scheme))
        else:
            term = Term.objects.select_for_update().get(pk=term.pk)
            before = _values(term)
            old = [term.name_th, term.name_en, *term.former_names]
            term.former_names = list(dict.fromkeys(name for name in old if name not in names))
        term.name_th, term.name_en = names
        term.topics, term.position, term.is_active = list(details.topics), details.position, details.is_active
        if before != _values(term):
            term.save()
            TermChange.objects.create(
                term=term, changed_at=timezone.now(), changed_by=by, before=before, after=_values(term)
            )
    return term


def _check(details: TermDetails, names: Sequence[str], term: Term | None) -> None:
    if not all(names):
        raise ValidationError({"name_th": "empty"})
    if details.scheme not in set(Scheme) or not set(details.topics) <= {topic.value for topic in Topic}:
        raise ValidationError({"topics": "unknown"})
    if details.scheme == Scheme.SUBTOPIC.value and len(details.topics) != 1:
        raise ValidationError({"topics": "one"})
    for other in Term.objects.filter(scheme=details.scheme):
        if term is not None and other.pk == term.pk:
            continue
        is_near = details.scheme != Scheme.SUBTOPIC.value or set(other.topics) & set(details.topics)
        if is_near and {name.casefold() for name in names} & {other.name_th.casefold(), other.name_en.casefold()}:
            raise ValidationError({"name_th": "taken"})


def _next_code(scheme: str) -> str:
    """The code of a new term: a number after those of the scheme, so that no code is used again."""
    return f"t{Term.objects.filter(scheme=scheme).count() + 1}"


def _values(term: Term) -> dict[str, object]:
    return {name: getattr(term, name) for name in _FIELDS}
