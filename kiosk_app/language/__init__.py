"""Everything the kiosk says to people, by gettext catalogue.

Message ids are the English sentences; `locale/th/LC_MESSAGES/kiosk.po` holds the Thai. Mark a sentence where it
stands with `_("…")` (it returns the id unchanged) and translate it where it is drawn with `say(id, language)`.
Catalogues are compiled to .mo when the distribution is built, and by ./run in a checkout.
"""

import gettext
from functools import lru_cache
from pathlib import Path

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
    text = _catalogue(language).gettext(message)
    return text.format(**values) if values else text
