"""Why an uploaded file is refused. Pure."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons, as a confined child returns them."""

    UNKNOWN_TYPE = "unknown_type"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MUCH_INSIDE = "too_much_inside"
    ENCRYPTED = "encrypted"
    ACTIVE_CONTENT = "active_content"
    OLD_OFFICE = "old_office"
    INFECTED = "infected"
    VIDEO = "video"
    TOO_LONG = "too_long"


class RefusedFileError(Exception):
    """This file is not accepted."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
