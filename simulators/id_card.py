"""The program of a Thai ID card: one APDU in, one answer out."""

from typing import Final

from simulators.profiles import ATRS, CardKind, CardProfile

APPLET: Final = bytes.fromhex("A000000054480001")
FILE_BYTES: Final = 0x1727  # up to the end of the signature
OK: Final = b"\x90\x00"
NOT_FOUND: Final = b"\x6a\x82"
NOT_SELECTED: Final = b"\x69\x85"
WRONG_LENGTH: Final = b"\x67\x00"
WRONG_P1_P2: Final = b"\x6a\x86"
OUT_OF_FILE: Final = b"\x6b\x00"
UNKNOWN: Final = b"\x6d\x00"


class IdCard:
    """A card with `profile` on it. `answer` is all it can do; `atr` is what it says at power-on."""

    def __init__(self, profile: CardProfile) -> None:
        self.profile = profile
        self._file = card_file(profile)
        self._selected = False
        self._pending = b""

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return ATRS[self.profile.kind]

    def reset(self) -> None:
        """Power off or reset: the selection is forgotten."""
        self._selected = False
        self._pending = b""

    def answer(self, apdu: bytes) -> bytes:
        """Answer one command, status word at the end."""
        match apdu:
            case _ if len(apdu) < 5:
                return WRONG_LENGTH
            case _ if apdu[:4] == b"\x00\xa4\x04\x00":
                return self._select(apdu[5 : 5 + apdu[4]])
            case _ if apdu[:3] == b"\x00\xc0\x00":
                return self._get_response(apdu[3], apdu[4])
            case _ if apdu[:2] == b"\x80\xb0" and apdu[4] == 2 and len(apdu) >= 7:
                return self._read(int.from_bytes(apdu[2:4], "big"), int.from_bytes(apdu[5:7], "big"))
            case _:
                return UNKNOWN

    def _select(self, name: bytes) -> bytes:
        if self.profile.kind is CardKind.NOT_THAI or name != APPLET:
            return NOT_FOUND
        self._selected = True
        return self._give(bytes.fromhex("6F0884") + bytes((len(name) - 2,)) + name[2:])

    def _read(self, offset: int, length: int) -> bytes:
        if not self._selected:
            return NOT_SELECTED
        if not 0 < length < 256:
            return WRONG_LENGTH
        if offset + length > len(self._file):
            return OUT_OF_FILE
        return self._give(self._file[offset : offset + length])

    def _give(self, data: bytes) -> bytes:
        if self.profile.kind is CardKind.PROMPT:
            return data + OK
        self._pending = data
        return bytes((0x61, len(data)))

    def _get_response(self, p2: int, expected: int) -> bytes:
        if p2 != (1 if self.profile.kind is CardKind.OLD else 0):
            return WRONG_P1_P2
        if not self._pending:
            return NOT_SELECTED
        if expected != len(self._pending):
            return bytes((0x6C, len(self._pending)))
        data, self._pending = self._pending, b""
        return data + OK


def card_file(profile: CardProfile) -> bytes:
    """The applet's file, fields where version 0003 has them, texts padded with spaces, the photo left out."""
    content = bytearray(FILE_BYTES)

    def put(offset: int, length: int, text: str) -> None:
        content[offset : offset + length] = text.encode("cp874")[:length].ljust(length)

    put(0x0000, 4, "0003")
    put(0x0004, 13, profile.citizen_id)
    put(0x0011, 100, profile.name_th)
    put(0x0075, 100, profile.name_en)
    put(0x00D9, 8, profile.birth_date)
    put(0x00E1, 1, profile.sex)
    put(0x00E2, 20, "0")
    put(0x00F6, 100, "ท้องถิ่นตัวอย่าง/จังหวัดตัวอย่าง")
    put(0x015A, 13, "0")
    put(0x0167, 8, "25650101")
    put(0x016F, 8, "99999999")
    put(0x0177, 2, "01")
    put(0x1579, 160, profile.address)
    put(0x1619, 14, "0")
    return bytes(content)
