"""The tracking code of a saved case: as QR code, in large characters, and with the case number."""

from typing import NamedTuple

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.image import Image

from journey.language import _, translate
from journey.state import Journey
from protocol.qr_code import QUIET_ZONE_MODULES, qr_modules
from protocol.tracking_code import display, tracking_url
from screens.kv_loader import load_kv
from screens.widgets.containers import Panel
from screens.widgets.textures import use_nearest_filter


class TrackingCodeTexts(NamedTuple):
    """The texts of a TrackingCodePanel."""

    code: str = ""  # in groups, as on the receipt
    case_number: str = ""
    url: str = ""  # the content of the QR code


NO_TRACKING_CODE = TrackingCodeTexts()


def tracking_code_texts(journey: Journey) -> TrackingCodeTexts:
    """The texts of the case that this visit saved; before it is saved, only the words for its number."""
    saved = journey.visit.saved if journey.visit is not None else None
    number = saved.number if saved is not None else ""
    case_number = translate(_("Case number {number}"), journey.accessibility.language, number=number)
    if saved is None:
        return TrackingCodeTexts(case_number=case_number)
    return TrackingCodeTexts(display(saved.code), case_number, tracking_url(journey.kiosk.public_url, saved.code))


class QrCode(Image):
    """Shows `content` as a QR code: one texel for each module, enlarged without interpolation."""

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


class TrackingCodePanel(Panel):
    """A white panel with QR code, tracking code and case number, in the same colours in every palette."""

    texts = ObjectProperty(NO_TRACKING_CODE, rebind=True)
    caption = StringProperty()  # message id of a line at the top
    shows_qr = BooleanProperty(True)
    qr_height = NumericProperty(320)  # pixels
    code_height = NumericProperty(104)  # pixels, of the line with the code
    text_height = NumericProperty(0)  # pixels: everything but the QR code and the padding


load_kv(__file__)
