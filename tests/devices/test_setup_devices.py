"""The set-up finds devices, and tries each with the driver that serves citizens: missing, faulty, repaired."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from drivers.speaker.alsa_speaker import AlsaSpeaker
from journey.setup.setup_state import SetupTask, TaskOutcome
from kiosk_app.runner.ports import Devices
from kiosk_app.settings import Settings
from kiosk_app.setup import tasks as setup_tasks
from kiosk_app.setup.client import SetupClient
from kiosk_app.setup.tasks import SetupTasks
from simulators.simulated_devices import SimulatedDevices
from tests.waiting import wait_until

Try = Callable[..., TaskOutcome]
PAGE = Image.new("L", (827, 1169), 200)


@pytest.fixture
def try_task(simulated_devices: SimulatedDevices, empty_card_slots: None, tmp_path: Path) -> Try:
    """Performs a task of a kiosk without any device in its settings, with answers by page."""
    before = replace(Settings(), paths=replace(Settings().paths, state=tmp_path / "state", runtime=tmp_path))
    before = replace(before, scanner=replace(before.scanner, enabled=False))
    (tmp_path / "state").mkdir()
    tasks = SetupTasks(before, Devices(), SetupClient(tmp_path / "no-service", 1))
    answers = {
        "reader.present": "yes",
        "scanner.device": simulated_devices.scanner_device,
        "printer.connection": f"network:127.0.0.1:{simulated_devices.printer_port}",
        "printer.width": "576",
    }

    def perform(task: SetupTask, **changed: str) -> TaskOutcome:
        entered = answers | {name.replace("_", ".", 1): value for name, value in changed.items()}
        return tasks.perform(task, tuple(entered.items()))

    return perform


def seen(outcome: TaskOutcome) -> tuple[bool | None, str]:
    return outcome.passed, outcome.sentence


def test_a_card_is_read_at_the_second_attempt(simulated_devices: SimulatedDevices, try_task: Try) -> None:
    assert seen(try_task(SetupTask.CARD_READER)) == (False, "fault:C-04"), "no card"
    simulated_devices.insert_card("boonma")
    outcome = try_task(SetupTask.CARD_READER)
    assert seen(outcome) == (True, "device.works")
    assert not outcome.detail, "nothing of the card is kept"
    assert not outcome.answers


def test_a_card_upside_down_is_named(simulated_devices: SimulatedDevices, try_task: Try) -> None:
    simulated_devices.insert_card("upside-down")
    wait_until(lambda: try_task(SetupTask.CARD_READER).sentence == "fault:C-02")


def test_a_missing_reader_is_named(try_task: Try) -> None:
    assert seen(try_task(SetupTask.CARD_READER, reader_present="none")) == (False, "fault:C-01")


def test_scanners_are_listed_chosen_and_tried(simulated_devices: SimulatedDevices, try_task: Try) -> None:
    listed = try_task(SetupTask.LIST_SCANNERS)
    assert listed.passed
    ((device, name),) = listed.options
    assert device == simulated_devices.scanner_device
    assert name
    assert seen(try_task(SetupTask.SCANNER)) == (False, "fault:S-02"), "no page"
    simulated_devices.load_scanner([PAGE])
    assert seen(try_task(SetupTask.SCANNER, scanner_device=device)) == (True, "device.works")
    simulated_devices.execute_command(["scanner", "jam"])
    assert seen(try_task(SetupTask.SCANNER)) == (False, "fault:S-03")
    simulated_devices.execute_command(["scanner", "ok"])
    simulated_devices.load_scanner([PAGE])
    assert seen(try_task(SetupTask.SCANNER)) == (True, "device.works")


def test_without_a_scanner_the_list_says_so(simulated_devices: SimulatedDevices, try_task: Try) -> None:
    simulated_devices.execute_command(["scanner", "unplugged"])
    assert seen(try_task(SetupTask.LIST_SCANNERS)) == (False, "device.none")
    assert seen(try_task(SetupTask.SCANNER)) == (False, "fault:S-01")
    simulated_devices.execute_command(["scanner", "ok"])
    assert seen(try_task(SetupTask.LIST_SCANNERS)) == (True, "device.listed")


def test_a_slip_is_printed_at_the_second_attempt(simulated_devices: SimulatedDevices, try_task: Try) -> None:
    before = len(simulated_devices.receipt_files())
    simulated_devices.execute_command(["printer", "paper-out"])
    assert seen(try_task(SetupTask.PRINTER)) == (False, "fault:P-02")
    simulated_devices.execute_command(["printer", "ok"])
    simulated_devices.printer.load_roll()
    assert seen(try_task(SetupTask.PRINTER)) == (True, "device.works")
    assert len(simulated_devices.receipt_files()) == before + 1


def test_the_slip_has_the_width_that_was_answered(simulated_devices: SimulatedDevices, try_task: Try) -> None:
    assert try_task(SetupTask.PRINTER, printer_width="384").passed
    with Image.open(simulated_devices.receipt_files()[-1]) as paper:
        printed = paper.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert printed is not None
    assert printed[2] <= 384


def test_a_printer_that_is_switched_off_or_at_another_address_is_named(
    simulated_devices: SimulatedDevices, try_task: Try
) -> None:
    assert seen(try_task(SetupTask.PRINTER, printer_connection="none")) == (False, "fault:P-01")
    simulated_devices.execute_command(["printer", "off"])
    assert seen(try_task(SetupTask.PRINTER)) == (False, "fault:P-01")
    simulated_devices.execute_command(["printer", "ok"])


def test_a_printer_that_cannot_answer_is_judged_by_eye(simulated_devices: SimulatedDevices, try_task: Try) -> None:
    simulated_devices.execute_command(["printer", "mute"])
    assert seen(try_task(SetupTask.PRINTER)) == (None, "device.judge_paper")


def test_printers_are_listed(try_task: Try, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, usb = tmp_path / "by-id", tmp_path / "usbmisc"
    monkeypatch.setattr(setup_tasks, "SERIAL_DEVICES", lines)
    monkeypatch.setattr("drivers.receipt_printer.usb_discovery.USBMISC_CLASS_DIR", usb)
    assert seen(try_task(SetupTask.LIST_PRINTERS)) == (False, "device.none")
    (usb / "lp0").mkdir(parents=True)
    device = usb / "device"
    (device / "1-1:1.0").mkdir(parents=True)
    (usb / "lp0" / "device").symlink_to(device / "1-1:1.0")
    for name, content in {"idVendor": "04b8", "idProduct": "0e28", "serial": "X1", "product": "Receipt 80"}.items():
        (device / name).write_text(content)
    lines.mkdir()
    (lines / "usb-Maker_Serial-if00").touch()
    assert try_task(SetupTask.LIST_PRINTERS).options == (
        ("usb:04b8:0e28:X1", "Receipt 80"),
        (f"serial:{lines}/usb-Maker_Serial-if00:19200", "usb-Maker_Serial-if00"),
    )


def test_a_sound_is_judged_by_ear_and_a_missing_loudspeaker_named(
    try_task: Try, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "alsa.conf"
    configuration.write_text("# no sound card\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(configuration))
    assert seen(try_task(SetupTask.SOUND)) == (False, "fault:A-01")
    configuration.write_text("pcm.!default { type null }\n")
    assert seen(try_task(SetupTask.SOUND)) == (None, "device.judge_sound")


def test_the_sound_card_of_the_settings_is_tried() -> None:
    """A set-up that is opened again tries the card that serves citizens, not the system's default."""
    chosen: list[str] = []

    def speaker(device: str) -> AlsaSpeaker:
        chosen.append(device)
        return AlsaSpeaker(device)

    before = replace(Settings(), sound=replace(Settings().sound, device="no-such-card"))
    tasks = SetupTasks(before, Devices(), SetupClient(Path("/nonexistent"), 1), speaker=speaker)
    assert seen(tasks.perform(SetupTask.SOUND, (("sound.present", "yes"),))) == (False, "fault:A-01")
    assert chosen == ["no-such-card"]
