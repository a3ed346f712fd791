"""The architectures of packages and images, and how this machine runs the programs of another one."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from provision.packaging import architecture as module
from provision.packaging.architecture import ARCHITECTURES, EmulationError, own_architecture, runnable
from provision.packaging.build_root import BuildRoot
from provision.packaging.debian_root import BuildError, run_build_command

# As Debian's qemu-user-static has it.
_DEFINITION = (
    r":qemu-aarch64:M::\x7f\x45\x4c\x46\x02:\xff\xff\xff\xff\xff:/usr/libexec/qemu-binfmt/aarch64-binfmt-P:OPF"
)
FOREIGN = replace(ARCHITECTURES["arm64"], name="foreign")  # also on a machine that is one


@pytest.fixture
def formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in the place of the kernel's, in which nothing is registered."""
    kernel, definitions = tmp_path / "kernel", tmp_path / "definitions"
    for directory in (kernel, definitions):
        directory.mkdir()
    (kernel / "register").touch()
    (definitions / "qemu-aarch64.conf").write_text(_DEFINITION + "\n", "ascii")
    monkeypatch.setattr(module, "_FORMATS", kernel)
    monkeypatch.delenv("QEMU_CPU", raising=False)
    monkeypatch.setattr(module, "_FORMAT_DEFINITIONS", definitions)
    return kernel


def test_each_architecture_has_its_kernel_and_its_signed_boot_loader() -> None:
    amd64, arm64 = ARCHITECTURES["amd64"], ARCHITECTURES["arm64"]
    assert (amd64.kernel_package, arm64.kernel_package) == ("linux-image-amd64", "linux-image-arm64")
    assert amd64.boot_packages == ("shim-signed", "grub-efi-amd64-signed")
    assert arm64.boot_packages == ("shim-signed", "grub-efi-arm64-signed")
    # A firmware starts the first of each; shim starts the GRUB beside it, by this name.
    assert amd64.boot_files == {
        "usr/lib/shim/shimx64.efi.signed": "EFI/BOOT/BOOTX64.EFI",
        "usr/lib/shim/mmx64.efi.signed": "EFI/BOOT/mmx64.efi",
        "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed": "EFI/BOOT/grubx64.efi",
    }
    assert arm64.boot_files == {
        "usr/lib/shim/shimaa64.efi.signed": "EFI/BOOT/BOOTAA64.EFI",
        "usr/lib/shim/mmaa64.efi.signed": "EFI/BOOT/mmaa64.efi",
        "usr/lib/grub/arm64-efi-signed/grubaa64.efi.signed": "EFI/BOOT/grubaa64.efi",
    }


def test_a_format_is_registered_while_it_is_needed(formats: Path) -> None:
    with runnable(FOREIGN):
        assert os.environ["QEMU_CPU"] == "cortex-a76"
        line = (formats / "register").read_text("ascii")
        name = line.split(":")[1]
        assert line == _DEFINITION.replace("qemu-aarch64", name, 1)
        assert not (formats / name).exists(), "it is removed only afterwards"
    assert (formats / name).read_text("ascii") == "-1", "what removes it from the kernel"
    assert "QEMU_CPU" not in os.environ


def test_a_format_that_the_machine_has_is_used_and_stays(formats: Path) -> None:
    (formats / "qemu-aarch64").write_text("enabled\n", "ascii")
    with runnable(FOREIGN):
        pass
    assert (formats / "register").read_text("ascii") == ""
    assert (formats / "qemu-aarch64").read_text("ascii") == "enabled\n"


def test_the_own_architecture_needs_no_format(formats: Path) -> None:
    with runnable(ARCHITECTURES[own_architecture()]):
        pass
    assert (formats / "register").read_text("ascii") == ""


def test_without_an_emulator_a_sentence_says_what_to_install(formats: Path) -> None:
    (formats.parent / "definitions/qemu-aarch64.conf").unlink()
    with pytest.raises(EmulationError, match="programs for foreign: install qemu-user-static"), runnable(FOREIGN):
        pass


def test_builds_of_two_architectures_do_not_share_their_downloads(tmp_path: Path) -> None:
    own = BuildRoot("trixie", ARCHITECTURES[own_architecture()], tmp_path).downloads()
    foreign = BuildRoot("trixie", FOREIGN, tmp_path).downloads()
    assert {own, foreign} == {tmp_path / "downloads/trixie", tmp_path / "downloads/trixie-foreign"}


def test_a_build_that_does_not_end_is_a_sentence() -> None:
    with pytest.raises(BuildError, match="sleep did not end within 0 s"):
        run_build_command(["sleep", "60"], timeout_s=0.05)
