"""Finds the sheet on a photograph or on an open scanner bed, and squares it.

A sheet has four sharp sides: along each, the picture changes from ground to paper within a few pixels. A shadow's edge
is soft. When a side is not sharp the picture is returned unchanged: a wrongly cut page loses text, an uncut one only
keeps its perspective.
"""

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np

from ocr.arrays import AnyArray, Floats, Grey

_SMALL_SIDE_PX = 640  # the sheet is searched on a copy of this size
_MIN_SMALL_SIDE_PX = 120  # of the copy; a strip this narrow is no photograph of a page
_MIN_SHARE, _MAX_SHARE = 0.2, 0.985  # of the picture, that a sheet covers
_MIN_FILL = 0.9  # of the four-sided outline, that is paper
_EDGE_STRENGTHS = ((25, 60), (12, 36))  # low and high threshold of Canny's edges
_MAX_CONTOURS = 2_000
_MIN_STEP = 14  # grey levels from ground to paper, median along a side
_SHARP_PX, _WIDE_PX = 4, 14  # pixels of the small copy, inside and outside a side
_MIN_SHARPNESS = 0.55  # of the difference over the wide distance, that is reached over the short one
_MIN_CORNER_DEGREES, _MAX_CORNER_DEGREES = 55.0, 125.0
_FRAME_PX = 8  # a side this close to the picture's edge was cut off by it
_TRIM_SHARE = 1 / 200  # of the width, cut off each side of the squared page: the sheet's own edge
_MIN_MOVE_SHARE = 0.01  # of the picture's side; corners that move less need no squaring


def find_corners(grey: Grey) -> Floats | None:
    """The sheet's corners (4 × 2: across, down), clockwise from the upper left; None where no sheet is found."""
    height, width = grey.shape
    scale = _SMALL_SIDE_PX / max(height, width)
    if scale >= 1:
        return None
    if min(height, width) * scale < _MIN_SMALL_SIDE_PX:
        return None
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # Print would open the sheet at its edge; letters are darker than the paper and narrower than this.
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), (0, 0), 1.2)
    for outline in _outlines(paper):
        if _is_sheet(outline, paper):
            corners = outline / scale
            moved = np.abs(corners - [[0, 0], [width, 0], [width, height], [0, height]]).max(axis=1)
            return None if (moved < _MIN_MOVE_SHARE * max(height, width)).all() else corners
    return None


def _outlines(paper: Grey) -> Iterator[Floats]:
    """Four-sided outlines that may be the sheet's: of bright areas; then of edges, for a sheet that lies half in
    shadow."""
    for threshold in _thresholds(paper):
        is_bright = cv2.morphologyEx((paper > threshold).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
        contours, _ = cv2.findContours(is_bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if contours and (outline := _four_corners(max(contours, key=cv2.contourArea), paper.size)) is not None:
            yield outline
    for low, high in _EDGE_STRENGTHS:
        edges = cv2.dilate(cv2.Canny(paper, low, high), np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours[:_MAX_CONTOURS]:
            if (outline := _four_corners(contour, paper.size)) is not None:
                yield outline


def _thresholds(paper: Grey) -> list[float]:
    """Grey levels that may lie between ground and paper: Otsu's, and some between the border's and the middle's."""
    height, width = paper.shape
    edge = np.concatenate([paper[:6].ravel(), paper[-6:].ravel(), paper[:, :6].ravel(), paper[:, -6:].ravel()])
    middle = float(np.percentile(paper[height // 4 : -height // 4, width // 4 : -width // 4], 60))
    otsu, _ = cv2.threshold(paper, 0, 255, cv2.THRESH_OTSU)
    candidates = [float(otsu)]
    for ground in (float(np.percentile(edge, 80)), float(np.median(edge))):
        if middle - ground >= _MIN_STEP:
            candidates += [ground + (middle - ground) * share for share in (0.5, 0.7)]
    return candidates


def _four_corners(contour: AnyArray, picture_size: int) -> Floats | None:
    """The corners of the contour, clockwise from the upper left; None when it has another shape or size."""
    hull = cv2.convexHull(contour)
    area = cv2.contourArea(hull)
    if not _MIN_SHARE <= area / picture_size <= _MAX_SHARE:
        return None
    for tolerance in np.linspace(0.01, 0.08, 15):
        polygon = cv2.approxPolyDP(hull, float(tolerance * cv2.arcLength(hull, True)), True)[:, 0].astype(float)
        if len(polygon) == 4:
            covered = cv2.contourArea(polygon.astype(np.float32))
            return _in_order(polygon) if min(covered, area) >= _MIN_FILL * max(covered, area) else None
    return None


def _in_order(polygon: Floats) -> Floats:
    total, difference = polygon.sum(axis=1), polygon[:, 1] - polygon[:, 0]
    ordered: Floats = polygon[[total.argmin(), difference.argmin(), total.argmax(), difference.argmax()]]
    return ordered


def _is_sheet(corners: Floats, paper: Grey) -> bool:
    if len(np.unique(corners, axis=0)) < 4:
        return False
    for before, corner, after in zip(np.roll(corners, 1, 0), corners, np.roll(corners, -1, 0), strict=True):
        one, other = before - corner, after - corner
        cosine = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
        if not _MIN_CORNER_DEGREES <= np.degrees(np.arccos(np.clip(cosine, -1, 1))) <= _MAX_CORNER_DEGREES:
            return False
    sides = [_side_step(start, end, corners.mean(axis=0), paper) for start, end in pairwise([*corners, corners[0]])]
    # A side that the picture cuts off has no ground beside it; two such sides may belong to anything bright.
    steps = [step for step in sides if step is not None]
    return len(steps) >= 3 and min(steps) >= _MIN_STEP


def _side_step(start: Floats, end: Floats, centre: Floats, paper: Grey) -> float | None:
    """Median difference, in grey levels, between just inside and just outside a side; 0 for a soft transition, which is
    a shadow's; None along the picture's edge."""
    height, width = paper.shape
    points = start + (end - start) * np.linspace(0.08, 0.92, 60)[:, None]
    near_edge = [points[:, 0].max() < _FRAME_PX, points[:, 0].min() > width - 1 - _FRAME_PX]
    near_edge += [points[:, 1].max() < _FRAME_PX, points[:, 1].min() > height - 1 - _FRAME_PX]
    if any(near_edge):
        return None
    along = (end - start) / np.linalg.norm(end - start)
    inwards = np.array([-along[1], along[0]])
    if inwards @ (centre - start) < 0:
        inwards = -inwards

    def levels(distance: float) -> Floats:
        at = np.clip((points + inwards * distance).round().astype(int), 0, [width - 1, height - 1])
        level: Floats = paper[at[:, 1], at[:, 0]].astype(float)
        return level

    sharp = float(np.median(levels(_SHARP_PX) - levels(-_SHARP_PX)))
    return sharp if sharp >= _MIN_SHARPNESS * float(np.median(levels(_WIDE_PX) - levels(-_WIDE_PX))) else 0.0


def square(picture: AnyArray, corners: Floats) -> tuple[AnyArray, Floats]:
    """The sheet between `corners`, cut out and squared, and the 3 × 3 matrix from the picture's pixels to its own."""
    sides = [float(np.linalg.norm(end - start)) for start, end in pairwise([*corners, corners[0]])]
    width, height = round(max(sides[0], sides[2])), round(max(sides[1], sides[3]))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    page = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    trim = max(3, round(width * _TRIM_SHARE))
    shift = np.array([[1, 0, -trim], [0, 1, -trim], [0, 0, 1]], float)
    return page[trim:-trim, trim:-trim].copy(), shift @ matrix
