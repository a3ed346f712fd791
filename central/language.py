"""Thai and English side by side, where each sentence is used. No catalogue to extract, compile or forget.

In Python: `BilingualText("ไทย", "English").in_language(language)`. In templates (this module is a builtin template
library): `{% bilingual "ไทย" "English" %}`, which reads `language` from the context.
"""

from typing import Any, NamedTuple

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

LANGUAGES = ("th", "en")
register = template.Library()


class BilingualText(NamedTuple):
    """One sentence in both languages."""

    th: str
    en: str

    def in_language(self, language: str) -> str:
        """`language` is 'th' or 'en'."""
        return self.en if language == "en" else self.th


@register.simple_tag(takes_context=True)
def bilingual(context: dict[str, Any], th: str, en: str) -> SafeString:
    """The sentence in the language of the page."""
    return conditional_escape(en if context["language"] == "en" else th)
