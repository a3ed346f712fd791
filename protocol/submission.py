"""Submission, version 1: the content of one visit, which is the plaintext of the envelope.

A newer kiosk may send more. Unknown fields are ignored, and an unknown choice is read as the fallback named at its
field: the value that reveals least about the citizen and leaves the decision to the officer. The centre keeps both for
the officer (`protocol.compatibility.find_unread_content`).
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from protocol.choices import (
    MAX_NOTE_CHARS,
    MAX_PAGES,
    MAX_TEXT_CHARS,
    ClockQuality,
    IdentitySource,
    NameDisclosure,
    Nature,
    OnBehalfOf,
    RespondentKind,
)
from protocol.compatibility import FallBackTo
from protocol.topics import Topic

LongText = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
NoteText = Annotated[str, StringConstraints(max_length=MAX_NOTE_CHARS)]
ShortText = Annotated[str, StringConstraints(max_length=64)]  # a number, a date, a version
AreaCode = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2})?)?$")]  # DOPA province, district, tambon


class _SubmissionModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Identity(_SubmissionModel):
    """The complainant's identity: all fields when read from the card's chip, only the name when typed. birth_date is
    YYYYMMDD in the Buddhist era."""

    citizen_id: ShortText = Field(default="", repr=False)
    title: NoteText = Field(default="", repr=False)
    first_name: NoteText = Field(default="", repr=False)
    middle_name: NoteText = Field(default="", repr=False)
    last_name: NoteText = Field(default="", repr=False)
    birth_date: ShortText = Field(default="", repr=False)
    sex: ShortText = Field(default="", repr=False)
    address: NoteText = Field(default="", repr=False)
    address_area: AreaCode | Literal[""] = ""


class Contact(_SubmissionModel):
    phone: Annotated[str, StringConstraints(pattern=r"^(0\d{8,9})?$")] = Field(default="", repr=False)


class Consents(_SubmissionModel):
    """Optional consents. `sms`: notices about this case to the phone number of the contact. `sms_text` is the version
    of the text that the citizen read (`protocol.consent_texts`); a kiosk without it has an older text."""

    sms: bool = False
    # Left out when empty: a centre of version 1.0 quarantines a submission with a field that it does not know.
    sms_text: ShortText = Field(default="", exclude_if=lambda version: not version)


class Page(_SubmissionModel):
    """One page of a letter. The picture is authoritative; `text` is the text recognised by OCR, '' when there is
    none. `is_text_complete` False: the reading was ended before the last line of the page."""

    media_type: Literal["image/jpeg", "image/png", "image/webp"]
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    text: LongText = Field(default="", repr=False)
    confidence: float | None = Field(default=None, ge=0, le=100)
    # Left out when true: a centre of version 1.0 quarantines a submission with a field that it does not know.
    is_text_complete: bool = Field(default=True, exclude_if=lambda is_complete: is_complete)


class SubmissionContent(_SubmissionModel):
    """What a citizen submits, by whatever channel: `Submission` adds what a kiosk makes for it, and a case that is
    filed at the centre (`central.filing`) has this alone. `notice_version` is '' where nobody read a notice."""

    nature: Annotated[Nature, FallBackTo(Nature.COMPLAINT)] = Nature.COMPLAINT
    topic: Annotated[Topic, FallBackTo(Topic.UNSURE)]
    topic_note: NoteText = ""
    about: Annotated[RespondentKind, FallBackTo(RespondentKind.NOBODY)] = RespondentKind.NOBODY
    about_note: NoteText = Field(default="", repr=False)
    area: AreaCode | Literal[""] = ""
    spot: NoteText = Field(default="", repr=False)
    for_whom: Annotated[OnBehalfOf, FallBackTo(OnBehalfOf.SELF)] = OnBehalfOf.SELF
    for_whom_note: NoteText = Field(default="", repr=False)
    text: LongText = Field(default="", repr=False)
    contact: Contact = Contact()
    naming: Annotated[NameDisclosure, FallBackTo(NameDisclosure.WITHHELD)] = NameDisclosure.NAMED
    identity: Identity | None = Field(default=None, repr=False)
    identity_source: Annotated[IdentitySource, FallBackTo(IdentitySource.TYPED)] = IdentitySource.NONE
    language: Annotated[Literal["th", "en"], FallBackTo("en")] = "th"
    notice_version: ShortText
    notice_accepted_at: AwareDatetime
    consents: Consents = Consents()
    assisted: bool = False


class Submission(SubmissionContent):
    """One visit's content. The pictures are sent as separate parts, in the order of `pages`."""

    version: Literal[1] = 1
    submission_id: UUID
    tracking_code: ShortText = Field(repr=False)  # canonical, 13 symbols
    case_number: ShortText
    pages: tuple[Page, ...] = Field(default=(), max_length=MAX_PAGES)
    clock_quality: Annotated[ClockQuality, FallBackTo(ClockQuality.UNTRUSTED)]
