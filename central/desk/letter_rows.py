"""The section of a case's page about official letters."""

from collections.abc import Sequence
from dataclasses import dataclass

from central.cases.codes import ACTIVE_STATES, ReferralKind
from central.cases.models import Case, Referral
from central.centres.models import Officer
from central.letters.kinds import KINDS, STATES
from central.letters.reading import letters_of
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import dates

_SIGNED = BilingualText("จัดเก็บฉบับลงนามแล้ว", "Signed copy filed")
_ACTIVE = frozenset(state.value for state in ACTIVE_STATES)


@dataclass(frozen=True)
class ShownLetter:
    pk: int
    kind: str
    number: str
    state: str
    dated: str


@dataclass(frozen=True)
class LetterSection:
    """`kinds` are codes and names for the buttons, `agencies` the referrals to choose from, the lead first."""

    letters: list[ShownLetter]
    may_write: bool
    kinds: list[tuple[str, str]]
    agencies: list[tuple[int, str]]


def letter_section(officer: Officer, case: Case, language: str, referrals: Sequence[Referral]) -> LetterSection:
    """The letters of the case, without their texts, and the buttons that make one. In one query."""
    letters = [
        ShownLetter(
            pk=letter.pk,
            kind=KINDS[letter.current_kind].name.in_language(language),
            number=letter.number,
            state=(_SIGNED if letter.signed_id else STATES[letter.current_state]).in_language(language),
            dated=dates.short_date(letter.dated, language) if letter.dated else "",
        )
        for letter in letters_of(case)
    ]
    active = [row for row in referrals if row.state in _ACTIVE]
    active.sort(key=lambda row: row.kind != ReferralKind.LEAD.value)
    return LetterSection(
        letters=letters,
        may_write=has_permission(officer, Action.WRITE_LETTERS, case.centre),
        kinds=[(kind.value, rules.name.in_language(language)) for kind, rules in KINDS.items()],
        agencies=[(row.pk, row.agency.name_in(language)) for row in active],
    )
