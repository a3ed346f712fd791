"""Everything the kiosk says to people, by gettext catalogue.

Message ids are the English sentences; `locale/th/LC_MESSAGES/kiosk.po` holds the Thai. Mark a sentence where it
stands with `_("…")` (it returns the id unchanged) and translate it where it is drawn with `say(id, language)`.
Catalogues are compiled to .mo when the distribution is built, and by ./run in a checkout.
"""

import gettext
from functools import lru_cache
from pathlib import Path

from thai.numerals import to_thai

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "kiosk"
SOURCE_LANGUAGE = "en"


def _(message: str) -> str:
    """Mark a message id for extraction; translation happens in `say`."""
    return message


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=language == SOURCE_LANGUAGE)


def say(message: str, language: str, **values: object) -> str:
    """The sentence in that language, `{name}` places filled from values. Raises FileNotFoundError for a language
    without a compiled catalogue."""
    if not message:
        return ""
    return filled(_catalogue(language).gettext(message), language, **values)


def filled(text: str, language: str, **values: object) -> str:
    """A sentence of that language with its `{name}` places filled. Numbers are written like its own; a text (a name,
    a code, a case number) stays as it is."""
    text = figures(text, language)
    if not values:
        return text
    numbers = {name: figures(str(value), language) for name, value in values.items() if isinstance(value, int | float)}
    return text.format(**(values | numbers))


_with_thai_digits = False


def use_thai_digits(wished: bool) -> None:
    """From now on numbers in Thai sentences are written ๐–๙. Set once at the start, as a locale is."""
    global _with_thai_digits  # noqa: PLW0603
    _with_thai_digits = wished


def figures(text: str, language: str) -> str:
    """A sentence's or a date's digits as this hall writes them in that language. Not for codes and case numbers: they
    are typed and compared as they are printed."""
    return to_thai(text) if _with_thai_digits and language == "th" else text
