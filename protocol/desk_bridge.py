"""Messages between a page of the desk and the bridge to the devices of the officer's computer (`kiosk desk-bridge`).

All are POST with JSON, to the loopback address of the same computer. Every request but `/pair` has the token of the
pairing as `Authorization: Bearer`."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

DEFAULT_PORT = 47611
MAX_BODY_BYTES = 8192
PAIR_PATH, CARD_PATH, PRINT_PATH = "/pair", "/card", "/print"

_Line = Annotated[str, StringConstraints(max_length=200)]


class _BridgeMessage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PairingRequest(_BridgeMessage):
    """The one-time code that the bridge shows on its terminal."""

    code: Annotated[str, StringConstraints(max_length=40)] = Field(repr=False)


class PairingResponse(_BridgeMessage):
    """The token of this browser."""

    token: str = Field(repr=False)


class CardResponse(_BridgeMessage):
    """What is read from the card, under the names of `protocol.submission.Identity`."""

    citizen_id: str = Field(repr=False)
    title: str = Field(repr=False)
    first_name: str = Field(repr=False)
    middle_name: str = Field(repr=False)
    last_name: str = Field(repr=False)
    birth_date: str = Field(repr=False)
    sex: str = Field(repr=False)
    address: str = Field(repr=False)
    address_area: str = Field(repr=False)


class SlipRequest(_BridgeMessage):
    """A slip to print. `code` is the canonical tracking code, `url` the content of the QR code."""

    centre_th: _Line
    centre_en: _Line
    case_number: Annotated[str, StringConstraints(max_length=20)]
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{13}$")] = Field(repr=False)
    url: Annotated[str, StringConstraints(max_length=200, pattern=r"^https?://")] = Field(repr=False)
    filed_at: AwareDatetime
    language: Annotated[str, StringConstraints(pattern="^(th|en)$")] = "th"
    page_count: int = Field(default=0, ge=0, le=100)


class BridgeProblem(_BridgeMessage):
    """Why a request was refused, in both languages. `problem` is a code for scripts."""

    problem: str
    th: str
    en: str
