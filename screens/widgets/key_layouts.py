"""Key layouts as data: Thai as Kedmanee (TIS 820-2538) and as the alphabet, English, numbers, and the small pads."""

from dataclasses import dataclass
from enum import Enum


class KeyAction(Enum):
    """What a key does besides writing."""

    WRITE = "write"
    SHIFT = "shift"
    DELETE = "delete"
    SPACE = "space"
    ENTER = "enter"
    THAI = "thai"  # the Thai layout of this visit
    KEDMANEE = "kedmanee"
    ALPHABET = "alphabet"
    ENGLISH = "english"
    NUMBERS = "numbers"
    GAP = "gap"  # no key, only room


@dataclass(frozen=True)
class KeyDefinition:
    """One key: what it writes, what it writes shifted, its width in key widths; `tinted` sets a group of keys apart."""

    base: str = ""
    shifted: str = ""
    width_units: float = 1.0
    action: KeyAction = KeyAction.WRITE
    tinted: bool = False


Rows = tuple[tuple[KeyDefinition, ...], ...]

SHIFT = KeyDefinition(width_units=1.5, action=KeyAction.SHIFT)
DELETE = KeyDefinition(width_units=1.5, action=KeyAction.DELETE)
SPACE = KeyDefinition(width_units=6.0, action=KeyAction.SPACE)
ENTER = KeyDefinition(width_units=2.0, action=KeyAction.ENTER)
TO_THAI = KeyDefinition(width_units=1.6, action=KeyAction.THAI)
TO_KEDMANEE = KeyDefinition(width_units=1.6, action=KeyAction.KEDMANEE)
TO_ALPHABET = KeyDefinition(width_units=1.6, action=KeyAction.ALPHABET)
TO_ENGLISH = KeyDefinition(width_units=1.6, action=KeyAction.ENGLISH)
TO_NUMBERS = KeyDefinition(width_units=1.6, action=KeyAction.NUMBERS)


def _row(plain: str, shifted: str = "") -> tuple[KeyDefinition, ...]:
    above = shifted.split() if shifted else [""] * len(plain.split())
    return tuple(KeyDefinition(below, sign) for below, sign in zip(plain.split(), above, strict=True))


def _tinted(signs: str) -> tuple[KeyDefinition, ...]:
    return tuple(KeyDefinition(sign, tinted=True) for sign in signs.split())


def _gap(units: float) -> KeyDefinition:
    return KeyDefinition(width_units=units, action=KeyAction.GAP)


KEDMANEE: Rows = (
    _row("ๅ / - ภ ถ ุ ึ ค ต จ ข ช", "+ ๑ ๒ ๓ ๔ ู ฿ ๕ ๖ ๗ ๘ ๙"),
    _row("ๆ ไ ำ พ ะ ั ี ร น ย บ ล", '๐ " ฎ ฑ ธ ํ ๊ ณ ฯ ญ ฐ ,'),
    _row("ฟ ห ก ด เ ้ ่ า ส ว ง ฃ", "ฤ ฆ ฏ โ ฌ ็ ๋ ษ ศ ซ . ฅ"),
    (SHIFT, *_row("ผ ป แ อ ิ ื ท ม ใ ฝ", "( ) ฉ ฮ ฺ ์ ? ฒ ฬ ฦ"), DELETE),
    (TO_NUMBERS, TO_ALPHABET, TO_ENGLISH, KeyDefinition(width_units=4.4, action=KeyAction.SPACE), ENTER),
)
# Consonants in the order every Thai reader learned them, then vowels, then leading vowels and tone marks: no shift,
# each sign is in sight. The signs of rare words (ๅ ฦ ํ ฺ) are among the numbers and signs. Rows of 15 leave the height
# for letters of 64 pixels at 1080 × 1920 in the largest type; in rows of 11, one row more, they would have 56.
ALPHABET: Rows = (
    _row("ก ข ฃ ค ฅ ฆ ง จ ฉ ช ซ ฌ ญ ฎ ฏ"),
    _row("ฐ ฑ ฒ ณ ด ต ถ ท ธ น บ ป ผ ฝ พ"),
    _row("ฟ ภ ม ย ร ล ว ศ ษ ส ห ฬ อ ฮ"),
    _tinted("ะ ั า ำ ิ ี ึ ื ุ ู ็ ฤ"),
    _tinted("เ แ โ ใ ไ ่ ้ ๊ ๋ ์ ๆ ฯ"),
    (TO_NUMBERS, TO_KEDMANEE, TO_ENGLISH, KeyDefinition(width_units=3.6, action=KeyAction.SPACE), ENTER, DELETE),
)
ENGLISH: Rows = (
    _row("1 2 3 4 5 6 7 8 9 0", "! @ # ฿ % & * ( ) /"),
    _row("q w e r t y u i o p", "Q W E R T Y U I O P"),
    (_gap(0.5), *_row("a s d f g h j k l", "A S D F G H J K L"), _gap(0.5)),
    (SHIFT, *_row("z x c v b n m", "Z X C V B N M"), DELETE),
    (
        TO_NUMBERS,
        TO_THAI,
        KeyDefinition(","),
        KeyDefinition(width_units=4.0, action=KeyAction.SPACE),
        KeyDefinition("."),
        ENTER,
    ),
)
NUMBERS: Rows = (
    _row("1 2 3 4 5 6 7 8 9 0"),
    _row("๑ ๒ ๓ ๔ ๕ ๖ ๗ ๘ ๙ ๐"),
    _row('- / : ; ( ) ฿ & @ "'),
    (*_row(". , ? ! ' + = % ๅ ฦ ํ ฺ"), DELETE),
    (TO_THAI, TO_ENGLISH, SPACE, ENTER),
)
DIGITS: Rows = (
    _row("1 2 3"),
    _row("4 5 6"),
    _row("7 8 9"),
    (_gap(1), KeyDefinition("0"), KeyDefinition(action=KeyAction.DELETE)),
)
# The symbols of a tracking code (protocol.tracking_code): no I, L, O, U.
CODE: Rows = (
    _row("0 1 2 3 4 5 6 7"),
    _row("8 9 A B C D E F"),
    _row("G H J K M N P Q"),
    _row("R S T V W X Y Z"),
    (_gap(4), KeyDefinition(width_units=4.0, action=KeyAction.DELETE)),
)
THAI_KEDMANEE, THAI_ALPHABET = "th", "th_alphabet"
LAYOUTS: dict[str, Rows] = {
    THAI_KEDMANEE: KEDMANEE,
    THAI_ALPHABET: ALPHABET,
    "en": ENGLISH,
    "numbers": NUMBERS,
    "digits": DIGITS,
    "code": CODE,
}
LANGUAGE_OF = {THAI_KEDMANEE: "th", THAI_ALPHABET: "th", "en": "en"}  # what is written with a layout
NEXT_LAYOUT = {
    KeyAction.KEDMANEE: THAI_KEDMANEE,
    KeyAction.ALPHABET: THAI_ALPHABET,
    KeyAction.ENGLISH: "en",
    KeyAction.NUMBERS: "numbers",
}
