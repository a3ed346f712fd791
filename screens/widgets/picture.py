"""A picture given as bytes: a scanned page as it is kept in the page store."""

from io import BytesIO

from kivy.core.image import Image as CoreImage
from kivy.uix.image import Image


class Picture(Image):
    """Shows PNG or JPEG bytes, as large as its place allows. Nothing is cached beyond the picture shown."""

    def show_bytes(self, picture: bytes | None) -> None:
        """Show this picture; None shows nothing."""
        if picture is None:
            self.texture = None
            return
        kind = "png" if picture.startswith(b"\x89PNG") else "jpg"
        self.texture = CoreImage(BytesIO(picture), ext=kind, nocache=True).texture
