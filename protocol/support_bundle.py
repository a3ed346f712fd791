"""The file format of a support bundle: one line of JSON that names its origin, then the sealed archive.

The archive is a gzipped tar file, sealed to the centre's key: nobody on the way can read it, nor can the kiosk itself.
The line is readable, so that a centre finds the key; the seal covers it. Nothing proves which kiosk wrote a file that
was carried on a stick: a public key is enough to seal one.
"""

from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from protocol import keys, sealing
from protocol.bilingual_text import BilingualText
from protocol.messages import ShortText

MAX_BUNDLE_BYTES = 4 * 1024 * 1024  # bytes of a whole file; one of an ordinary week has 0.3 MB
SUFFIX = ".support"
_MAX_ORIGIN_BYTES = 1024


class SupportBundleError(ValueError):
    """A file is no support bundle, or does not open. `sentence` is for people; the message is its English text."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


_NO_BUNDLE = BilingualText("ไฟล์นี้ไม่ใช่ชุดข้อมูลของตู้", "This file is not a support bundle of a kiosk")
_DAMAGED = BilingualText(
    "เปิดชุดข้อมูลด้วยกุญแจนี้ไม่ได้ หรือไฟล์เสียหาย", "The support bundle does not open with this key, or it is damaged"
)


class Origin(BaseModel):
    """The readable first line. `sealing_key` is the fingerprint of the centre's key that opens the archive."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["damrongdham-support-1"] = "damrongdham-support-1"
    kiosk_id: ShortText
    enrolment_id: UUID
    made_at: AwareDatetime  # by the kiosk's clock
    sealing_key: ShortText = ""


def seal_bundle(archive: bytes, origin: Origin, public_key: bytes) -> bytes:
    """The file. `public_key` is the centre's raw X25519 key. Raises SupportBundleError."""
    line = origin.model_copy(update={"sealing_key": keys.fingerprint(public_key)}).model_dump_json().encode()
    try:
        return line + b"\n" + sealing.seal(archive, public_key, line)
    except sealing.SealError as error:
        raise SupportBundleError(BilingualText("กุญแจของศูนย์ใช้ปิดผนึกไม่ได้", str(error))) from error


def read_origin(content: bytes) -> Origin:
    """The origin that the file states, not verified yet. Raises SupportBundleError."""
    line, separator, _ = content[:_MAX_ORIGIN_BYTES].partition(b"\n")
    try:
        if separator:
            return Origin.model_validate_json(line)
    except ValidationError:
        pass
    raise SupportBundleError(_NO_BUNDLE)


def open_bundle(content: bytes, private_key: X25519PrivateKey) -> bytes:
    """The archive. Raises SupportBundleError when the key differs or a bit of the file was changed."""
    line, _, sealed = content.partition(b"\n")
    try:
        return sealing.unseal(sealed, private_key, line)
    except sealing.SealError:
        raise SupportBundleError(_DAMAGED) from None
