"""The disk image: a GPT with an EFI partition and the partition of the system. The first start makes the others."""

import uuid
from pathlib import Path

from provision.image.boot_menu import BootMenu
from provision.image.system_tree import SystemImage
from provision.packaging.debian_root import run_build_command

_SECTOR = 512
_MIB = 1 << 20
_EFI_MIB = 256  # kernel and initramfs take 60 MB
_FIRST_MIB = 1
_GPT_TAIL_MIB = 1
_EFI_TYPE, _LINUX_TYPE = "U", "L"  # as sfdisk names them


def write_image(system: SystemImage, target: Path, epoch: int, menu: BootMenu) -> None:
    """Write the image. Raises BuildError."""
    efi = target.with_suffix(".efi")
    _write_efi_partition(system, efi, epoch, menu)
    system_mib = -(-system.squashfs.stat().st_size // _MIB)
    target.unlink(missing_ok=True)
    with target.open("wb") as image:
        image.truncate((_FIRST_MIB + _EFI_MIB + system_mib + _GPT_TAIL_MIB) * _MIB)
    # The identifiers follow from the sources' time, so that two builds are equal.
    names = {name: uuid.uuid5(uuid.NAMESPACE_URL, f"damrongdham:{name}:{epoch}") for name in ("disk", "efi", "system")}
    table = (
        f"label: gpt\nlabel-id: {names['disk']}\nunit: sectors\n"
        f"start={_FIRST_MIB * _MIB // _SECTOR}, size={_EFI_MIB * _MIB // _SECTOR}, type={_EFI_TYPE}, "
        f'uuid={names["efi"]}, name="damrongdham-efi"\n'
        f"start={(_FIRST_MIB + _EFI_MIB) * _MIB // _SECTOR}, size={system_mib * _MIB // _SECTOR}, type={_LINUX_TYPE}, "
        f'uuid={names["system"]}, name="damrongdham-system"\n'
    )
    run_build_command(["sfdisk", "--quiet", str(target)], text=table)
    for part, start_mib in ((efi, _FIRST_MIB), (system.squashfs, _FIRST_MIB + _EFI_MIB)):
        run_build_command(
            ["dd", f"if={part}", f"of={target}", "bs=1M", f"seek={start_mib}", "conv=notrunc,sparse", "status=none"]
        )
    efi.unlink()


def _write_efi_partition(system: SystemImage, target: Path, epoch: int, menu: BootMenu) -> None:
    """A FAT file system with boot loader, menu, kernel and initramfs. Its times follow from SOURCE_DATE_EPOCH."""
    with target.open("wb") as image:
        image.truncate(_EFI_MIB * _MIB)
    serial = f"{epoch & 0xFFFFFFFF:08x}"
    environment = {"SOURCE_DATE_EPOCH": str(epoch), "MTOOLS_SKIP_CHECK": "1"}
    run_build_command(["mkfs.vfat", "-F", "32", "-n", "DK-EFI", "-i", serial, "--invariant", str(target)])
    menu_file = target.with_suffix(".grub.cfg")
    menu_file.write_text(menu.render(), "utf-8")
    for directory in ("EFI", "EFI/BOOT", "EFI/debian"):
        run_build_command(["mmd", "-i", str(target), f"::{directory}"], environment=environment)
    files = {**system.boot_files, "EFI/debian/grub.cfg": menu_file}
    for name, source in sorted(files.items()):
        run_build_command(["mcopy", "-i", str(target), str(source), f"::{name}"], environment=environment)
    menu_file.unlink()
