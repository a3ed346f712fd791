"""A line of a page as it is found, before it is read; and how lines of two pictures of one page are put in order."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.lines.chain_letters import Row
from ocr.lines.line_pictures import LinePicture
from ocr.lines.segment_lines import Segmentation
from ocr.page.box import Box


@dataclass(frozen=True)
class PageLine:
    """The rows on one height. Their pictures are cut out when they are read, so that the first line is read at once."""

    segmentation: Segmentation
    rows: list[Row]
    is_over_print: bool = False  # a stamp, a signature or words by pen on a page of print

    def cut(self) -> list[LinePicture]:
        """The pictures of the rows, from left to right."""
        return self.segmentation.cut(self.rows)

    @property
    def box(self) -> Box:
        """Around the letters, on the level page."""
        return Box(
            min(row.left for row in self.rows),
            int(min(row.top for row in self.rows)),
            max(row.right for row in self.rows),
            int(max(row.bottom for row in self.rows)),
        )


def page_lines(segmentation: Segmentation, *, is_over_print: bool = False) -> list[PageLine]:
    """The lines of one picture, in reading order."""
    return [PageLine(segmentation, rows, is_over_print) for rows in segmentation.lines]


def merge_by_height(lines: Sequence[PageLine], others: Sequence[PageLine]) -> list[PageLine]:
    """`lines` in their order, and each of `others` behind the last one that is higher on the page, or on the same line
    and further to the left."""
    merged = list(lines)
    for other in others:
        before = [index for index, line in enumerate(merged) if _is_before(line.box, other.box)]
        merged.insert(before[-1] + 1 if before else 0, other)
    return merged


def _is_before(box: Box, other: Box) -> bool:
    overlap = min(box.bottom, other.bottom) - max(box.top, other.top)
    if overlap >= min(box.bottom - box.top, other.bottom - other.top) / 2:
        return box.left <= other.left
    return box.top + box.bottom <= other.top + other.bottom
