"""Why a picture gave no page or no text."""

from enum import Enum


class Reason(Enum):
    """A closed list; the value is the code that logs and faults use."""

    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    NOT_AN_IMAGE = "not_an_image"
    TOO_LITTLE_MEMORY = "too_little_memory"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    UNCONFINED = "unconfined"


_SENTENCES = {
    Reason.TOO_LARGE: "The picture has more than 60 megapixels.",
    Reason.TRUNCATED: "The picture is incomplete: its file ends too early or is damaged.",
    Reason.NOT_AN_IMAGE: "This is not a PNM, PNG or JPEG picture.",
    Reason.TOO_LITTLE_MEMORY: "The picture needs more memory than it may use.",
    Reason.TIMEOUT: "The picture took too long.",
    Reason.CANCELLED: "Work on the picture was cancelled.",
    Reason.UNAVAILABLE: "Text recognition is not installed.",
    Reason.FAILED: "The picture could not be worked on.",
    Reason.UNCONFINED: "Pictures are opened only where the process that does it can be confined.",
}


class OcrError(Exception):
    """A picture gave nothing; `reason` says why, the message is one sentence for people."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{_SENTENCES[self.reason]} {self.detail}".strip()
