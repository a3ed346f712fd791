"""A QR code as crisp squares."""

import segno
from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.image import Image

from screens.widgets.nearest_filter import use_nearest_filter

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks


class QrCode(Image):
    """Shows `content` as QR, level M. One texel a module, enlarged without blending."""

    content = StringProperty()

    def on_content(self, _widget: object, content: str) -> None:
        """Draw another code; '' shows nothing."""
        if not content:
            self.texture = None
            return
        rows = [bytes(row) for row in segno.make(content, error="m", micro=False).matrix_iter(border=QUIET_ZONE)]
        texture = use_nearest_filter(Texture.create(size=(len(rows[0]), len(rows)), colorfmt="luminance", mipmap=False))
        pixels = b"".join(bytes(0 if module else 255 for module in row) for row in reversed(rows))
        texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
        self.texture = texture
