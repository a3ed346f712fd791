"""Which characters a TrueType typeface has, read from its character map."""

import struct
import unicodedata
from functools import cache

from screens.kivy_setup import ASSETS_DIR, TYPEFACES

# Breaks and joiners control the layout and are never drawn.
INVISIBLE_CHARACTERS = frozenset("\n\r\u200b\u200c\u200d\u2060\u00ad")


@cache
def supported_characters(name: str) -> frozenset[str]:
    """The characters of a typeface by its name in screens.kivy_setup. Raises KeyError for an unknown name."""
    return _read_character_map((ASSETS_DIR / TYPEFACES[name]).read_bytes())


def missing_characters(text: str, name: str) -> list[str]:
    """The characters of `text` that the typeface would show as an empty box, or not at all."""
    # Cn: unassigned code points, which are no characters.
    drawn = {character for character in set(text) - INVISIBLE_CHARACTERS if unicodedata.category(character) != "Cn"}
    return sorted(drawn - supported_characters(name))


def _read_character_map(font: bytes) -> frozenset[str]:
    """Read the subtables of formats 4 and 12; every Unicode typeface has one of them. Glyph 0 means "no glyph"."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for index in range(tables):
        tag, _sum, start, _length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if tag == b"cmap":
            break
    readers = {4: _read_format_4, 12: _read_format_12}
    codes: set[int] = set()
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        _platform, _encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * index)
        subtable_format = struct.unpack_from(">H", font, start + offset)[0]
        if subtable_format in readers:
            codes |= readers[subtable_format](font, start + offset)
    return frozenset(map(chr, codes))


def _read_format_4(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", font, at + 14 + 2 * count * row + (2 if row else 0)) for row in range(4)
    )
    ranges_at = at + 16 + 6 * count
    codes = set()
    for index, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            if offset:
                glyph = struct.unpack_from(">H", font, ranges_at + 2 * index + offset + 2 * (code - first))[0]
            else:
                glyph = (code + delta) & 0xFFFF
            if glyph:
                codes.add(code)
    return codes


def _read_format_12(font: bytes, at: int) -> set[int]:
    groups = struct.unpack_from(">I", font, at + 12)[0]
    codes: set[int] = set()
    for index in range(groups):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * index)
        codes.update(range(first + (glyph == 0), last + 1))
    return codes
