"""What one visit has collected so far: an immutable value that the journey replaces field by field."""

from dataclasses import dataclass, field

from drivers.ports.card_reader import CitizenCard
from protocol.choices import IdentitySource, NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.topics import Topic


@dataclass(frozen=True)
class RecognisedLine:
    """One line of recognised text; `unsure` marks it for the citizen's eye."""

    text: str = field(repr=False)
    confidence: float  # 0..100
    unsure: bool
    y_fraction: float = 0.5  # its height on the upright page, 0 at the top, 1 at the bottom


@dataclass(frozen=True)
class LetterPage:
    """One scanned page. The picture itself stays in the runner's page store under `page_id`.

    `lines` is None while recognition runs or when it failed; `readable` False means handwriting or rubbish:
    show the picture only. `text` is what the citizen left of the recognised text, None when untouched.
    """

    page_id: str
    width: int
    height: int
    lines: tuple[RecognisedLine, ...] | None = None
    readable: bool | None = None
    confidence: float | None = None
    text: str | None = field(default=None, repr=False)
    picture_version: int = 0  # how often the kept picture changed its side: what shows it must fetch it again
    rotated_by_hand: bool = False  # the citizen turned it: recognition does not turn it any more
    blank: bool = False  # nothing is on it, and the citizen did not say that it is to be kept so

    @property
    def current_text(self) -> str:
        """What is sent as this page's text."""
        if self.text is not None:
            return self.text
        if not self.readable or not self.lines:
            return ""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Draft:
    """The submission in the making. Everything a citizen said; nothing of it outlives the visit unsealed."""

    identity_source: IdentitySource = IdentitySource.NONE
    card: CitizenCard | None = field(default=None, repr=False)
    card_area: str = ""  # DOPA code of the card's address, '' when not matched
    typed_name: str = field(default="", repr=False)
    topic: Topic | None = None
    topic_note: str = field(default="", repr=False)
    area: str = ""  # DOPA code; prefilled from the card or the hall
    subareas_unknown: bool = False  # the citizen said not to know the levels below `area`
    location_note: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    pages: tuple[LetterPage, ...] = ()
    nature: Nature = Nature.COMPLAINT
    about: RespondentKind = RespondentKind.NOBODY
    about_note: str = field(default="", repr=False)
    for_whom: OnBehalfOf = OnBehalfOf.SELF
    for_whom_note: str = field(default="", repr=False)
    name_disclosure: NameDisclosure = NameDisclosure.NAMED
    phone: str = field(default="", repr=False)
    assisted: bool = False
    notice_version: str = ""
    notice_accepted_at_epoch_s: float = 0.0  # seconds since the epoch, as the kiosk's clock had it

    @property
    def has_story(self) -> bool:
        """Some typed text, or at least one page."""
        return bool(self.text.strip() or self.pages)
