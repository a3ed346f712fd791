"""A machine of QEMU that boots a disk by UEFI: its display, touches and power, by QMP."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tests.image_trial.emulated_tpm import start_tpm
from tests.image_trial.processors import PROCESSORS, Firmware, Processor
from tests.image_trial.trial_error import TrialError

DISPLAY = (720, 1280)  # without KVM the time of a frame is the time of its pixels
TOUCH_MAP_PORT = "image-trial"
PRINTER_SERIAL = "trial"  # the guest names the port by it
# An instruction takes the emulated machine one nanosecond of its own clock, however long it takes this one: on a busy
# machine the guest is slow, and none of its limits of time is reached sooner.
_EMULATED_CLOCK = "shift=0,sleep=on"
_TOUCH_RANGE = 0x7FFF
_MEMORY_MB = "2048"
_QMP_TIMEOUT_S = 60
# libinput drops a press that it takes for a bouncing button: with 0.15 s a slow guest lost some touches.
_PRESS_S = 0.5
_KEY_NAMES = {"-": "minus"}


@dataclass(frozen=True)
class Machine:
    """What the machine is made of. `accelerator` is what QEMU calls -accel. `printer_port`: TCP port of the receipt
    printer behind its USB-serial adapter, 0 for none. `stick`: a raw disk in a USB port from power on. `tpm_state`:
    directory of its TPM 2, None for a machine without one. `has_secure_boot`: it starts what Microsoft or Debian has
    signed, and nothing else. `architecture`: Debian's name."""

    disk: Path
    directory: Path
    accelerator: str
    printer_port: int = 0
    has_keyboard: bool = False
    stick: Path | None = None
    tpm_state: Path | None = None
    has_secure_boot: bool = False
    architecture: str = "amd64"

    @property
    def processor(self) -> Processor:
        """Its processor and the board around it."""
        return PROCESSORS[self.architecture]

    @property
    def firmware(self) -> Firmware:
        """Its UEFI."""
        return self.processor.secure_firmware if self.has_secure_boot else self.processor.firmware

    @property
    def firmware_variables(self) -> Path:
        """Where its UEFI keeps its variables. Each kind has its own."""
        return self.directory / ("secure-variables.fd" if self.has_secure_boot else "variables.fd")

    @property
    def processor_model(self) -> str:
        """The emulated processor, or this machine's with KVM: there without a register that a host refuses to set when
        it is itself a virtual machine."""
        if self.accelerator != "kvm":
            return self.processor.model
        return "host,-arch-capabilities" if self.architecture == "amd64" else "host"

    @property
    def card_socket(self) -> Path:
        """Where the card in the USB reader connects."""
        return self.directory / "card.sock"

    @property
    def touch_map_log(self) -> Path:
        """What the guest has written to the port image-trial: a touch map in each line, the newest last."""
        return self.directory / "touch-map.log"


class RunningMachine:
    """A running machine; made by `start_machine`. Its directory has its sockets, logs and pictures."""

    def __init__(self, process: "subprocess.Popen[bytes]", directory: Path) -> None:
        self._process, self.directory = process, directory
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_QMP_TIMEOUT_S)
        wait_until(lambda: self._connects(directory / "qmp.sock"), 20, "QEMU listens")
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self._lines.readline()  # the greeting
        self.command("qmp_capabilities")

    def command(self, name: str, **arguments: object) -> Any:
        """Run a command of QMP and return its result. Raises TrialError."""
        self._socket.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while line := self._lines.readline():
            reply = json.loads(line)
            if "error" in reply:
                raise TrialError(f"{name}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]
        raise TrialError(f"QEMU has ended: {(self.directory / 'qemu.log').read_text('utf-8', 'replace')[-500:]}")

    def take_picture(self, name: str) -> Image.Image:
        """What the display shows; also written to the directory as NAME.png."""
        raw = self.directory / f"{name}.ppm"
        self.command("screendump", filename=str(raw))
        with Image.open(raw) as picture:
            shown = picture.convert("RGB")
        raw.unlink()
        shown.save(self.directory / f"{name}.png")
        return shown

    def press(self, across: float, down: float) -> None:
        """Touch the display at a place, as fractions of its size, and lift the finger."""
        position = [
            {"type": "abs", "data": {"axis": axis, "value": round(share * _TOUCH_RANGE)}}
            for axis, share in (("x", across), ("y", down))
        ]
        for events in (position, [_button(is_down=True)], [_button(is_down=False)]):
            self.command("input-send-event", events=events)
            time.sleep(_PRESS_S)

    def press_key(self, *names: str) -> None:
        """Press keys of the machine's keyboard one after the other, by QEMU's names, such as 'esc' and 'ret'."""
        for name in names:
            self.command("send-key", keys=[{"type": "qcode", "data": name}])
            time.sleep(_PRESS_S)

    def type_text(self, text: str) -> None:
        """Type letters and hyphens, and Enter."""
        self.press_key(*(_KEY_NAMES.get(character, character) for character in text), "ret")

    def press_together(self, *names: str) -> None:
        """Press keys of the machine's keyboard at once, such as 'ctrl', 'alt' and 'f2'."""
        self.command("send-key", keys=[{"type": "qcode", "data": name} for name in names])
        time.sleep(_PRESS_S)

    def plug_keyboard(self) -> None:
        """Plug in a USB keyboard. What is pressed from now on comes from it."""
        self.command("device_add", driver="usb-kbd", id="plugged-keyboard")

    def plug_stick(self, content: Path) -> None:
        """Plug in a USB stick with the content of the file."""
        self.command("blockdev-add", **{"driver": "file", "filename": str(content), "node-name": "plugged-content"})
        self.command("device_add", driver="usb-storage", drive="plugged-content", id="plugged-stick")

    def cut_power(self) -> None:
        """End the machine at once. What the guest has not written to its disk is lost."""
        self._process.kill()
        self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        """What boot loader, kernel and systemd have written to the serial port."""
        return (self.directory / "serial.log").read_text("utf-8", "replace")

    def _connects(self, path: Path) -> bool:
        with suppress(OSError):
            self._socket.connect(str(path))
            return True
        return False


def _button(*, is_down: bool) -> dict[str, object]:
    return {"type": "btn", "data": {"button": "left", "down": is_down}}


@contextmanager
def start_machine(machine: Machine) -> Iterator[RunningMachine]:
    """Boot the disk (raw). Ends the machine with the block, as a power cut does.

    QEMU is killed with what the guest's kernel had not written; what was written is in this machine's memory and
    reaches the disk's file, flushed or not. A disk that loses its own cache is tested by tests/torture/power_cut.py."""
    directory = machine.directory
    directory.mkdir(parents=True, exist_ok=True)
    if not machine.firmware_variables.exists():
        shutil.copy(machine.firmware.variables, machine.firmware_variables)
    for name in ("qmp.sock", "card.sock"):
        (directory / name).unlink(missing_ok=True)
    with ExitStack() as stack:
        log = stack.enter_context((directory / "qemu.log").open("wb"))
        if machine.tpm_state is not None:
            stack.enter_context(start_tpm(machine.tpm_state, directory / "tpm.sock"))
        process = subprocess.Popen(_command(machine), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        stack.callback(process.wait)
        stack.callback(process.kill)
        yield RunningMachine(process, directory)


def _command(machine: Machine) -> list[str]:
    directory, processor, (width, height) = machine.directory, machine.processor, DISPLAY
    command = [processor.program, "-nodefaults", "-machine", processor.board, "-accel", machine.accelerator]
    command += ["-cpu", machine.processor_model]
    if machine.accelerator != "kvm":
        command += ["-icount", _EMULATED_CLOCK, "-rtc", "clock=vm"]
    command += ["-smp", "2" if machine.accelerator == "kvm" else "1"]
    command += ["-m", _MEMORY_MB, "-display", "none", *machine.firmware.options]
    for drive in (
        f"if=pflash,format=raw,readonly=on,file={machine.firmware.code}",
        f"if=pflash,format=raw,file={machine.firmware_variables}",
        f"if=none,id=disk,format=raw,file={machine.disk}",
    ):
        command += ["-drive", drive]
    for device in (
        "virtio-blk-pci,drive=disk,bootindex=1",
        f"{processor.display},xres={width},yres={height}",
        "qemu-xhci",
        "usb-tablet",
        "usb-ccid,id=reader",
        "ccid-card-passthru,chardev=card,bus=reader.0",
        "virtio-serial-pci",
        f"virtserialport,chardev=touch-map,name={TOUCH_MAP_PORT}",
        "virtio-net-pci,netdev=net,romfile=",
    ):
        command += ["-device", device]
    if machine.tpm_state is not None:
        command += ["-chardev", f"socket,id=tpm,path={directory / 'tpm.sock'}"]
        command += ["-tpmdev", "emulator,id=tpm,chardev=tpm", "-device", f"{processor.tpm},tpmdev=tpm"]
    if machine.stick is not None:
        command += ["-drive", f"if=none,id=stick,format=raw,file={machine.stick}", "-device", "usb-storage,drive=stick"]
    if machine.has_keyboard:
        command += ["-device", "usb-kbd"]
    if machine.printer_port:
        command += ["-chardev", f"socket,id=printer,host=127.0.0.1,port={machine.printer_port},reconnect=1"]
        command += ["-device", f"usb-serial,chardev=printer,serial={PRINTER_SERIAL},always-plugged=on"]
    command += ["-chardev", f"socket,id=card,path={machine.card_socket},server=on,wait=off"]
    command += ["-chardev", f"file,id=touch-map,path={machine.touch_map_log}"]
    command += ["-netdev", "user,id=net,restrict=on"]
    command += [
        "-serial",
        f"file:{directory / 'serial.log'}",
        "-qmp",
        f"unix:{directory / 'qmp.sock'},server=on,wait=off",
    ]
    return command


def wait_until(is_true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until it is true. Raises TrialError."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise TrialError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)
