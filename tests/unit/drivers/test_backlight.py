"""The backlight, with files like the kernel's in /sys/class/backlight."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from drivers.backlight.sysfs_backlight import SysfsBacklight
from drivers.ports.backlight import BacklightStatus

ROOT = Path(__file__).parents[3]
UNPRIVILEGED_UID = 65534


def panel(directory: Path, name: str = "intel_backlight", brightness: str = "700", power: str = "0") -> Path:
    made = directory / name
    made.mkdir()
    for file, value in {"brightness": brightness, "max_brightness": "937", "bl_power": power}.items():
        (made / file).write_text(f"{value}\n")
    return made


def power_and_brightness(light: Path) -> tuple[str, str]:
    return (light / "bl_power").read_text().strip(), (light / "brightness").read_text().strip()


def test_switching_off_and_on_restores_the_brightness(tmp_path: Path) -> None:
    one, other = panel(tmp_path), panel(tmp_path, "10-0045", brightness="31")
    light = SysfsBacklight(tmp_path)
    assert light.set_lit(lit=False) is BacklightStatus.DARK
    assert light.set_lit(lit=False) is BacklightStatus.DARK, "a second switch-off does not change the stored brightness"
    assert power_and_brightness(one) == power_and_brightness(other) == ("4", "0")
    assert light.set_lit(lit=True) is BacklightStatus.LIT
    assert (power_and_brightness(one), power_and_brightness(other)) == (("0", "700"), ("0", "31"))


def test_a_dark_panel_of_unknown_brightness_gets_full_brightness(tmp_path: Path) -> None:
    display = panel(tmp_path, brightness="0", power="4")
    assert SysfsBacklight(tmp_path).set_lit(lit=True) is BacklightStatus.LIT
    assert power_and_brightness(display) == ("0", "937")


def test_a_lit_panel_is_unchanged(tmp_path: Path) -> None:
    display = panel(tmp_path, brightness="120")
    SysfsBacklight(tmp_path).set_lit(lit=True)
    assert power_and_brightness(display) == ("0", "120")


def test_a_missing_backlight_is_not_an_error(tmp_path: Path) -> None:
    assert SysfsBacklight(tmp_path).set_lit(lit=False) is BacklightStatus.ABSENT
    assert SysfsBacklight(tmp_path / "nothing").set_lit(lit=True) is BacklightStatus.ABSENT


def test_a_failing_panel_does_not_prevent_the_others_from_lighting(tmp_path: Path) -> None:
    broken = panel(tmp_path, "a")
    (broken / "bl_power").unlink()
    (broken / "bl_power").mkdir()
    good = panel(tmp_path, "b", power="4")
    assert SysfsBacklight(tmp_path).set_lit(lit=True) is BacklightStatus.FAILED
    assert power_and_brightness(good) == ("0", "700")


@contextmanager
def as_unprivileged_user() -> Iterator[None]:
    if os.geteuid() == 0:
        os.seteuid(UNPRIVILEGED_UID)
    try:
        yield
    finally:
        if os.getuid() == 0:
            os.seteuid(0)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not")
def test_without_the_udev_rule_an_error_is_reported() -> None:
    with TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        display = panel(Path(place))
        with as_unprivileged_user():
            assert SysfsBacklight(Path(place)).set_lit(lit=False) is BacklightStatus.NOT_ALLOWED
        assert power_and_brightness(display) == ("0", "700")


def test_udev_opens_exactly_the_files_that_are_written() -> None:
    rule = (ROOT / "systemd" / "damrongdham-kiosk-backlight.rules").read_text("utf-8").splitlines()[-1]
    files = "/sys%p/bl_power /sys%p/brightness"
    assert rule.count("RUN+=") == 2
    assert f'"/usr/bin/chgrp video {files}"' in rule
    assert f'"/usr/bin/chmod g+w {files}"' in rule
    assert "SupplementaryGroups=damrongdham-kiosk video" in (
        ROOT / "systemd" / "damrongdham-kiosk-ui.service"
    ).read_text("utf-8")
