"""The pictures of one visit's letter: in memory only, overwritten when the visit ends."""

from collections.abc import Sequence


class PageStore:
    """Pictures by page id. Used by the drawing thread only."""

    def __init__(self) -> None:
        self._pictures: dict[str, tuple[bytearray, bytearray]] = {}

    def put(self, page_id: str, picture: bytes, preview: bytes) -> None:
        """Store a page's picture (the JPEG that is sent) and its preview (`ocr.pixels`, for the screen)."""
        self.drop(page_id)
        self._pictures[page_id] = (bytearray(picture), bytearray(preview))

    def __contains__(self, page_id: str) -> bool:
        return page_id in self._pictures

    def picture(self, page_id: str) -> bytes:
        """A copy of the full picture. Raises KeyError for an unknown page."""
        return bytes(self._pictures[page_id][0])

    def preview(self, page_id: str) -> bytes:
        """A copy of the preview. Raises KeyError for an unknown page."""
        return bytes(self._pictures[page_id][1])

    def pictures(self, page_ids: Sequence[str]) -> tuple[bytes, ...]:
        """Copies of the full pictures in this order: erasing the store does not affect what is being sealed."""
        return tuple(self.picture(page_id) for page_id in page_ids)

    def drop(self, page_id: str) -> None:
        """Overwrite and remove one page, if it is there."""
        for buffer in self._pictures.pop(page_id, ()):
            # Overwritten, because a freed buffer stays readable in the heap until it is reused. Copies are freed with
            # their last user.
            buffer[:] = bytes(len(buffer))

    def keep_only(self, page_ids: Sequence[str]) -> None:
        """Drop every other page."""
        for page_id in set(self._pictures) - set(page_ids):
            self.drop(page_id)

    def wipe(self) -> None:
        """Overwrite and remove all pages."""
        self.keep_only(())
