"""The values that the routing works on: the facts of a case, the rules, the agencies. Plain Python, immutable."""

from dataclasses import dataclass, fields

from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class CaseFacts:
    """What decides who gets a case, as the stored codes. '' is an unknown fact; in a rule, '' accepts every value."""

    topic: str = ""
    area: str = ""  # the place of the incident: a DOPA code of 2, 4 or 6 digits
    nature: str = ""
    about: str = ""
    about_kind: str = ""  # the AgencyKind that the case is about, set by an officer
    channel: str = ""


CONDITIONS = tuple(field.name for field in fields(CaseFacts))


@dataclass(frozen=True)
class AgencyEntry:
    """An agency as the routing sees it. An area of '' is the whole country."""

    key: int
    name: BilingualText
    kind: str = ""
    level: str = ""
    areas: tuple[str, ...] = ("",)
    distance: int = 0  # steps in the tree between the centre of the case and that of the agency
    takes_cases: bool = True

    def closeness(self, area: str) -> int | None:
        """The digits of its narrowest area that holds `area`: more is nearer. None when none holds it."""
        return max((len(own) for own in self.areas if area.startswith(own)), default=None)


@dataclass(frozen=True)
class AgencyOfKind:
    """«The agency of this kind of the area»; at one level, or with '' the nearest of all."""

    kind: str
    level: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule. `lead` is the key of an agency, or the agency of a kind; `number` counts within `centre`, from 1."""

    key: int
    number: int
    when: CaseFacts
    lead: int | AgencyOfKind
    support: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()
    reason: BilingualText | None = None
    inherited_from: BilingualText | None = None  # the centre above whose rule this is; None: the centre's own

    def failed_conditions(self, facts: CaseFacts) -> tuple[str, ...]:
        """The conditions that do not accept the case, in the order of `CONDITIONS`."""
        return tuple(name for name in CONDITIONS if not _accepts(name, getattr(self.when, name), getattr(facts, name)))

    def accepts_all_of(self, other: "Rule") -> bool:
        """Whether it accepts every case that the other rule accepts."""
        return all(
            not (wanted := getattr(self.when, name))
            or (bool(narrower := getattr(other.when, name)) and _accepts(name, wanted, narrower))
            for name in CONDITIONS
        )


def _accepts(condition: str, wanted: str, actual: str) -> bool:
    """An area accepts itself and every area in it; any other condition accepts one value."""
    if condition == "area":
        return actual.startswith(wanted)
    return wanted in ("", actual)
