"""The ink of an evenly lit page, measured once: what belongs to ink, its pieces, and the height of the letters."""

from dataclasses import dataclass

from ocr.arrays import Grey, Ink
from ocr.page.binarise import binarise
from ocr.page.components import Components, find_components, is_texture, letter_height


@dataclass(frozen=True)
class PageInk:
    """The ink of a page that has letters."""

    ink: Ink
    components: Components
    height: int  # of a base letter, in pixels


def measure_ink(even: Grey) -> PageInk | None:
    """The ink of the page; None for a page without letters, and for noise, a halftone or woven ground."""
    ink = binarise(even)
    components = find_components(ink)
    height = letter_height(components)
    return None if height is None or is_texture(components) else PageInk(ink, components, height)
