"""Which cases may be duplicates of a case, as far as an officer may know it.

- A reason that says who complained, or that is in a letter, is shown when the officer may read people of both cases,
  and a withheld name of either has been granted. The score is that of the reasons shown.
- Of a case that the officer may not open, nothing is shown but that its centre has a similar one, and whom to ask
  there. A reason about people counts for that only when no name of the two cases is withheld."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from central.cases.models import Case
from central.cases.reading import visible_cases
from central.cases.withheld_names import valid_grants
from central.centres.models import Centre, Membership, Officer
from central.duplicates.models import DuplicateCandidate
from central.duplicates.weighing import LIKELY_SCORE, OF_COMPLAINANT, Match, is_shown, score
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action, Role

_MAX_PAIRS = 60
_IN_CHARGE = (Role.DIRECTOR.value, Role.DISTRICT_CHIEF.value)


@dataclass(frozen=True)
class Candidate:
    """A case that may be about the same matter, with the reasons that the officer may know and their score."""

    case: Case
    matches: Sequence[Match]
    is_dismissed: bool

    @property
    def score(self) -> int:
        """0 to 100."""
        return score(self.matches)

    @property
    def is_likely(self) -> bool:
        """Whether the two are more likely one matter than not."""
        return self.score >= LIKELY_SCORE


@dataclass(frozen=True)
class CentreToAsk:
    """A centre with a similar case that the officer may not open, and who is in charge there."""

    centre: Centre
    officers: Sequence[Officer]


@dataclass(frozen=True)
class Candidates:
    """What an officer may know, the most likely first."""

    open: list[Candidate] = field(default_factory=list)
    dismissed: list[Candidate] = field(default_factory=list)
    elsewhere: list[CentreToAsk] = field(default_factory=list)

    @property
    def likely_count(self) -> int:
        """How many are more likely the same matter than not."""
        return sum(candidate.is_likely for candidate in self.open)


@dataclass(frozen=True)
class _Knowledge:
    """Where the officer may read people, and the cases whose withheld name was granted."""

    centres: Collection[int]
    granted: Collection[int]

    def may_read_people(self, case: Case) -> bool:
        return case.centre_id in self.centres and (not case.is_name_withheld or case.pk in self.granted)


def find_candidates(officer: Officer, case: Case) -> Candidates | None:
    """The candidates of this case, which comes from `cases.reading`. None for an officer who may not link cases. In a
    constant number of queries."""
    if not has_permission(officer, Action.LINK_DUPLICATE, case.centre):
        return None
    pairs = DuplicateCandidate.objects.filter(Q(earlier=case) | Q(later=case)).order_by("-score", "-pk")
    rows = list(pairs.select_related("earlier__centre", "later__centre")[:_MAX_PAIRS])
    if not rows:
        return Candidates()
    others = {row.pk: row.later if row.earlier_id == case.pk else row.earlier for row in rows}
    keys = [other.pk for other in others.values()]
    visible = set(visible_cases(officer).filter(pk__in=keys).values_list("pk", flat=True))
    knowledge = _Knowledge(
        set(permitted_centres(officer, Action.READ_PEOPLE).values_list("pk", flat=True)),
        set(valid_grants(officer).values_list("case_id", flat=True)),
    )
    shown: list[Candidate] = []
    elsewhere: dict[int, Centre] = {}
    for row in rows:
        other, matches = others[row.pk], [Match.from_json(stored) for stored in row.reasons]
        if _is_linked(case, other):
            continue
        known = [match for match in matches if _may_know(match, case, other, knowledge, is_open=other.pk in visible)]
        if not is_shown(known):
            continue
        if other.pk in visible:
            shown.append(Candidate(other, known, is_dismissed=row.dismissed_at is not None))
        else:
            elsewhere[other.centre_id] = other.centre
    shown.sort(key=lambda candidate: -candidate.score)
    return Candidates(
        [candidate for candidate in shown if not candidate.is_dismissed],
        [candidate for candidate in shown if candidate.is_dismissed],
        _centres_to_ask(elsewhere),
    )


def _may_know(match: Match, case: Case, other: Case, knowledge: _Knowledge, *, is_open: bool) -> bool:
    if match.reason not in OF_COMPLAINANT and not match.is_covered:
        return True
    if is_open:
        return knowledge.may_read_people(case) and knowledge.may_read_people(other)
    return case.centre_id in knowledge.centres and not case.is_name_withheld and not other.is_name_withheld


def _is_linked(case: Case, other: Case) -> bool:
    main, other_main = case.duplicate_of_id or case.pk, other.duplicate_of_id or other.pk
    return main == other_main


def _centres_to_ask(centres: dict[int, Centre]) -> list[CentreToAsk]:
    """In the order of the tree: the order of the scores would say more than that there is one."""
    if not centres:
        return []
    in_charge: dict[int, list[Officer]] = {key: [] for key in centres}
    members = Membership.objects.filter(centre__in=centres, role__in=_IN_CHARGE, officer__is_active=True)
    for member in members.select_related("officer").order_by("officer__first_name", "officer__username"):
        in_charge[member.centre_id].append(member.officer)
    return [CentreToAsk(centre, in_charge[key]) for key, centre in sorted(centres.items(), key=lambda row: row[1].path)]
