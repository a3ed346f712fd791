"""The languages of the pages, and the template tag for texts in both.

Thai and English stand next to each other where a text is used, so there is no catalogue to extract and compile. In
Python: `protocol.bilingual_text.BilingualText`. In templates (this module is a builtin template library):
`{% bilingual "ไทย" "English" %}`, which reads `language` from the context.
"""

from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

LANGUAGES = ("th", "en")
register = template.Library()


@register.simple_tag(takes_context=True)
def bilingual(context: dict[str, Any], th: str, en: str) -> SafeString:
    """The text in the language of the page."""
    return conditional_escape(en if context["language"] == "en" else th)
