"""Why a picture could not be processed."""

from enum import Enum


class OcrErrorReason(Enum):
    """The value is the code that logs and faults use."""

    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    NOT_AN_IMAGE = "not_an_image"
    TOO_LITTLE_MEMORY = "too_little_memory"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    UNCONFINED = "unconfined"


_MESSAGES = {
    OcrErrorReason.TOO_LARGE: "The picture has more than 60 megapixels.",
    OcrErrorReason.TRUNCATED: "The picture is incomplete: its file ends too early or is damaged.",
    OcrErrorReason.NOT_AN_IMAGE: "This is not a PNM, PNG, JPEG or WebP picture.",
    OcrErrorReason.TOO_LITTLE_MEMORY: "The picture needs more memory than the limit.",
    OcrErrorReason.TIMEOUT: "The picture took too long.",
    OcrErrorReason.CANCELLED: "Processing of the picture was cancelled.",
    OcrErrorReason.UNAVAILABLE: "Text recognition is not installed.",
    OcrErrorReason.FAILED: "The picture could not be processed.",
    OcrErrorReason.UNCONFINED: "Pictures are opened only where the process that does it can be confined.",
}


class OcrError(Exception):
    """A picture could not be processed; `reason` says why, the message is one sentence for people."""

    def __init__(self, reason: OcrErrorReason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{_MESSAGES[self.reason]} {self.detail}".strip()
