"""The two kinds of machine that QEMU emulates: one for each architecture of the image."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Firmware:
    """UEFI. `variables`: the file of its variables before the first start. `options`: what QEMU needs for it."""

    code: Path
    variables: Path
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Processor:
    """What differs between them. `model`: the emulated processor. `firmware`: without Secure Boot. `secure_firmware`:
    with it and with Microsoft's keys, as machines are sold. `display` and `tpm`: QEMU's names of the devices."""

    program: str
    board: str
    model: str
    firmware: Firmware
    secure_firmware: Firmware
    display: str
    tpm: str


PROCESSORS = {
    # Without AVX: with it QEMU 7.2 lets the code that Mesa generates crash at times.
    "amd64": Processor(
        program="qemu-system-x86_64",
        board="q35",
        model="Nehalem",
        firmware=Firmware(Path("/usr/share/OVMF/OVMF_CODE_4M.fd"), Path("/usr/share/OVMF/OVMF_VARS_4M.fd")),
        # Its variables are written in system management mode only.
        secure_firmware=Firmware(
            Path("/usr/share/OVMF/OVMF_CODE_4M.ms.fd"),
            Path("/usr/share/OVMF/OVMF_VARS_4M.ms.fd"),
            ("-machine", "smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"),
        ),
        display="virtio-vga",
        tpm="tpm-tis",
    ),
    # The processor of a Raspberry Pi 5, on a board that is none: QEMU has no Raspberry Pi 5.
    "arm64": Processor(
        program="qemu-system-aarch64",
        board="virt",
        model="cortex-a76",
        firmware=Firmware(Path("/usr/share/AAVMF/AAVMF_CODE.fd"), Path("/usr/share/AAVMF/AAVMF_VARS.fd")),
        secure_firmware=Firmware(Path("/usr/share/AAVMF/AAVMF_CODE.ms.fd"), Path("/usr/share/AAVMF/AAVMF_VARS.ms.fd")),
        display="virtio-gpu-pci",
        tpm="tpm-tis-device",
    ),
}
