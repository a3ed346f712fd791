"""Key layouts as data: Thai Kedmanee (TIS 820-2538), English, numbers, and the small pads."""

from dataclasses import dataclass
from enum import Enum


class KeyAction(Enum):
    """What a key does besides writing."""

    WRITE = "write"
    SHIFT = "shift"
    DELETE = "delete"
    SPACE = "space"
    ENTER = "enter"
    THAI = "thai"
    ENGLISH = "english"
    NUMBERS = "numbers"
    GAP = "gap"  # no key, only room


@dataclass(frozen=True)
class Key:
    """One key: what it writes, what it writes shifted, its width in key widths."""

    plain: str = ""
    shifted: str = ""
    units: float = 1.0
    action: KeyAction = KeyAction.WRITE


Rows = tuple[tuple[Key, ...], ...]

SHIFT = Key(units=1.5, action=KeyAction.SHIFT)
DELETE = Key(units=1.5, action=KeyAction.DELETE)
SPACE = Key(units=6.0, action=KeyAction.SPACE)
ENTER = Key(units=2.0, action=KeyAction.ENTER)
TO_THAI = Key(units=1.6, action=KeyAction.THAI)
TO_ENGLISH = Key(units=1.6, action=KeyAction.ENGLISH)
TO_NUMBERS = Key(units=1.6, action=KeyAction.NUMBERS)


def _row(plain: str, shifted: str = "") -> tuple[Key, ...]:
    above = shifted.split() if shifted else [""] * len(plain.split())
    return tuple(Key(below, sign) for below, sign in zip(plain.split(), above, strict=True))


def _gap(units: float) -> Key:
    return Key(units=units, action=KeyAction.GAP)


KEDMANEE: Rows = (
    _row("ๅ / - ภ ถ ุ ึ ค ต จ ข ช", "+ ๑ ๒ ๓ ๔ ู ฿ ๕ ๖ ๗ ๘ ๙"),
    _row("ๆ ไ ำ พ ะ ั ี ร น ย บ ล", '๐ " ฎ ฑ ธ ํ ๊ ณ ฯ ญ ฐ ,'),
    _row("ฟ ห ก ด เ ้ ่ า ส ว ง ฃ", "ฤ ฆ ฏ โ ฌ ็ ๋ ษ ศ ซ . ฅ"),
    (SHIFT, *_row("ผ ป แ อ ิ ื ท ม ใ ฝ", "( ) ฉ ฮ ฺ ์ ? ฒ ฬ ฦ"), DELETE),
    (TO_NUMBERS, TO_ENGLISH, SPACE, ENTER),
)
ENGLISH: Rows = (
    _row("1 2 3 4 5 6 7 8 9 0", "! @ # ฿ % & * ( ) /"),
    _row("q w e r t y u i o p", "Q W E R T Y U I O P"),
    (_gap(0.5), *_row("a s d f g h j k l", "A S D F G H J K L"), _gap(0.5)),
    (SHIFT, *_row("z x c v b n m", "Z X C V B N M"), DELETE),
    (TO_NUMBERS, TO_THAI, Key(","), Key(units=4.0, action=KeyAction.SPACE), Key("."), ENTER),
)
NUMBERS: Rows = (
    _row("1 2 3 4 5 6 7 8 9 0"),
    _row("๑ ๒ ๓ ๔ ๕ ๖ ๗ ๘ ๙ ๐"),
    _row('- / : ; ( ) ฿ & @ "'),
    (_gap(0.75), *_row(". , ? ! ' + = %"), DELETE),
    (TO_THAI, TO_ENGLISH, SPACE, ENTER),
)
DIGITS: Rows = (
    _row("1 2 3"),
    _row("4 5 6"),
    _row("7 8 9"),
    (_gap(1), Key("0"), Key(action=KeyAction.DELETE)),
)
# The symbols of a tracking code (protocol.tracking_code): no I, L, O, U.
CODE: Rows = (
    _row("0 1 2 3 4 5 6 7"),
    _row("8 9 A B C D E F"),
    _row("G H J K M N P Q"),
    _row("R S T V W X Y Z"),
    (_gap(4), Key(units=4.0, action=KeyAction.DELETE)),
)
LAYOUTS: dict[str, Rows] = {
    "th": KEDMANEE,
    "en": ENGLISH,
    "numbers": NUMBERS,
    "digits": DIGITS,
    "code": CODE,
}
NEXT_LAYOUT = {KeyAction.THAI: "th", KeyAction.ENGLISH: "en", KeyAction.NUMBERS: "numbers"}
