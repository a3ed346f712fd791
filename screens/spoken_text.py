"""The sentences of a view for reading aloud, in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from journey.language import _, translate
from screens.widgets.key_layouts import KEY_FACES
from screens.widgets.screen_view import Footer, Header

# Keys that write no character, by their names among the touch targets.
_KEY_NAMES = {f"key.{action.value}": face.spoken for action, face in KEY_FACES.items()}


@dataclass(frozen=True)
class SpokenSentence:
    """A text on the screen. A public one holds no personal data: it may be read aloud in the hall."""

    text: str = field(repr=False)
    public: bool


def spoken_sentences(root: Any) -> list[SpokenSentence]:
    """The texts under `root` in the visit's language, without the header; of the footer only the primary button."""
    return list(_sentences(root, public=False))


def describe_target(widget: Any, name: str, text: str, language: str) -> list[SpokenSentence]:
    """What is read when the focus ring reaches a target: its name, and whether it is selected."""
    spoken = translate(_KEY_NAMES[name], language) if name in _KEY_NAMES else getattr(widget, "spoken", "")
    if spoken:
        sentences = [SpokenSentence(spoken, public=True)]
    else:
        sentences = list(_sentences(widget, public=False)) or ([SpokenSentence(text, public=True)] if text else [])
    if not sentences and widget.parent is not None:
        sentences = list(_sentences(widget.parent, public=False))  # for a field the hint below it
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
