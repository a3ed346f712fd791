"""The languages of the pages, and the template tags for texts in both.

Thai and English stand next to each other where a text is used, so there is no catalogue to extract and compile. In
Python: `protocol.bilingual_text.BilingualText`. In templates (this module is a builtin template library):
`{% bilingual "ไทย" "English" %}`, which reads `language` from the context.
"""

from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from central.word_wrap import wrap_shared_words

LANGUAGES = ("th", "en")
register = template.Library()


@register.simple_tag(takes_context=True)
def bilingual(context: dict[str, Any], th: str, en: str) -> SafeString:
    """The text in the language of the page, as HTML whose Thai lines end between words."""
    return wrap_shared_words(en if context["language"] == "en" else th)


@register.simple_tag(takes_context=True)
def bilingual_plain(context: dict[str, Any], th: str, en: str) -> SafeString:
    """The text in the language of the page, without tags: for attributes, titles and options, and for short labels on a
    line of their own where bytes count."""
    return conditional_escape(en if context["language"] == "en" else th)
