"""What a page says when it is read aloud: its sentences in the order in which they stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from journey.language import _, translate
from screens.widgets.screen_view import Footer, Header

# Keys that write nothing, by the names of their touch targets.
_KEY_LABELS = {
    "key.space": _("Space"),
    "key.enter": _("New line"),
    "key.delete": _("Delete"),
    "key.shift": _("More characters"),
    "key.thai": _("Thai letters"),
    "key.alphabet": _("Thai letters from ก to ฮ"),
    "key.kedmanee": _("Thai letters as on a typewriter"),
    "key.english": _("English letters"),
    "key.numbers": _("Numbers"),
    "undo": _("Undo"),
}


@dataclass(frozen=True)
class SpokenSentence:
    """Words on the glass. `public` ones tell nothing of anybody: the whole hall may hear them."""

    text: str = field(repr=False)
    public: bool


def spoken_sentences(root: Any) -> list[SpokenSentence]:
    """What is written under `root`, without the header, without the footer but for the way on, in one language."""
    return list(_sentences(root, public=False))


def describe_target(widget: Any, name: str, text: str, language: str) -> list[SpokenSentence]:
    """What is said of a thing to tap when the keypad comes to it: what it is called, and whether it is chosen."""
    spoken = translate(_KEY_LABELS[name], language) if name in _KEY_LABELS else getattr(widget, "spoken", "")
    if spoken:
        sentences = [SpokenSentence(spoken, public=True)]
    else:
        sentences = list(_sentences(widget, public=False)) or ([SpokenSentence(text, public=True)] if text else [])
    if not sentences and widget.parent is not None:
        sentences = list(_sentences(widget.parent, public=False))  # a field is called by the line under it
    if getattr(widget, "selected", False):
        sentences.append(SpokenSentence(translate(_("Selected"), language), public=True))
    return sentences


def _sentences(widget: Any, public: bool) -> Iterator[SpokenSentence]:
    if widget.opacity == 0 or isinstance(widget, Header):
        return
    public = public or getattr(widget, "public", False)
    display_text = getattr(widget, "display_text", "")
    if display_text and not widget.in_other_language:
        yield SpokenSentence(display_text, public or bool(widget.message))
    shown = widget.children[:1] if isinstance(widget, Footer) else reversed(widget.children)
    for child in shown:
        yield from _sentences(child, public)
