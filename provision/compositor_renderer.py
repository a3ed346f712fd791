"""Starts the compositor, which draws with the graphics chip, or with the processor where Mesa has no driver for the
chip (very new hardware, server boards, virtual machines).

    compositor_renderer.py PROGRAM [ARGUMENT…]    becomes PROGRAM, with WLR_RENDERER=pixman where the processor draws

wlroots chooses OpenGL wherever the kernel has a render node, and does not see that only Mesa's software renderer is
behind it: Debian 12's cage then crashes at its first frame, Debian 13's refuses to start. Its own software renderer
(pixman) works on every display.

Runs as the interface's user. The choice is in the environment of PROGRAM alone: systemd would give a file of this user
also to the commands of the unit that run as root. Standard library only.
"""

import ctypes
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable
from multiprocessing.connection import Connection
from pathlib import Path

DEVICES = Path("/dev/dri")
DISPLAY_TIMEOUT_S = 10.0  # from the start of the interface; a driver that loads its firmware takes some seconds
DRIVERS_TIMEOUT_S = 20.0  # from a slow disk, Mesa and LLVM have 140 MB
POLL_S = 0.2
_EGL_PLATFORM_GBM = 0x31D7
_FORK = multiprocessing.get_context("fork")


def is_drawn_by_processor(drivers: Iterable[str]) -> bool:
    """Whether none of Mesa's drivers for the render nodes ('' for none) uses a graphics chip.

    Mesa's software renderers are called swrast and kms_swrast."""
    return not any(driver and "swrast" not in driver for driver in drivers)


def ask_drivers(devices: Path, seconds: float) -> dict[str, str] | None:
    """Mesa's driver for each render node; None when a driver crashes or does not answer within `seconds`. It would do
    the same in the compositor, so a child process asks."""
    receiver, sender = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_send_drivers, args=(sender, devices), daemon=True)
    child.start()
    sender.close()
    with receiver:
        try:
            drivers: dict[str, str] | None = receiver.recv() if receiver.poll(seconds) else None
        except EOFError:
            drivers = None
    child.kill()
    child.join(1)
    return drivers


def _send_drivers(sender: Connection, devices: Path) -> None:
    drivers = {}
    for node in sorted(devices.glob("renderD*")):
        try:
            drivers[node.name] = mesa_driver(node)
        except OSError as error:
            print(f"{node}: {error}", file=sys.stderr)
    sender.send(drivers)


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


def main(arguments: list[str]) -> None:
    """Become the program. A renderer that the environment names is used as it is. Raises OSError when the program
    cannot be run."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    if "WLR_RENDERER" not in os.environ:
        if "drm" in os.environ.get("WLR_BACKENDS", "drm"):
            wait_for_display(DEVICES)
        drivers = ask_drivers(DEVICES, DRIVERS_TIMEOUT_S)
        if drivers is None or is_drawn_by_processor(drivers.values()):
            reason = "no answer" if drivers is None else drivers or "no render node"
            print(f"No graphics driver ({reason}): the processor draws", file=sys.stderr)
            os.environ["WLR_RENDERER"] = "pixman"
    os.execv(arguments[0], arguments)  # noqa: S606 - it stays the main process of the unit


if __name__ == "__main__":
    main(sys.argv[1:])
