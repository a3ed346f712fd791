"""A QR code as crisp squares."""

from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.image import Image

from protocol.qr_code import QUIET_ZONE_MODULES, qr_modules
from screens.widgets.nearest_filter import use_nearest_filter


class QrCode(Image):
    """Shows `content` as a QR code. One texel a module, enlarged without blending."""

    content = StringProperty()

    def on_content(self, _widget: object, content: str) -> None:
        """Draw another code; '' shows nothing."""
        if not content:
            self.texture = None
            return
        modules = qr_modules(content)
        side = len(modules) + 2 * QUIET_ZONE_MODULES
        light_edge = bytes(QUIET_ZONE_MODULES)
        light_rows = [bytes(side)] * QUIET_ZONE_MODULES
        rows = [*light_rows, *(light_edge + row + light_edge for row in modules), *light_rows]
        texture = use_nearest_filter(Texture.create(size=(side, side), colorfmt="luminance", mipmap=False))
        pixels = b"".join(bytes(0 if module else 255 for module in row) for row in reversed(rows))
        texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
        self.texture = texture
