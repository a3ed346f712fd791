"""The two kinds of machine that QEMU emulates: one for each architecture of the image."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Processor:
    """What differs between them. `model`: the emulated processor. `firmware` and `variables`: UEFI, and the file of its
    variables before the first start. `display` and `tpm`: QEMU's names of the devices."""

    program: str
    board: str
    model: str
    firmware: Path
    variables: Path
    display: str
    tpm: str


PROCESSORS = {
    # Without AVX: with it QEMU 7.2 lets the code that Mesa generates crash at times.
    "amd64": Processor(
        program="qemu-system-x86_64",
        board="q35",
        model="Nehalem",
        firmware=Path("/usr/share/OVMF/OVMF_CODE_4M.fd"),
        variables=Path("/usr/share/OVMF/OVMF_VARS_4M.fd"),
        display="virtio-vga",
        tpm="tpm-tis",
    ),
    # The processor of a Raspberry Pi 5, on a board that is none: QEMU has no Raspberry Pi 5.
    "arm64": Processor(
        program="qemu-system-aarch64",
        board="virt",
        model="cortex-a76",
        firmware=Path("/usr/share/AAVMF/AAVMF_CODE.fd"),
        variables=Path("/usr/share/AAVMF/AAVMF_VARS.fd"),
        display="virtio-gpu-pci",
        tpm="tpm-tis-device",
    ),
}
