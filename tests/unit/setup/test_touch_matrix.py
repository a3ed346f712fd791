"""The calibration of the touch panel."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from journey.setup.setup_state import SetupTask
from kiosk_app.runner.ports import Devices
from kiosk_app.settings import Settings
from kiosk_app.setup import touch_matrix
from kiosk_app.setup.client import SetupClient
from kiosk_app.setup.programs import ProgramResult
from kiosk_app.setup.requests import Calibrate, Reply, Request
from kiosk_app.setup.tasks import SetupTasks
from kiosk_app.setup.touch_matrix import CALIBRATION, IDENTITY, TARGETS, TouchCalibration
from screens.setup import touch_targets

RULE = Path(__file__).parents[3] / "systemd/damrongdham-kiosk-touch.rules"
MOUNTED_WRONG = (1.05, 0.01, -0.03, -0.02, 0.94, 0.04)


def test_the_screen_and_the_fit_have_the_same_targets() -> None:
    assert touch_targets.TARGETS == TARGETS


def test_the_fit_undoes_how_the_panel_is_off() -> None:
    touched = [touch_matrix.apply_matrix(MOUNTED_WRONG, target) for target in TARGETS]
    corrected = [touch_matrix.apply_matrix(touch_matrix.fit(touched), point) for point in touched]
    assert touch_matrix.largest_distance_mm(corrected, TARGETS, (268, 476)) < 0.01


def test_touches_on_one_line_are_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        touch_matrix.fit([(0.5, y) for _x, y in TARGETS])


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_picture_corrects_the_panel_as_it_is(rotation: int) -> None:
    """A touch is felt by the panel, corrected there, and then turned into the picture."""
    turn = touch_matrix._PANEL_FROM_PICTURE[rotation]
    on_panel = touch_matrix.on_panel(MOUNTED_WRONG, rotation)
    felt = (0.2, 0.7)
    in_picture = touch_matrix.apply_matrix(touch_matrix.invert(turn), touch_matrix.apply_matrix(on_panel, felt))
    expected = touch_matrix.apply_matrix(MOUNTED_WRONG, touch_matrix.apply_matrix(touch_matrix.invert(turn), felt))
    assert in_picture == pytest.approx(expected)


def test_a_second_calibration_builds_on_the_first(tmp_path: Path) -> None:
    calibration = TouchCalibration(tmp_path / "touch-calibration.env", lambda arguments, timeout_s: ProgramResult(0))
    assert calibration.read() == IDENTITY
    assert calibration.apply((1.1, 0, 0, 0, 1, 0)).passed
    assert calibration.apply((1, 0, 0.1, 0, 1, 0)).passed
    assert calibration.read() == pytest.approx((1.1, 0, 0.1, 0, 1, 0))
    assert not calibration.apply((0, 0, 0, 0, 0, 0)).passed
    assert not calibration.apply((float("nan"), 0, 0, 0, 1, 0)).passed
    assert calibration.read() == pytest.approx((1.1, 0, 0.1, 0, 1, 0)), "an unusable matrix changes nothing"


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("udevadm"), reason="needs root and udev, which decides about a device"
)
def test_udev_gives_the_matrix_to_a_touch_panel(tmp_path: Path) -> None:
    """The rule is read by udev itself, with /dev/null for the panel and a directory for the settings."""
    rules, settings = tmp_path / "rules.d", tmp_path / "settings"
    rules.mkdir()
    settings.mkdir()
    shutil.copy(RULE, rules)
    (rules / "10-panel.rules").write_text('KERNEL=="null", ENV{ID_INPUT_TOUCHSCREEN}="1"\n', "utf-8")
    calibration = TouchCalibration(settings / CALIBRATION.name, lambda arguments, timeout_s: ProgramResult(0))
    assert calibration.apply((1, 0, 0.25, 0, 1, 0)).passed
    # In a mount namespace: other rules and a kiosk's settings stay as they are.
    script = (
        f'mount --bind "$0" /usr/lib/udev/rules.d && mount -t tmpfs none /etc && mkdir {CALIBRATION.parent} &&'
        f' mount --bind "$1" {CALIBRATION.parent} && mount -t tmpfs none /run && udevadm test "$2"'
    )
    command = ["unshare", "--mount", "sh", "-c", script, str(rules), str(settings)]
    for device, shown in (("null", True), ("zero", False)):
        report = subprocess.run(
            [*command, f"/sys/class/mem/{device}"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        assert ("LIBINPUT_CALIBRATION_MATRIX=1.000000 0.000000 0.250000 0.000000" in report) is shown, report


class _Client(SetupClient):
    def __init__(self) -> None:
        self.matrices: list[touch_matrix.Matrix] = []

    def request(self, request: Request) -> Reply:
        assert isinstance(request, Calibrate)
        self.matrices.append(request.matrix)
        return Reply(passed=True, sentence="touch.calibrated")


def _calibrate(points: list[touch_matrix.Point]) -> tuple[str, str, int]:
    client = _Client()
    tasks = SetupTasks(Settings(), Devices(), client)
    text = " ".join(f"{x:.4f},{y:.4f}" for x, y in points)
    outcome = tasks.perform(SetupTask.CALIBRATE, (("screen.touch", f"{text};476"), ("screen.width", "268")))
    return outcome.sentence, outcome.detail, len(client.matrices)


def test_the_panel_is_corrected_only_when_that_helps() -> None:
    assert _calibrate([(x + 0.005, y) for x, y in TARGETS]) == ("touch.accurate", "1", 0)
    assert _calibrate([(x + 0.05, y) for x, y in TARGETS]) == ("touch.calibrated", "13", 1)
    assert _calibrate([*TARGETS[:4], (0.1, 0.2)]) == ("touch.unusable", "", 0)
    assert _calibrate([]) == ("touch.unanswered", "", 0)


def test_the_calibration_is_that_of_the_picture_as_it_was_turned_in_the_set_up() -> None:
    client = _Client()
    touches = " ".join(f"{x + 0.05:.4f},{y:.4f}" for x, y in TARGETS)
    for rotation in ("0", "90"):
        answers = (("screen.touch", f"{touches};476"), ("screen.width", "268"), ("screen.rotation", rotation))
        SetupTasks(Settings(), Devices(), client).perform(SetupTask.CALIBRATE, answers)
    upright, turned = client.matrices
    assert upright == pytest.approx((1, 0, -0.05, 0, 1, 0))
    assert turned == pytest.approx((1, 0, 0, 0, 1, 0.05)), "to the left in the picture is down on the panel"
