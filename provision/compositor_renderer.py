"""Chooses how the compositor draws, before it starts: with the graphics chip, or with the processor where Mesa has no
driver for the chip (very new hardware, server boards, virtual machines).

wlroots chooses OpenGL wherever the kernel has a render node, and does not see that only Mesa's software renderer is
behind it: Debian 12's cage then crashes at its first frame, Debian 13's refuses to start. Its own software renderer
(pixman) works on every display.

Run as the interface's user. Writes FILE, which systemd reads for the environment of cage. Standard library only.
"""

import ctypes
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

OUTPUT = Path(os.environ.get("RUNTIME_DIRECTORY", "/run/damrongdham-kiosk")) / "compositor.env"
DEVICES = Path("/dev/dri")
SOFTWARE = "WLR_RENDERER=pixman\n"
DISPLAY_TIMEOUT_S = 10.0  # from the start of the interface; a driver that loads its firmware takes some seconds
POLL_S = 0.2
_EGL_PLATFORM_GBM = 0x31D7


def choose_renderer(drivers: Iterable[str]) -> str:
    """The lines for the environment, by Mesa's driver for each render node ('' for none). Empty: wlroots chooses.

    Mesa's software renderers are called swrast and kms_swrast."""
    return "" if any(driver and "swrast" not in driver for driver in drivers) else SOFTWARE


def mesa_driver(node: Path) -> str:
    """The name of Mesa's driver for a render node, such as 'iris' or 'kms_swrast'; '' when there is none."""
    egl, gbm = ctypes.CDLL("libEGL.so.1"), ctypes.CDLL("libgbm.so.1")
    gbm.gbm_create_device.restype = ctypes.c_void_p
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    pointer = ctypes.c_void_p
    get_display = ctypes.CFUNCTYPE(pointer, ctypes.c_uint, pointer, pointer)(_address(egl, b"eglGetPlatformDisplayEXT"))
    get_driver_name = ctypes.CFUNCTYPE(ctypes.c_char_p, pointer)(_address(egl, b"eglGetDisplayDriverName"))
    descriptor = os.open(node, os.O_RDWR | os.O_CLOEXEC)
    try:
        device = gbm.gbm_create_device(descriptor)
        display = get_display(_EGL_PLATFORM_GBM, device, None) if device else None
        if not display or not egl.eglInitialize(pointer(display), None, None):
            return ""
        return (get_driver_name(display) or b"").decode("ascii", "replace")
    finally:
        os.close(descriptor)


def wait_for_display(devices: Path = DEVICES, seconds: float = DISPLAY_TIMEOUT_S) -> None:
    """Wait until the kernel has a display: nothing else orders the interface after its driver."""
    until = time.monotonic() + seconds
    while not any(devices.glob("card*")) and time.monotonic() < until:
        time.sleep(POLL_S)


def _address(egl: ctypes.CDLL, function: bytes) -> int:
    address = egl.eglGetProcAddress(function)
    if not address:
        raise OSError(f"this EGL has no {function.decode()}")
    return int(address)


def main() -> int:
    """The exit status."""
    # The answer for a driver that ends this process.
    OUTPUT.write_text(SOFTWARE, encoding="ascii")
    if "drm" in os.environ.get("WLR_BACKENDS", "drm"):
        wait_for_display()
    drivers = {}
    for node in sorted(DEVICES.glob("renderD*")):
        try:
            drivers[node.name] = mesa_driver(node)
        except OSError as error:
            print(f"{node}: {error}", file=sys.stderr)
    renderer = choose_renderer(drivers.values())
    OUTPUT.write_text(renderer, encoding="ascii")
    if renderer:
        print(f"No graphics driver ({drivers or 'no render node'}): the processor draws", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
