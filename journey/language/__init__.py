"""The kiosk's texts in two languages, by gettext catalogue.

Message ids are the English texts; `locale/th/LC_MESSAGES/kiosk.po` has the Thai ones. Mark a text in the code with
`_("…")` (it returns the id unchanged) and translate it where it is drawn with `translate(id, language)`. Catalogues
are compiled to .mo when the distribution is built, and by ./run in a checkout.
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
    """The text in that language, its `{name}` placeholders filled. Raises FileNotFoundError for a language without a
    compiled catalogue."""
    if not message:
        return ""
    return fill_placeholders(_catalogue(language).gettext(message), language, **values)


def fill_placeholders(text: str, language: str, **values: object) -> str:
    """A text of that language with its `{name}` placeholders filled. Numbers are written in the digits of the text;
    strings (a name, a code, a case number) are not changed."""
    text = localise_digits(text, language)
    if not values:
        return text
    numbers = {
        name: localise_digits(str(value), language) for name, value in values.items() if isinstance(value, int | float)
    }
    return text.format(**(values | numbers))


_use_thai_digits = False


def use_thai_digits(enabled: bool) -> None:
    """Write numbers in Thai texts as ๐–๙ from now on. Called once at the start."""
    global _use_thai_digits  # noqa: PLW0603
    _use_thai_digits = enabled


def localise_digits(text: str, language: str) -> str:
    """The text with its digits as this hall writes them in that language. Not for codes and case numbers: people type
    and compare them as they are printed."""
    return to_thai(text) if _use_thai_digits and language == "th" else text
