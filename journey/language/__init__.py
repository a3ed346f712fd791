"""Everything the kiosk says to people, by gettext catalogue.

Message ids are the English sentences; `locale/th/LC_MESSAGES/kiosk.po` holds the Thai. Mark a sentence where it
stands with `_("…")` (it returns the id unchanged) and translate it where it is drawn with `translate(id, language)`.
Catalogues are compiled to .mo when the distribution is built, and by ./run in a checkout.
"""

import gettext
from functools import lru_cache
from pathlib import Path

from thai.numerals import to_thai

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "kiosk"
SOURCE_LANGUAGE = "en"


def _(message: str) -> str:
    """Mark a message id for extraction; translation happens in `translate`."""
    return message


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=language == SOURCE_LANGUAGE)


def translate(message: str, language: str, **values: object) -> str:
    """The sentence in that language, `{name}` places filled from values. Raises FileNotFoundError for a language
    without a compiled catalogue."""
    if not message:
        return ""
    return fill_placeholders(_catalogue(language).gettext(message), language, **values)


def fill_placeholders(text: str, language: str, **values: object) -> str:
    """A sentence of that language with its `{name}` places filled. Numbers are written like its own; a text (a name,
    a code, a case number) stays as it is."""
    text = localise_digits(text, language)
    if not values:
        return text
    numbers = {
        name: localise_digits(str(value), language) for name, value in values.items() if isinstance(value, int | float)
    }
    return text.format(**(values | numbers))


_use_thai_digits = False


def use_thai_digits(enabled: bool) -> None:
    """From now on numbers in Thai sentences are written ๐–๙. Set once at the start, as a locale is."""
    global _use_thai_digits  # noqa: PLW0603
    _use_thai_digits = enabled


def localise_digits(text: str, language: str) -> str:
    """A sentence's or a date's digits as this hall writes them in that language. Not for codes and case numbers: they
    are typed and compared as they are printed."""
    return to_thai(text) if _use_thai_digits and language == "th" else text
