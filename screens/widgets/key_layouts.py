"""Key layouts as data: Thai as Kedmanee (TIS 820-2538) and as the alphabet, English, numbers, all of ASCII for
passwords and addresses, and the small pads."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from journey.language import _
from protocol import crockford


class KeyAction(Enum):
    """What a key does."""

    WRITE = "write"
    SHIFT = "shift"
    DELETE = "delete"
    SPACE = "space"
    ENTER = "enter"
    THAI = "thai"  # the Thai layout that this visit uses
    KEDMANEE = "kedmanee"
    ALPHABET = "alphabet"
    ENGLISH = "english"
    NUMBERS = "numbers"
    LATIN = "latin"
    SYMBOLS = "symbols"
    GAP = "gap"  # no key, only space


class KeyFace(NamedTuple):
    """What is on a key that does not write the character on it, and its name when read aloud."""

    spoken: str  # message id
    icon: str = ""
    literal_text: str = ""
    message: str = ""  # message id


KEY_FACES = {
    KeyAction.SHIFT: KeyFace(_("More characters"), icon="arrow-big-up"),
    KeyAction.DELETE: KeyFace(_("Delete"), icon="backspace", message=_("Delete")),  # the word where it has space
    KeyAction.SPACE: KeyFace(_("Space"), message=_("Space")),
    KeyAction.ENTER: KeyFace(_("New line"), message=_("New line")),
    KeyAction.THAI: KeyFace(_("Thai letters"), literal_text="ไทย"),
    KeyAction.KEDMANEE: KeyFace(_("Thai letters as on a typewriter"), literal_text="ฟหกด"),
    KeyAction.ALPHABET: KeyFace(_("Thai letters from ก to ฮ"), literal_text="ก–ฮ"),
    KeyAction.ENGLISH: KeyFace(_("English letters"), literal_text="EN"),
    KeyAction.NUMBERS: KeyFace(_("Numbers"), literal_text="๑๒๓"),
    KeyAction.LATIN: KeyFace(_("English letters"), literal_text="abc"),
    KeyAction.SYMBOLS: KeyFace(_("Symbols"), literal_text="#+="),
}


@dataclass(frozen=True)
class KeyDefinition:
    """One key of a layout."""

    base: str = ""  # the character it writes
    shifted: str = ""  # the character it writes when shifted
    width_units: float = 1.0  # in key widths
    action: KeyAction = KeyAction.WRITE
    tinted: bool = False  # one of a group of keys in another colour


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
TO_LATIN = KeyDefinition(width_units=1.6, action=KeyAction.LATIN)
TO_SYMBOLS = KeyDefinition(width_units=1.6, action=KeyAction.SYMBOLS)


def _row(base: str, shifted: str = "") -> tuple[KeyDefinition, ...]:
    base_characters = base.split()
    shifted_characters = shifted.split() if shifted else [""] * len(base_characters)
    return tuple(KeyDefinition(*pair) for pair in zip(base_characters, shifted_characters, strict=True))


def _tinted(characters: str) -> tuple[KeyDefinition, ...]:
    return tuple(KeyDefinition(character, tinted=True) for character in characters.split())


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
# every character is visible. Characters of rare words (ๅ ฦ ํ ฺ) are in the layout of numbers. Rows of 15 leave enough
# height for letters of 64 pixels at 1080 × 1920 in the largest text size; rows of 11, one row more, only for 56.
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
# Addresses and passwords have one line and any character of ASCII; a network may ask for each of them.
LATIN: Rows = (
    _row("1 2 3 4 5 6 7 8 9 0", "! @ # $ % ^ & * ( )"),
    *ENGLISH[1:4],
    (TO_SYMBOLS, *_row("- _"), KeyDefinition(width_units=3.4, action=KeyAction.SPACE), *_row(". / :")),
)
SYMBOLS: Rows = (
    _row("1 2 3 4 5 6 7 8 9 0"),
    _row("! @ # $ % ^ & * ( )"),
    _row("- _ = + [ ] { } \\ |"),
    _row("; : ' \" , . < > / ?"),
    (TO_LATIN, *_row("` ~"), KeyDefinition(width_units=4.9, action=KeyAction.SPACE), DELETE),
)
DIGITS: Rows = (
    _row("1 2 3"),
    _row("4 5 6"),
    _row("7 8 9"),
    (_gap(1), KeyDefinition("0"), KeyDefinition(action=KeyAction.DELETE)),
)
CODE_ROW_KEYS = 8
CODE: Rows = (  # the symbols of a tracking code
    *(
        tuple(map(KeyDefinition, crockford.ALPHABET[first : first + CODE_ROW_KEYS]))
        for first in range(0, len(crockford.ALPHABET), CODE_ROW_KEYS)
    ),
    (_gap(4), KeyDefinition(width_units=4.0, action=KeyAction.DELETE)),
)
THAI_KEDMANEE, THAI_ALPHABET = "th", "th_alphabet"
LAYOUTS: dict[str, Rows] = {
    THAI_KEDMANEE: KEDMANEE,
    THAI_ALPHABET: ALPHABET,
    "en": ENGLISH,
    "numbers": NUMBERS,
    "latin": LATIN,
    "symbols": SYMBOLS,
    "digits": DIGITS,
    "code": CODE,
}
LANGUAGE_OF = {THAI_KEDMANEE: "th", THAI_ALPHABET: "th", "en": "en"}  # the language of a layout, for suggestions
NEXT_LAYOUT = {
    KeyAction.KEDMANEE: THAI_KEDMANEE,
    KeyAction.ALPHABET: THAI_ALPHABET,
    KeyAction.ENGLISH: "en",
    KeyAction.NUMBERS: "numbers",
    KeyAction.LATIN: "latin",
    KeyAction.SYMBOLS: "symbols",
}
