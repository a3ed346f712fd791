"""The architectures that packages and images are for: what differs between them, and how this machine runs programs of
another one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_FORMATS = Path("/proc/sys/fs/binfmt_misc")
_FORMAT_DEFINITIONS = Path("/usr/lib/binfmt.d")
PROCESSOR_VARIABLE = "QEMU_CPU"  # the processor that QEMU emulates for a program, and for those that it starts


@dataclass(frozen=True)
class Architecture:
    """One of Debian's architectures. `emulator`: QEMU's name of it. `processor`: the one that QEMU emulates.
    `efi_name`: how UEFI file names end. `loader_directory`: where Debian's package of the signed GRUB has it.
    `firmware_packages`: firmware of its processors and chipsets."""

    name: str
    emulator: str
    processor: str
    efi_name: str
    loader_directory: str
    firmware_packages: tuple[str, ...] = ()

    @property
    def kernel_package(self) -> str:
        """Debian's usual kernel."""
        return f"linux-image-{self.name}"

    @property
    def boot_packages(self) -> tuple[str, ...]:
        """The boot loader, signed for Secure Boot by Debian."""
        return ("shim-signed", f"grub-efi-{self.name}-signed")

    @property
    def boot_files(self) -> dict[str, str]:
        """Path in the boot packages -> path on the EFI partition. The firmware starts BOOT*.EFI of a disk that it does
        not know."""
        name = self.efi_name
        return {
            f"usr/lib/shim/shim{name}.efi.signed": f"EFI/BOOT/BOOT{name.upper()}.EFI",
            f"usr/lib/shim/mm{name}.efi.signed": f"EFI/BOOT/mm{name}.efi",
            f"usr/lib/grub/{self.loader_directory}/grub{name}.efi.signed": f"EFI/BOOT/grub{name}.efi",
        }


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "amd64",
            emulator="x86_64",
            processor="max",
            efi_name="x64",
            loader_directory="x86_64-efi-signed",
            firmware_packages=("amd64-microcode", "firmware-intel-sound", "firmware-sof-signed", "intel-microcode"),
        ),
        # QEMU's usual processor signs return addresses, as the programs of Debian 13 ask it to: a loop in Python
        # takes 12 times as long with it (5.2 s of processor time instead of 0.43; 0.03 without emulation).
        Architecture(
            "arm64", emulator="aarch64", processor="cortex-a76", efi_name="aa64", loader_directory="arm64-efi-signed"
        ),
    )
}


class EmulationError(Exception):
    """This machine cannot run programs of another processor; the message is for a person."""


def own_architecture() -> str:
    """Debian's name for the processor of this machine."""
    command = ["dpkg", "--print-architecture"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def runnable(architecture: Architecture) -> Iterator[None]:
    """Programs of the architecture run on this machine while the block lasts: by QEMU, when it is not this machine's
    own. Uses the format that the machine has registered in the kernel, or registers one and removes it afterwards.
    Raises EmulationError. Needs root."""
    if architecture.name == own_architecture():
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(_environment(PROCESSOR_VARIABLE, architecture.processor))
        if not (_FORMATS / f"qemu-{architecture.emulator}").exists():
            stack.enter_context(_registered(architecture))
        yield


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextmanager
def _registered(architecture: Architecture) -> Iterator[None]:
    has_mounted = not (_FORMATS / "register").exists()
    if has_mounted:
        _mount_formats()
    # With its process id, because two builds at once each have their own.
    name = f"damrongdham-{architecture.emulator}-{os.getpid()}"
    try:
        (_FORMATS / "register").write_text(_format_line(architecture, name), "ascii")
        try:
            yield
        finally:
            (_FORMATS / name).write_text("-1", "ascii")
    finally:
        if has_mounted:  # busy when another build uses it
            subprocess.run(["umount", _FORMATS], stderr=subprocess.DEVNULL, check=False)


def _mount_formats() -> None:
    command = ["mount", "-t", "binfmt_misc", "binfmt_misc", str(_FORMATS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise EmulationError(f"the kernel registers no formats of other processors: {result.stderr.strip()}")


def _format_line(architecture: Architecture, name: str) -> str:
    """What registers the format under a name. Debian's line has the flag F: the kernel opens QEMU at once, so that it
    is found in every root. Raises EmulationError."""
    definition = _FORMAT_DEFINITIONS / f"qemu-{architecture.emulator}.conf"
    if not definition.is_file():
        raise EmulationError(f"this machine cannot run programs for {architecture.name}: install qemu-user-static")
    _, _, rest = definition.read_text("ascii").strip().split(":", 2)  # :NAME:M:…
    return f":{name}:{rest}"
