"""A coloured page in grey without its stamps and coloured pens, which lie over the print."""

import cv2
import numpy as np

from ocr.arrays import AnyArray, Grey

_MAX_GREY_CHROMA = 40  # of fringes and tinted paper
_INK_CONTRAST = 60  # grey levels darker than the paper
_MAX_COLOURED_SHARE = 0.5  # of all ink; on a page printed or written in colour, the colour is the text


def remove_coloured_ink(colour: AnyArray) -> tuple[Grey, bool]:
    """An RGB page (height × width × 3) in grey: coloured ink as bright as the paper, black print unchanged; and
    whether that was done. A page with mostly coloured ink keeps it."""
    brightest = colour.max(axis=2)
    darkest = colour.min(axis=2)
    # Coloured ink has one bright channel; where it covers print, no channel is bright.
    chroma = cv2.subtract(brightest, darkest)
    chroma[chroma <= _MAX_GREY_CHROMA] = 0
    without: Grey = cv2.add(brightest, chroma)
    grey: Grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
    paper = float(np.median(grey))
    ink = int(np.count_nonzero(grey < paper - _INK_CONTRAST))
    black = int(np.count_nonzero(without < float(np.median(without)) - _INK_CONTRAST))
    is_text_coloured = bool(ink) and black < (1 - _MAX_COLOURED_SHARE) * ink
    return (grey, False) if is_text_coloured else (without, True)
