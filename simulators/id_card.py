"""The program of a simulated Thai ID card: one APDU in, one response out."""

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from simulators.card_profiles import CardKind, CardProfile

APPLET: Final = bytes.fromhex("A000000054480001")
CARD_FILE_BYTES: Final = 0x1727  # up to the end of the signature
OK: Final = b"\x90\x00"
NOT_FOUND: Final = b"\x6a\x82"
NOT_SELECTED: Final = b"\x69\x85"
WRONG_LENGTH: Final = b"\x67\x00"
OUT_OF_FILE: Final = b"\x6b\x00"
UNKNOWN: Final = b"\x6d\x00"
MAX_PHOTO_BYTES: Final = 5118
PORTRAIT_SIZE_PX: Final = (148, 178)  # as the photo on real cards
PARTIAL_READ_BYTES: Final = 64  # of each response of a CHUNKED card
CLIPPED_READ_BYTES: Final = 100  # of each read of a TRUNCATING card
WITHOUT_APPLET: Final = (CardKind.NOT_THAI, CardKind.CONTACTLESS)


class IdCard:
    """A card with the content of `profile`. `reads` records what was read: (offset, length)."""

    def __init__(self, profile: CardProfile) -> None:
        self.profile = profile
        self.reads: list[tuple[int, int]] = []
        self._file = build_card_file(profile)
        self._selected = False
        self._pending = b""

    def reset(self) -> None:
        """Power off or reset: nothing is selected."""
        self._selected = False
        self._pending = b""

    def execute_apdu(self, apdu: bytes) -> bytes:
        """The response to one command, with the status word at the end."""
        match apdu:
            case _ if self.profile.kind is CardKind.BLANK:
                return UNKNOWN
            case _ if len(apdu) < 5:
                return WRONG_LENGTH
            case _ if apdu[:4] == b"\x00\xa4\x04\x00":
                return self._select(apdu[5 : 5 + apdu[4]])
            case _ if apdu[:3] == b"\x00\xc0\x00":
                return self._get_response(apdu[3], apdu[4])
            case _ if apdu[:2] == b"\x80\xb0" and apdu[4] == 2 and len(apdu) >= 7:
                return self._read(int.from_bytes(apdu[2:4], "big"), int.from_bytes(apdu[5:7], "big"), apdu[7:])
            case _:
                return UNKNOWN

    def _select(self, name: bytes) -> bytes:
        if self.profile.kind in WITHOUT_APPLET or name != APPLET:
            return NOT_FOUND
        self._selected = True
        information = bytes.fromhex("6F0884") + bytes((len(name) - 2,)) + name[2:]
        return self._data_response(information) if self.profile.kind is not CardKind.LENGTH_CORRECTING else OK

    def _read(self, offset: int, length: int, expected: bytes) -> bytes:
        if not self._selected:
            return NOT_SELECTED
        if not 0 < length < 256:
            return WRONG_LENGTH
        if offset + length > len(self._file):
            return OUT_OF_FILE
        if self.profile.kind is CardKind.LENGTH_CORRECTING and expected != bytes((length,)):
            return bytes((0x6C, length))
        if self.profile.kind is CardKind.TRUNCATING:
            length = min(length, CLIPPED_READ_BYTES)
        self.reads.append((offset, length))
        return self._data_response(self._file[offset : offset + length])

    def _data_response(self, data: bytes) -> bytes:
        if self.profile.kind in (CardKind.DATA_AT_ONCE, CardKind.LENGTH_CORRECTING):
            return data + OK
        self._pending = data
        return bytes((0x61, len(data)))

    def _get_response(self, p2: int, expected: int) -> bytes:
        if p2 != (1 if self.profile.kind is CardKind.OLD else 0):
            if self.profile.drops_data_on_wrong_p2:
                self._pending = b""
            return self.profile.wrong_p2_status_word
        if not self._pending:
            return NOT_SELECTED
        data = self._pending[:PARTIAL_READ_BYTES] if self.profile.kind is CardKind.CHUNKED else self._pending
        if expected not in (len(self._pending), len(data)):
            return bytes((0x6C, len(data)))
        self._pending = self._pending[len(data) :]
        return data + (bytes((0x61, len(self._pending))) if self._pending else OK)


def build_card_file(profile: CardProfile) -> bytes:
    """The applet's file with the fields of version 0003, padded with spaces."""
    content = bytearray(CARD_FILE_BYTES)

    def put(offset: int, length: int, text: str) -> None:
        content[offset : offset + length] = text.encode("cp874")[:length].ljust(length)

    put(0x0000, 4, profile.version)
    put(0x0004, 13, profile.citizen_id)
    put(0x0011, 100, profile.name_th)
    put(0x0075, 100, profile.name_en)
    put(0x00D9, 8, profile.birth_date)
    put(0x00E1, 1, profile.sex)
    put(0x00E2, 20, "0")
    put(0x00F6, 100, "ท้องถิ่นตัวอย่าง/จังหวัดตัวอย่าง")
    put(0x015A, 13, "0")
    put(0x0167, 8, "25650101")
    put(0x016F, 8, profile.expiry_date)
    put(0x0177, 2, "01")
    put(0x1579, 160, profile.address)
    put(0x1619, 14, "0")
    if profile.has_photo:
        photo = render_portrait(MAX_PHOTO_BYTES)
        content[0x0179:0x017B] = len(photo).to_bytes(2, "big")
        put(0x017B, MAX_PHOTO_BYTES, "")
        content[0x017B : 0x017B + len(photo)] = photo
    for offset, data in profile.raw.items():
        content[offset : offset + len(data)] = data
    return bytes(content)


@cache
def render_portrait(max_bytes: int) -> bytes:
    """The photo of an invented person: a JPEG of the best quality that fits into `max_bytes`. Raises ValueError."""
    picture = Image.effect_noise(PORTRAIT_SIZE_PX, 60).convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 140, 128, 178), fill=(70, 80, 120))
    draw.ellipse((40, 35, 108, 130), fill=(205, 160, 125))
    draw.pieslice((38, 22, 110, 110), 180, 360, fill=(30, 25, 25))
    for x in (60, 88):
        draw.ellipse((x - 4, 78, x + 4, 84), fill=(20, 15, 15))
    draw.arc((60, 92, 88, 114), 20, 160, fill=(130, 50, 50), width=3)
    for quality in range(95, 0, -5):
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=quality)
        if jpeg.tell() <= max_bytes:
            return jpeg.getvalue()
    raise ValueError(f"No picture fits into {max_bytes} bytes.")
