"""The data that one visit has collected: an immutable value. Each change makes a new one.

Each field of the Draft is declared with its rules: what it reveals about the citizen, how long a text may be, whether
it is one of several choices, and its name in the submission where that differs. Events, erasing and the submission
builder apply these rules, so a new field needs no code there.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from drivers.ports.card_reader import CitizenCard
from protocol.choices import (
    MAX_NOTE_CHARS,
    MAX_TEXT_CHARS,
    IdentitySource,
    NameDisclosure,
    Nature,
    OnBehalfOf,
    RespondentKind,
)
from protocol.topics import Topic

MAX_NAME_CHARS = 200  # characters of a typed name
MAX_PHONE_CHARS = 20  # as typed, with spaces and hyphens


class PersonalData(Enum):
    """What a field reveals about the citizen. The mark decides when the field is erased before the visit ends."""

    CARD = "card"  # read from the ID card
    CONTACT = "contact"  # typed: who the citizen is and how to reach them
    NOTE = "note"  # the citizen's own words beside the story
    STORY = "story"  # the complaint itself; hidden and discarded as a whole


IDENTIFYING = (PersonalData.CARD, PersonalData.CONTACT)  # nothing of it is left in an anonymous complaint


@dataclass(frozen=True)
class FieldRules:
    """The rules of one field of the Draft."""

    personal: PersonalData | None = None
    max_chars: int = 0  # more than 0: a text that the citizen writes
    choice_type: type | None = None  # the citizen chooses one of the values of this type
    sent_as: str = ""  # its name in the submission; '' means the same name


def draft_field(
    default: object, *, personal: PersonalData | None, max_chars: int = 0, is_choice: bool = False, sent_as: str = ""
) -> Any:
    """A field of the Draft with its rules. Personal data is left out of `repr`."""
    rules = FieldRules(personal, max_chars, type(default) if is_choice else None, sent_as)
    return field(default=default, repr=personal is None, metadata={"rules": rules})


@dataclass(frozen=True)
class RecognisedLine:
    """One line of recognised text, or a handwritten part of the page, which has no text and is shown as a picture.

    `is_uncertain` marks it for the citizen to check. A box is left, top, right and bottom on the upright page, as
    fractions of its size; () when the place is not known.
    """

    text: str = field(repr=False)
    confidence: float  # 0..100
    is_uncertain: bool
    centre_y: float = 0.5  # height of its centre on the upright page, 0 at the top, 1 at the bottom
    box: tuple[float, ...] = ()
    is_handwritten: bool = False
    doubts: tuple[int, ...] = ()  # start and end, in pairs, of the words in `text` that have a doubtful character

    @property
    def unclear_spans(self) -> tuple[tuple[int, int], ...]:
        """Start and end of what is marked as unclear: doubtful words of an uncertain line, otherwise doubtful numbers
        only. A wrong letter is often noticed while reading, a wrong digit never."""
        words = tuple(zip(self.doubts[::2], self.doubts[1::2], strict=True))
        if self.is_uncertain:
            return words or ((0, len(self.text)),)
        return tuple((start, end) for start, end in words if any(map(str.isdigit, self.text[start:end])))


@dataclass(frozen=True)
class LetterOffer:
    """Something read in a letter that can be offered for a field of the draft; never a fact."""

    field_name: str
    text: str = field(repr=False)  # as on the page
    value: str = field(repr=False)  # as it would be in the field
    is_uncertain: bool  # a character in it is doubtful
    box: tuple[float, ...] = ()  # of its line, as in RecognisedLine


@dataclass(frozen=True)
class LetterPage:
    """One scanned page. The picture itself stays in the runner's page store under `page_id`.

    `lines` is None while recognition runs or after it failed; `is_readable` False means handwriting or no usable text:
    only the picture is shown. Of a readable page, the handwritten parts are among the lines. `is_complete` False: the
    reading was ended before the last line. `lines_so_far` are shown
    while recognition runs, and never sent. `text` is the citizen's correction of the recognised text, None when
    untouched.
    """

    page_id: str
    width: int
    height: int
    lines: tuple[RecognisedLine, ...] | None = None
    is_readable: bool | None = None
    confidence: float | None = None
    offers: tuple[LetterOffer, ...] = ()
    is_complete: bool = True
    lines_so_far: tuple[RecognisedLine, ...] = ()
    read_fraction: float = 0.0  # of the page's lines, while recognition runs
    text: str | None = field(default=None, repr=False)
    picture_version: int = 0  # how often the stored picture was rotated: a view of it must load it again
    rotated_by_hand: bool = False  # rotated by the citizen: recognition does not rotate it any more
    blank: bool = False  # nothing was detected on it, and the citizen has not chosen to keep it

    @property
    def current_text(self) -> str:
        """The text that is sent for this page."""
        if self.text is not None:
            return self.text
        return "\n".join(line.text for line in self.printed_lines) if self.is_readable else ""

    @property
    def printed_lines(self) -> tuple[RecognisedLine, ...]:
        """The lines with text: each is a paragraph of `current_text` until the citizen corrects it."""
        return tuple(line for line in self.lines or () if not line.is_handwritten)

    @property
    def is_handwritten(self) -> bool:
        """Whether the page cannot be read because it is mostly handwriting."""
        widths = [(line.is_handwritten, line.box[2] - line.box[0]) for line in self.lines or () if line.box]
        written = sum(width for is_handwritten, width in widths if is_handwritten)
        return self.is_readable is False and written > sum(width for _, width in widths) / 2


@dataclass(frozen=True)
class Draft:
    """Everything that the citizen entered. The unsealed data is erased at the end of the visit at the latest."""

    identity_source: IdentitySource = draft_field(IdentitySource.NONE, personal=PersonalData.CARD)
    card: CitizenCard | None = draft_field(None, personal=PersonalData.CARD)
    card_area: str = draft_field("", personal=PersonalData.CARD)  # DOPA code of the card's address, '' when not matched
    typed_name: str = draft_field("", personal=PersonalData.CONTACT, max_chars=MAX_NAME_CHARS)
    topic: Topic | None = draft_field(None, personal=None)
    topic_note: str = draft_field("", personal=PersonalData.NOTE, max_chars=MAX_NOTE_CHARS)
    area: str = draft_field("", personal=None)  # DOPA code; prefilled from the card or the hall
    subareas_unknown: bool = draft_field(False, personal=None)  # the citizen does not know the levels below `area`
    location_note: str = draft_field("", personal=PersonalData.NOTE, max_chars=MAX_NOTE_CHARS, sent_as="spot")
    text: str = draft_field("", personal=PersonalData.STORY, max_chars=MAX_TEXT_CHARS)
    pages: tuple[LetterPage, ...] = draft_field((), personal=PersonalData.STORY)
    nature: Nature = draft_field(Nature.COMPLAINT, personal=None, is_choice=True)
    about: RespondentKind = draft_field(RespondentKind.NOBODY, personal=None, is_choice=True)
    about_note: str = draft_field("", personal=PersonalData.NOTE, max_chars=MAX_NOTE_CHARS)
    for_whom: OnBehalfOf = draft_field(OnBehalfOf.SELF, personal=None, is_choice=True)
    for_whom_note: str = draft_field("", personal=PersonalData.NOTE, max_chars=MAX_NOTE_CHARS)
    name_disclosure: NameDisclosure = draft_field(NameDisclosure.NAMED, personal=None, is_choice=True, sent_as="naming")
    phone: str = draft_field("", personal=PersonalData.CONTACT, max_chars=MAX_PHONE_CHARS)
    sms_consent: bool = draft_field(False, personal=PersonalData.CONTACT, is_choice=True)
    assisted: bool = draft_field(False, personal=None, is_choice=True)
    notice_version: str = draft_field("", personal=None)
    notice_accepted_at_epoch_s: float = draft_field(0.0, personal=None)  # seconds since the epoch, by the kiosk's clock

    @property
    def has_story(self) -> bool:
        """Some typed text, or at least one page."""
        return bool(self.text.strip() or self.pages)


DraftT = TypeVar("DraftT", bound=Draft)


def erase(draft: DraftT, personal: Collection[PersonalData]) -> DraftT:
    """The draft with every field of these kinds of personal data set to its default."""
    erased: dict[str, Any] = {
        item.name: item.default for item in fields(draft) if item.metadata["rules"].personal in personal
    }
    return replace(draft, **erased)


@cache
def field_rules(name: str) -> FieldRules:
    """The rules of a field of the Draft. For an unknown field: rules that allow neither text nor choice."""
    return next((item.metadata["rules"] for item in fields(Draft) if item.name == name), FieldRules())
