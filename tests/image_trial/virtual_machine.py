"""A machine of QEMU that boots a disk by UEFI: pictures of its display, touches, and power cuts, by QMP."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from PIL import Image

FIRMWARE = Path("/usr/share/OVMF")
DISPLAY = (1080, 1920)
_TOUCH_RANGE = 0x7FFF
_QMP_TIMEOUT_S = 30


class MachineError(Exception):
    """The machine did not do what was asked; the message is for a person."""


class VirtualMachine:
    """A running machine. `directory` has its sockets, its log and its pictures."""

    def __init__(self, process: "subprocess.Popen[bytes]", directory: Path) -> None:
        self._process, self.directory = process, directory
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_QMP_TIMEOUT_S)
        _wait_until(lambda: self._connects(directory / "qmp.sock"), 10, "QEMU listens")
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self._lines.readline()  # the greeting
        self.command("qmp_capabilities")

    def command(self, name: str, **arguments: object) -> Any:
        """Run a command of QMP and return its result. Raises MachineError."""
        self._socket.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while line := self._lines.readline():
            reply = json.loads(line)
            if "error" in reply:
                raise MachineError(f"{name}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]
        raise MachineError("QEMU has ended")

    def take_picture(self, name: str) -> Image.Image:
        """What the display shows; also written to the directory as NAME.png."""
        raw = self.directory / f"{name}.ppm"
        self.command("screendump", filename=str(raw))
        with Image.open(raw) as picture:
            shown = picture.convert("RGB")
        raw.unlink()
        shown.save(self.directory / f"{name}.png")
        return shown

    def touch(self, across: float, down: float) -> None:
        """Touch the display at a place, as fractions of its size."""
        position = [
            {"type": "abs", "data": {"axis": axis, "value": round(share * _TOUCH_RANGE)}}
            for axis, share in (("x", across), ("y", down))
        ]
        for events in (position, [_button(is_down=True)], [_button(is_down=False)]):
            self.command("input-send-event", events=events)
            time.sleep(0.08)

    def cut_power(self) -> None:
        """End the machine at once. What the guest has not flushed to its disk is lost, see `start_machine`."""
        self._process.kill()
        self._process.wait()

    def log(self) -> str:
        """What the kernel and systemd have written to the serial port."""
        return (self.directory / "serial.log").read_text("utf-8", "replace")

    def wait_for_log(self, text: str, seconds: float) -> None:
        """Wait until the serial port's log has a text. Raises MachineError."""
        _wait_until(lambda: text in self.log(), seconds, f"the log says {text!r}")

    def _connects(self, path: Path) -> bool:
        with suppress(OSError):
            self._socket.connect(str(path))
            return True
        return False


def _button(*, is_down: bool) -> dict[str, object]:
    return {"type": "btn", "data": {"button": "left", "down": is_down}}


@contextmanager
def start_machine(disk: Path, directory: Path, *, memory_mb: int = 2048) -> Iterator[VirtualMachine]:
    """Boot the disk (raw). It is opened with cache=none semantics of a disk with a volatile cache: QEMU keeps nothing
    that the guest did not flush only as long as the host lives, so a cut loses what the guest itself had in memory.

    Ends the machine with the block, as a power cut does."""
    directory.mkdir(parents=True, exist_ok=True)
    variables = directory / "firmware.fd"
    if not variables.exists():
        shutil.copy(FIRMWARE / "OVMF_VARS_4M.fd", variables)
    (directory / "qmp.sock").unlink(missing_ok=True)
    width, height = DISPLAY
    command = [
        *("qemu-system-x86_64", "-enable-kvm", "-machine", "q35", "-cpu", "host", "-smp", "2", "-m", str(memory_mb)),
        *("-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE / 'OVMF_CODE_4M.fd'}"),
        *("-drive", f"if=pflash,format=raw,file={variables}"),
        *("-drive", f"if=virtio,format=raw,file={disk}"),
        *("-device", f"virtio-vga,xres={width},yres={height}", "-display", "none"),
        *("-device", "qemu-xhci", "-device", "usb-tablet"),
        *("-netdev", "user,id=net,restrict=on", "-device", "virtio-net-pci,netdev=net"),
        *("-serial", f"file:{directory / 'serial.log'}"),
        *("-qmp", f"unix:{directory / 'qmp.sock'},server=on,wait=off"),
    ]
    with (directory / "qemu.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield VirtualMachine(process, directory)
    finally:
        process.kill()
        process.wait()


def _wait_until(is_true: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise MachineError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)
