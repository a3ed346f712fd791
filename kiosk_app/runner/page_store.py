"""The pictures of one visit's letter: in memory only, overwritten when the visit ends."""

from collections.abc import Sequence


class PageStore:
    """Pictures by page id. Used from one thread, the one that draws."""

    def __init__(self) -> None:
        self._pictures: dict[str, tuple[bytearray, bytearray]] = {}

    def put(self, page_id: str, picture: bytes, preview: bytes) -> None:
        """Keep a page's picture (JPEG, what is sent) and its preview (`ocr.pixels`, what the screen shows)."""
        self.drop(page_id)
        self._pictures[page_id] = (bytearray(picture), bytearray(preview))

    def __contains__(self, page_id: str) -> bool:
        return page_id in self._pictures

    def picture(self, page_id: str) -> bytes:
        """A copy of the full picture. Raises KeyError for a page that is not there."""
        return bytes(self._pictures[page_id][0])

    def preview(self, page_id: str) -> bytes:
        """A copy of the small picture. Raises KeyError for a page that is not there."""
        return bytes(self._pictures[page_id][1])

    def pictures(self, page_ids: Sequence[str]) -> tuple[bytes, ...]:
        """Copies of the full pictures in that order: a wipe cannot blank what is being sealed."""
        return tuple(self.picture(page_id) for page_id in page_ids)

    def drop(self, page_id: str) -> None:
        """Overwrite and forget one page, if it is there."""
        for buffer in self._pictures.pop(page_id, ()):
            # Copies handed out are gone with their last user; this one would lie in the heap until it is reused.
            buffer[:] = bytes(len(buffer))

    def keep_only(self, page_ids: Sequence[str]) -> None:
        """Drop every other page."""
        for page_id in set(self._pictures) - set(page_ids):
            self.drop(page_id)

    def wipe(self) -> None:
        """Overwrite and forget them all."""
        self.keep_only(())
