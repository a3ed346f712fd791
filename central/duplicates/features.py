"""What is compared of one case: tokens of people, respondents, place and text. Made from the facts of a case; it reads
no database."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from central.cases.codes import RespondentType
from central.duplicates.respondent_keys import name_keys, plates_in, respondent_keys
from central.duplicates.text_sketch import TextSketch, sketch
from central.duplicates.tokens import TokenKind, tokens

MONTH_DAYS = 30
_TAMBON_DIGITS = 6


@dataclass(frozen=True)
class ComparedCase:
    """The facts of a case that are compared. `respondents` are name and type, None where nobody has stated a type."""

    case_id: int
    area: str
    topic: str
    filed_on: date
    texts: Sequence[str] = field(repr=False)
    is_letter: bool = False  # the texts are recognised from a letter, and covered like it
    citizen_id_hash: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    birth_year: str = field(default="", repr=False)
    respondents: Sequence[tuple[str, RespondentType | None]] = field(default=(), repr=False)


@dataclass(frozen=True)
class CaseFeatures:
    """`stored` are the tokens that others retrieve the case by; `sought` has those of the neighbouring months too.
    `types` are the types of respondents by token."""

    stored: Mapping[TokenKind, Sequence[int]]
    sought: Mapping[TokenKind, Sequence[int]]
    types: Mapping[int, RespondentType]
    text: TextSketch = field(repr=False)

    @property
    def digest(self) -> str:
        """Equal for equal features."""
        content = repr(sorted((kind.value, list(values)) for kind, values in self.stored.items())).encode()
        return hashlib.sha256(content + self.text.to_bytes()).hexdigest()


def case_features(case: ComparedCase, key: bytes, weight: Callable[[str], float]) -> CaseFeatures:
    """The features of this case under this key. `weight` is that of `text_sketch.sketch`."""
    stored: dict[TokenKind, list[int]] = {}
    types: dict[int, RespondentType] = {}

    def add(kind: TokenKind, values: Sequence[str], type_of: RespondentType | None = None) -> None:
        made = tokens(key, kind, values)
        stored.setdefault(kind, []).extend(token for token in made if token not in stored[kind])
        if type_of is not None:
            types.update(dict.fromkeys(made, type_of))

    add(TokenKind.CITIZEN_ID, [case.citizen_id_hash] if case.citizen_id_hash else [])
    add(TokenKind.PHONE, [case.phone] if case.phone else [])
    if case.birth_year:
        add(TokenKind.NAME, [f"{name} {case.birth_year}" for name in name_keys(case.name)])
    for text, stated in case.respondents:
        respondent = respondent_keys(text, case.area, stated)
        if respondent is not None:
            add(TokenKind.RESPONDENT, respondent.exact, respondent.type)
            add(TokenKind.RESPONDENT_NEAR, respondent.near, respondent.type)
    add(TokenKind.RESPONDENT, [plate for text in case.texts for plate in plates_in(text)], RespondentType.VEHICLE)
    month = case.filed_on.toordinal() // MONTH_DAYS
    if len(case.area) == _TAMBON_DIGITS:
        add(TokenKind.PLACE, [_place(case, month)])
        neighbours = tokens(key, TokenKind.PLACE, [_place(case, month + step) for step in (-1, 0, 1)])
    else:
        neighbours = []
    words = sketch(case.texts, key, weight)
    stored[TokenKind.TEXT] = words.band_tokens()
    stored = {kind: values for kind, values in stored.items() if values}
    return CaseFeatures(stored, stored | ({TokenKind.PLACE: neighbours} if neighbours else {}), types, words)


def _place(case: ComparedCase, month: int) -> str:
    return f"{case.area} {case.topic} {month}"
