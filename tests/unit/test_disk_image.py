"""The disk image: partitions, boot files and boot menu, equal in every build."""

import json
import subprocess
from pathlib import Path

import pytest

from kiosk_app.settings import Settings
from kiosk_app.settings.load import SYSTEM_FILE
from kiosk_app.setup.clock import TIMESYNCD_CONFIG
from kiosk_app.setup.network import PROFILES, make_profile
from kiosk_app.setup.requests import ApplyNetwork
from kiosk_app.setup.touch_matrix import CALIBRATION
from provision.image.__main__ import _parse
from provision.image.boot_menu import BootMenu
from provision.image.contents import FIRMWARE_COMPONENT, image_packages
from provision.image.disk_image import write_image
from provision.image.system_tree import (
    FILES,
    HOST_NAME,
    SystemImage,
    _signing_key,
    build_system,
    places_on_data_partition,
    write_update_sources,
)
from provision.packaging.architecture import ARCHITECTURES
from provision.packaging.build_root import SUITES
from provision.packaging.debian_mirrors import debian_mirrors
from provision.packaging.debian_root import BuildError

_EPOCH = 1_796_000_000


@pytest.fixture
def system(tmp_path: Path) -> SystemImage:
    for name in ("system.squashfs", "loader", "vmlinuz", "initrd.img"):
        (tmp_path / name).write_bytes(name.encode() * 50_000)
    boot_files = {"EFI/BOOT/BOOTX64.EFI": tmp_path / "loader"}
    boot_files |= {name: tmp_path / name for name in ("vmlinuz", "initrd.img")}
    return SystemImage(tmp_path / "system.squashfs", boot_files)


def _partitions(image: Path) -> dict[str, int]:
    """The first byte of each partition, by name."""
    table = json.loads(subprocess.run(["sfdisk", "--json", image], check=True, capture_output=True).stdout)
    return {each["name"]: each["start"] * 512 for each in table["partitiontable"]["partitions"]}


def _read_efi(image: Path, start: int, name: str) -> bytes:
    command = ["mtype", "-i", f"{image}@@{start}", f"::{name}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_an_image_has_the_boot_files_and_the_system(system: SystemImage, tmp_path: Path) -> None:
    image = tmp_path / "kiosk.img"
    write_image(system, image, _EPOCH, BootMenu("grub.pbkdf2.sha512.x", "console=ttyS0 no_timer_check", has_login=True))
    starts = _partitions(image)
    assert list(starts) == ["damrongdham-efi", "damrongdham-system"]
    stored = image.read_bytes()[starts["damrongdham-system"] :]
    assert stored.startswith(system.squashfs.read_bytes())
    for name, source in system.boot_files.items():
        assert _read_efi(image, starts["damrongdham-efi"], name) == source.read_bytes()
    menu = _read_efi(image, starts["damrongdham-efi"], "EFI/debian/grub.cfg").decode()
    assert "password_pbkdf2 technician grub.pbkdf2.sha512.x" in menu
    assert menu.count("console=ttyS0 no_timer_check ") == 4
    assert menu.count("console=tty1\n") + menu.count("console=tty1 systemd.mask") == 4, "the last asks for the key"
    assert "@" not in menu
    assert "label" not in menu.lower().replace("label=damrongdham-root ro damrongdham.install", ""), (
        "a stick may have it"
    )
    assert menu.count("panic=60") == 4, "without it the initramfs opens a shell"
    assert menu.count(" gpt ") == 4, "without it the kernel ignores the backup of the partition table"


def test_without_a_password_nobody_can_edit_the_boot_menu(system: SystemImage, tmp_path: Path) -> None:
    image = tmp_path / "kiosk.img"
    write_image(system, image, _EPOCH, BootMenu())
    menu = _read_efi(image, _partitions(image)["damrongdham-efi"], "EFI/debian/grub.cfg").decode()
    assert "set superusers=technician" in menu
    assert "console=tty1\n" in menu, "questions are on the display"
    assert "password" not in menu.replace("was built with a password", "")


@pytest.mark.parametrize(
    ("menu", "is_there"),
    [
        (BootMenu("grub.pbkdf2.sha512.x", has_login=True), True),
        (BootMenu("grub.pbkdf2.sha512.x", has_login=False), False),
        (BootMenu("", has_login=True), False),
    ],
)
def test_the_entry_that_leads_to_a_login_is_only_where_somebody_can_pass_it(menu: BootMenu, is_there: bool) -> None:
    text = menu.render()
    assert ("Technician" in text) == is_there
    assert "@" not in text
    assert text.count("{") == text.count("}") == (4 if is_there else 3)


def test_the_first_network_is_the_one_of_the_set_up() -> None:
    """The set-up replaces the profile: NetworkManager would use two of them beside each other."""
    assert (FILES / "dhcp.nmconnection").read_text("utf-8") == make_profile(ApplyNetwork(kind="dhcp"))


def test_the_machine_knows_its_name_without_a_name_server() -> None:
    names = {line.split()[1]: line.split()[0] for line in (FILES / "hosts").read_text("utf-8").splitlines()[:2]}
    assert names == {"localhost": "127.0.0.1", HOST_NAME: "127.0.1.1"}


def test_updates_come_from_nowhere_on_the_machine_that_builds(tmp_path: Path) -> None:
    (tmp_path / "etc/apt/sources.list.d").mkdir(parents=True)
    (tmp_path / "etc/apt/sources.list").write_text("deb [signed-by=/tmp/x] copy:///srv/repository trixie main\n")
    (tmp_path / "kiosk.sources").write_text("URIs: https://packages.example.go.th\n")
    write_update_sources(tmp_path, ["deb http://deb.debian.org/debian trixie main"], tmp_path / "kiosk.sources")
    files = sorted(path for path in (tmp_path / "etc/apt").rglob("*") if path.is_file())
    assert [path.read_text() for path in files] == [
        "deb http://deb.debian.org/debian trixie main\n",
        "URIs: https://packages.example.go.th\n",
    ]


def test_two_builds_are_equal(system: SystemImage, tmp_path: Path) -> None:
    for name in ("one.img", "two.img"):
        write_image(system, tmp_path / name, _EPOCH, BootMenu())
    assert (tmp_path / "one.img").read_bytes() == (tmp_path / "two.img").read_bytes()


def test_a_relative_place_of_the_image_is_one_of_this_directory() -> None:
    assert _parse(["--output", "kiosk.img"]).output == Path.cwd() / "kiosk.img"


def test_a_repository_without_a_key_is_refused() -> None:
    assert _signing_key("Types: deb\nSigned-By:\n -----BEGIN\n .\n abc\n -----END\n") == "-----BEGIN\n\nabc\n-----END\n"
    with pytest.raises(BuildError, match="no key"):
        _signing_key("Types: deb\n")


def test_a_repository_without_packages_for_the_architecture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dists/trixie/main/binary-amd64").mkdir(parents=True)
    with pytest.raises(BuildError, match=r"has no packages .*--suite trixie --architecture arm64"):
        build_system("trixie", ARCHITECTURES["arm64"], tmp_path, tmp_path, epoch=_EPOCH)


@pytest.mark.parametrize("suite", SUITES)
def test_an_image_has_the_firmware_of_usual_machines_unless_it_is_free_software_only(suite: str) -> None:
    for architecture in ARCHITECTURES.values():
        packages = image_packages(suite, architecture, ("main", FIRMWARE_COMPONENT))
        assert {"firmware-amd-graphics", "firmware-realtek", "firmware-iwlwifi"} <= set(packages)
        assert ("intel-microcode" in packages) == (architecture.name == "amd64")
        free = image_packages(suite, architecture, ("main",))
        assert not [name for name in free if name.startswith("firmware-") or name.endswith("-microcode")]


def test_security_updates_have_the_components_of_the_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever components the machine that builds uses itself."""
    apt = tmp_path / "apt-get"
    apt.write_text(
        "#!/bin/sh\n"
        "echo http://mirror.example/debian/ Debian Debian\n"
        "echo http://mirror.example/debian-security/ Debian-Security Debian\n"
        "echo https://packages.example/ Tools Example\n"
    )
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert debian_mirrors("trixie", ("main", FIRMWARE_COMPONENT)) == [
        "deb http://mirror.example/debian/ trixie main non-free-firmware",
        "deb http://mirror.example/debian/ trixie-updates main non-free-firmware",
        "deb http://mirror.example/debian-security/ trixie-security main non-free-firmware",
    ]


def test_a_recovery_replaces_nothing_that_the_set_up_writes() -> None:
    places = [Path("/", place) for place in places_on_data_partition()]
    written = (PROFILES, TIMESYNCD_CONFIG, CALIBRATION, SYSTEM_FILE, Settings().paths.state, Path("/var/log/journal"))
    for path in written:
        assert any(path.is_relative_to(place) for place in places), path
