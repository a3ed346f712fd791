"""Line breaks of Thai text on web pages: between words only, as on the kiosk and on receipts.

Thai has no spaces between words. Browsers find words with dictionaries of their own, which tear apart words that
`thai.segmentation` keeps together («ดำรงธรรม»). So the text is put into an element without automatic line breaks
(`.words` in theme.css), and each place where a line may end is marked by <wbr>. Unlike U+200B, <wbr> is no character
of the text: codes and numbers copied from a page stay as they are.
"""

import re
from functools import lru_cache
from itertools import pairwise

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from thai.segmentation import clusters, unbreakable_units

register = template.Library()
_THAI = re.compile("[\u0e01-\u0e5b]")
_MAX_UNIT_CHARS = 24  # about the width of a card at 360 px; a longer word or address may break anywhere


@register.filter
def wrap_words(value: object) -> SafeString:
    """The text as HTML whose lines end between words only. Line feeds become <br>."""
    text = str(value).replace("\r\n", "\n")
    if not _THAI.search(text):
        return mark_safe(escape(text).replace("\n", "<br>"))  # noqa: S308 (escaped)
    lines = ("<wbr>".join(_unit_html(unit) for unit in _break_units(line)) for line in text.split("\n"))
    return mark_safe(f'<span class="words">{"<br>".join(lines)}</span>')  # noqa: S308 (escaped)


@register.filter
def wrap_shared_words(value: object) -> SafeString:
    """As `wrap_words`, kept in memory: for texts without personal data that many pages have, such as the sentences of
    templates, official wordings and names of centres. Finding the words takes 70 µs per sentence."""
    return _wrap_shared_text(str(value))


_wrap_shared_text = lru_cache(4096)(wrap_words)


@register.filter
def wrap_printed_words(value: object) -> SafeString:
    """The text as HTML for WeasyPrint, whose lines end between words only. It breaks no line inside `.words`; here each
    unit is an element of class `unit` (white-space: nowrap), and U+200B follows it."""
    units = (_break_units(line) for line in str(value).replace("\r\n", "\n").split("\n"))
    lines = ("\u200b".join(f'<span class="unit">{_printed_unit_html(unit)}</span>' for unit in line) for line in units)
    return mark_safe("<br>".join(lines))  # noqa: S308 (escaped)


def _printed_unit_html(unit: str) -> str:
    return escape(unit) if len(unit) <= _MAX_UNIT_CHARS else "</span>\u200b<span>".join(map(escape, clusters(unit)))


def _break_units(line: str) -> list[str]:
    """The unbreakable units of a line, spaces joined to the unit before them."""
    units = unbreakable_units(line)
    starts = [index for index, unit in enumerate(units) if index == 0 or not unit.isspace()]
    return ["".join(units[start:end]) for start, end in pairwise([*starts, len(units)])]


def _unit_html(unit: str) -> str:
    return escape(unit) if len(unit) <= _MAX_UNIT_CHARS else "<wbr>".join(map(escape, clusters(unit)))
