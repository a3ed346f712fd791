"""Configures Kivy for a kiosk window whose only input is touches. Must run before Kivy is imported.

Kivy reads its environment while it is imported, and its input devices when the window opens. So `configure_kivy` must
be called before any other import of Kivy; it imports Kivy itself, after it has set the environment.
"""

import ctypes
import logging
import os
from pathlib import Path

ASSETS_DIR = Path(__file__).parent.parent / "assets"
TYPEFACES = {
    "Sarabun": "fonts/Sarabun-Regular.ttf",
    "SarabunMedium": "fonts/Sarabun-Medium.ttf",
    "SarabunSemiBold": "fonts/Sarabun-SemiBold.ttf",
    "SarabunBold": "fonts/Sarabun-Bold.ttf",
    "icons": "icons/icons.ttf",
}
MAX_FRAMES_PER_SECOND = 30  # an idle window costs 1 % of a core at 30, 2 % at 60 (docs/facts.md §5)


def display_size() -> tuple[int, int] | None:
    """Size of the X display in pixels; None without a display or without libX11.

    Takes a millisecond. SDL knows the size only after its window is open.
    """
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return None
    try:
        screen = x11.XDefaultScreen(display)
        size = int(x11.XDisplayWidth(display, screen)), int(x11.XDisplayHeight(display, screen))
    finally:
        x11.XCloseDisplay(display)
    return size if min(size) > 0 else None


def configure_kivy(fullscreen: bool, size: tuple[int, int], touch_device: str | None = None, rotation: int = 0) -> None:
    """Configure Kivy for this process. Call it once, before any other Kivy import.

    `size` is the window in pixels (with `fullscreen` used only when the display's size is unknown). `touch_device` is
    an evdev path such as '/dev/input/event3' where the display server does not deliver touches, None where it does.
    `rotation` of picture and touches is in degrees, anticlockwise.
    """
    os.environ.update(
        KIVY_HOME=os.devnull,  # no directory of its own: nothing is read or written there
        KIVY_NO_CONFIG="1",
        KCFG_KIVY_LOG_LEVEL="warning",  # from the first message on
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_LOG_MODE="PYTHON",  # through Python's logging, not Kivy's
        KIVY_TEXT="sdl2",
        KIVY_WINDOW="sdl2",  # otherwise, without a display, Kivy tries another one, which ends the process
        KIVY_CLIPBOARD="dummy",  # no personal data may reach a clipboard
        KIVY_METRICS_DENSITY="1",
    )
    from kivy.config import Config  # noqa: PLC0415  after the environment, see above

    # Kivy looks for X11's cut buffer with programs that are not installed, and logs that as critical. A missing display
    # is reported by the caller in one sentence.
    ignored_messages = ("Cutbuffer", "Window: Unable to find")
    logging.getLogger("kivy").addFilter(lambda record: not record.getMessage().startswith(ignored_messages))

    for option in Config.options("input"):
        Config.remove_option("input", option)
    for option in Config.options("modules"):  # no inspector
        Config.remove_option("modules", option)
    # One input path: Kivy's default list reads the same device twice, and every tap would count twice.
    if touch_device:
        Config.set("input", "touch", f"hidinput,{touch_device}")
    else:
        Config.set("input", "mouse", "mouse,disable_multitouch")

    # A full-screen window of another size is first shown in that size, in a corner, and then enlarged: under cage for
    # 30 ms on a fast machine and 2 s on a slow one.
    width, height = (fullscreen and display_size()) or size
    regular, bold = str(ASSETS_DIR / TYPEFACES["Sarabun"]), str(ASSETS_DIR / TYPEFACES["SarabunBold"])
    for section, option, value in (
        ("kivy", "log_enable", "0"),
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "keyboard_mode", ""),  # the keyboard is a widget; the system's never opens
        ("kivy", "default_font", repr(["Sarabun", regular, regular, bold, bold])),
        ("kivy", "desktop", "0"),
        ("graphics", "width", str(width)),
        ("graphics", "height", str(height)),
        ("graphics", "fullscreen", "auto" if fullscreen else "0"),
        ("graphics", "rotation", str(rotation)),
        ("graphics", "show_cursor", "0" if fullscreen else "1"),
        ("graphics", "allow_screensaver", "0"),
        ("graphics", "maxfps", str(MAX_FRAMES_PER_SECOND)),
        ("graphics", "multisamples", "0"),  # shapes with curved edges smooth them themselves
        ("graphics", "minimum_width", "480"),
        ("graphics", "minimum_height", "480"),
    ):
        Config.set(section, option, value)

    from kivy.core.text import LabelBase  # noqa: PLC0415  reads the configuration above

    for name, file in TYPEFACES.items():
        LabelBase.register(name, str(ASSETS_DIR / file))
