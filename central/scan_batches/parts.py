"""Divides the pages of a stack into the cases that they become. Pure.

A page has `begins_case` and `is_left_out`. A case begins where a page says so, and at the first page that is used. A
page that is left out passes its beginning on: after a separator sheet, the next used page begins a case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Page = TypeVar("Page", bound=Any)


@dataclass(frozen=True)
class Part(Generic[Page]):
    """The pages of one case as they lie in the stack. `used` without those that are left out."""

    pages: Sequence[Page]

    @property
    def used(self) -> list[Page]:
        """What the case gets; empty for a part of left-out pages alone."""
        return [page for page in self.pages if not page.is_left_out]


def divide(pages: Iterable[Page]) -> list[Part[Page]]:
    """The parts in the order of the stack. Left-out pages before the first page of a case belong to its part."""
    parts: list[list[Page]] = [[]]
    for page in pages:
        current = parts[-1]
        if page.begins_case and any(not each.is_left_out for each in current):
            parts.append([page])
        else:
            current.append(page)
    return [Part(pages) for pages in parts if pages]
