"""Kivy's settings, made before Kivy is imported: a kiosk window that nothing but a finger can reach.

Kivy reads its environment while it is being imported and its input devices when the window opens. So `configure_kivy`
must be the first thing that touches Kivy, and it imports Kivy itself, after the environment stands.
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
    """Size in pixels of the X display this process draws to; None where there is none, or no libX11 to ask it with.

    Takes a millisecond. SDL knows the size only once its window is there."""
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
    """Set up Kivy for this process. Call once, before any other Kivy import.

    `size` is the window in pixels (with `fullscreen` only where the display's is not known); `touch_device` is an evdev
    path such as '/dev/input/event3' where the display server does not hand touches on, None where it does. `rotation`
    turns picture and touches, in degrees against the clock.
    """
    os.environ.update(
        KIVY_HOME=os.devnull,  # no directory of its own: nothing is read there, nothing is left there
        KIVY_NO_CONFIG="1",
        KCFG_KIVY_LOG_LEVEL="warning",  # from its first word on
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_LOG_MODE="PYTHON",  # through the process's own logging, not Kivy's
        KIVY_TEXT="sdl2",
        KIVY_WINDOW="sdl2",  # without it another one is tried where no display answers, which ends the process
        KIVY_CLIPBOARD="dummy",  # nothing of a visit may reach a clipboard
        KIVY_METRICS_DENSITY="1",
    )
    from kivy.config import Config  # noqa: PLC0415  after the environment, see above

    # It looks for a second clipboard, X11's cut buffer, by programs that are not there, and calls that critical. That
    # it finds no display is said in one sentence by whoever wanted a window.
    handled_prefixes = ("Cutbuffer", "Window: Unable to find")
    logging.getLogger("kivy").addFilter(lambda record: not record.getMessage().startswith(handled_prefixes))

    for option in Config.options("input"):
        Config.remove_option("input", option)
    for option in Config.options("modules"):  # no inspector
        Config.remove_option("modules", option)
    # One path for each touch: the default list reads one device twice, and every tap counts double.
    if touch_device:
        Config.set("input", "touch", f"hidinput,{touch_device}")
    else:
        Config.set("input", "mouse", "mouse,disable_multitouch")

    # A full-screen window of another size is shown in that size first, cropped in a corner, and then enlarged: under
    # cage for 30 ms on a fast machine and 2 s on a slow one.
    width, height = (fullscreen and display_size()) or size
    regular, bold = str(ASSETS_DIR / TYPEFACES["Sarabun"]), str(ASSETS_DIR / TYPEFACES["SarabunBold"])
    for section, option, value in (
        ("kivy", "log_enable", "0"),
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "keyboard_mode", ""),  # ours is a widget; the system's never opens
        ("kivy", "default_font", repr(["Sarabun", regular, regular, bold, bold])),
        ("kivy", "desktop", "0"),
        ("graphics", "width", str(width)),
        ("graphics", "height", str(height)),
        ("graphics", "fullscreen", "auto" if fullscreen else "0"),
        ("graphics", "rotation", str(rotation)),
        ("graphics", "show_cursor", "0" if fullscreen else "1"),
        ("graphics", "allow_screensaver", "0"),
        ("graphics", "maxfps", str(MAX_FRAMES_PER_SECOND)),
        ("graphics", "multisamples", "0"),  # edges are smoothed where they are drawn
        ("graphics", "minimum_width", "480"),
        ("graphics", "minimum_height", "480"),
    ):
        Config.set(section, option, value)

    from kivy.core.text import LabelBase  # noqa: PLC0415  reads the settings just made

    for name, file in TYPEFACES.items():
        LabelBase.register(name, str(ASSETS_DIR / file))
