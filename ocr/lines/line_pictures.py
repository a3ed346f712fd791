"""Cuts the picture of one row out of a page: its own pieces of ink on white, its base line straight.

Ink of other rows, stamps and rules is left out, so the reader sees one line of text and nothing else.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from ocr.arrays import Bools, Floats, Grey, Labels
from ocr.lines.attach_marks import MAX_ABOVE, MAX_BELOW
from ocr.lines.chain_letters import Row
from ocr.page.box import Box
from ocr.page.components import Components

MARGIN_PX = 14  # white around the ink; 6 made 4 % more errors
_HALO_PX = 5  # around a piece of ink its grey edge is kept
_BAND_ABOVE, _BAND_BELOW = 0.7, 0.35  # letter heights beside the letters that belong to the row alone
_MIN_BEND = 0.08  # letter heights; rows that bend less are not straightened
_MIN_LETTERS_TO_BEND = 6


@dataclass(frozen=True)
class LinePicture:
    """What is read at once: the picture of a row, and where it is on the level page."""

    picture: Grey = field(repr=False)
    box: Box  # of the picture
    letter_height: float


def cut_line(even: Grey, components: Components, row: Row, shared: list[int]) -> LinePicture:
    """The picture of `row`. `shared`: pieces that join it to another row, of which only its own part is shown."""
    pieces = row.pieces
    left, right = int(components.left[pieces].min()), int(components.right[pieces].max())
    top, bottom = int(components.top[pieces].min()), int(components.bottom[pieces].max())
    if shared:
        top = min(top, int(row.tops.min() - MAX_ABOVE * row.height))
        bottom = max(bottom, int(row.bottoms.max() + MAX_BELOW * row.height))
        left = min(left, int(components.left[shared].min()))
        right = max(right, int(components.right[shared].max()))
    box = Box(
        max(0, left - MARGIN_PX),
        max(0, top - MARGIN_PX),
        min(even.shape[1], right + MARGIN_PX),
        min(even.shape[0], bottom + MARGIN_PX),
    )
    labels = components.labels[box.top : box.bottom, box.left : box.right]
    own = np.zeros(len(components) + 1, np.uint8)
    own[pieces + 1] = 255
    mask = own[labels]
    if shared:
        mask |= _own_part(labels, shared, row, box)
    halo = np.ones((_HALO_PX, _HALO_PX), np.uint8)
    near_own = cv2.dilate(mask, halo) > 0
    near_other = cv2.dilate(((labels > 0) & (mask == 0)).astype(np.uint8), halo) > 0
    grey = even[box.top : box.bottom, box.left : box.right]
    is_shown = near_own | (_band(labels.shape, row, box) & ~near_other)
    picture: Grey = np.where(is_shown, grey, np.uint8(255))
    return LinePicture(_straighten(picture, row, box), box, row.height)


def _band(shape: tuple[int, ...], row: Row, box: Box) -> Bools:
    """The row's own height: faint strokes in it, lighter than the threshold of ink, are kept."""
    columns = np.arange(box.left, box.right)
    top = np.interp(columns, row.centres, row.tops) - _BAND_ABOVE * row.height - box.top
    bottom = np.interp(columns, row.centres, row.bottoms) + _BAND_BELOW * row.height - box.top
    down = np.arange(shape[0])[:, None]
    result: Bools = (down >= top) & (down < bottom)
    return result


def _own_part(labels: Labels, shared: list[int], row: Row, box: Box) -> Grey:
    """Ink of the shared pieces in the row's own band."""
    columns = np.arange(box.left, box.right)
    top = np.interp(columns, row.centres, row.tops) - MAX_ABOVE * row.height * 0.8 - box.top
    bottom = np.interp(columns, row.centres, row.bottoms) + MAX_BELOW * row.height - box.top
    down = np.arange(labels.shape[0])[:, None]
    is_inside: Bools = (down >= top) & (down < bottom) & np.isin(labels, np.array(shared) + 1)
    return is_inside.astype(np.uint8) * np.uint8(255)


def _straighten(picture: Grey, row: Row, box: Box) -> Grey:
    """The picture with its columns moved so that the letters' lower edges are level (curled paper, perspective)."""
    if len(row.letters) < _MIN_LETTERS_TO_BEND:
        return picture
    degree = 2 if len(row.letters) >= 3 * _MIN_LETTERS_TO_BEND else 1
    scale = max(1.0, row.right - row.left)
    curve = np.polynomial.Polynomial.fit((row.centres - row.left) / scale, row.bottoms, degree)
    columns = np.clip(np.arange(box.left, box.right), row.left, row.right)
    moves: Floats = curve((columns - row.left) / scale) - row.bottom
    if np.abs(moves).max() < _MIN_BEND * row.height or np.abs(moves).max() > 3 * row.height:
        return picture
    spread = int(np.ceil(np.abs(moves).max()))
    padded = cv2.copyMakeBorder(picture, spread, spread, 0, 0, cv2.BORDER_CONSTANT, value=255)
    down = np.arange(padded.shape[0], dtype=np.float32)[:, None] + moves.astype(np.float32)[None]
    across = np.broadcast_to(np.arange(padded.shape[1], dtype=np.float32), down.shape)
    straight: Grey = cv2.remap(
        padded, across.copy(), down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )
    return straight
