"""Submission v1: what one visit tells the centre. This is the plaintext of the envelope."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from protocol.choices import (
    MAX_NOTE,
    MAX_PAGES,
    MAX_TEXT,
    AboutWhom,
    ClockQuality,
    ForWhom,
    IdentitySource,
    Naming,
    Nature,
)
from protocol.topics import Topic

Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Note = Annotated[str, StringConstraints(max_length=MAX_NOTE)]
Short = Annotated[str, StringConstraints(max_length=64)]  # a number, a date, a version
AreaCode = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2})?)?$")]  # DOPA province, district, tambon


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Identity(_Part):
    """Who speaks. From the chip all fields, typed only the name. birth_date is B.E. YYYYMMDD."""

    citizen_id: Short = Field(default="", repr=False)
    title: Note = Field(default="", repr=False)
    first_name: Note = Field(default="", repr=False)
    middle_name: Note = Field(default="", repr=False)
    last_name: Note = Field(default="", repr=False)
    birth_date: Short = Field(default="", repr=False)
    sex: Short = Field(default="", repr=False)
    address: Note = Field(default="", repr=False)
    address_area: AreaCode | Literal[""] = ""


class Contact(_Part):
    phone: Annotated[str, StringConstraints(pattern=r"^(0\d{8,9})?$")] = Field(default="", repr=False)


class Consents(_Part):
    """Optional extras. No notice is sent by SMS, so no kiosk asks for that consent: `sms` is false, and stays in the
    message for older kiosks and for a later notice channel."""

    sms: bool = False


class Page(_Part):
    """One page of a letter. The picture is the record; `text` is what OCR made of it, '' when it made nothing."""

    media_type: Literal["image/jpeg", "image/png", "image/webp"]
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    text: Text = Field(default="", repr=False)
    confidence: float | None = Field(default=None, ge=0, le=100)


class Submission(_Part):
    """One visit's content. The pictures travel as parts of their own, in the order of `pages`."""

    version: Literal[1] = 1
    submission_id: UUID
    tracking_code: Short = Field(repr=False)  # canonical, 13 symbols
    case_number: Short
    nature: Nature = Nature.COMPLAINT
    topic: Topic
    topic_note: Note = ""
    about: AboutWhom = AboutWhom.NOBODY
    about_note: Note = Field(default="", repr=False)
    area: AreaCode | Literal[""] = ""
    spot: Note = Field(default="", repr=False)
    for_whom: ForWhom = ForWhom.SELF
    for_whom_note: Note = Field(default="", repr=False)
    text: Text = Field(default="", repr=False)
    pages: tuple[Page, ...] = Field(default=(), max_length=MAX_PAGES)
    contact: Contact = Contact()
    naming: Naming = Naming.NAMED
    identity: Identity | None = Field(default=None, repr=False)
    identity_source: IdentitySource = IdentitySource.NONE
    language: Literal["th", "en"] = "th"
    notice_version: Short
    notice_accepted_at: AwareDatetime
    consents: Consents = Consents()
    clock_quality: ClockQuality
    assisted: bool = False
