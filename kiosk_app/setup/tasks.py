"""Performs the tasks of the set-up for the interface: asks the set-up service, or tries a device by its real driver."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from drivers.ports.letter_scanner import ScanError
from drivers.ports.speaker import Speaker
from drivers.receipt_printer.usb_discovery import list_usb_printers
from drivers.speaker.alsa_speaker import AlsaSpeaker
from journey.device_tests import DeviceUnderTest
from journey.setup.sentences import FAULT_PREFIX
from journey.setup.setup_state import Pairs, SetupTask, TaskOutcome
from kiosk_app.device_factory import create_devices, create_scanner
from kiosk_app.runner.device_test_runner import run_device_test
from kiosk_app.runner.ports import Devices
from kiosk_app.settings import Settings
from kiosk_app.setup import requests, touch_matrix
from kiosk_app.setup.centre_probe import AUTHORITY_ANSWER, probe_centre
from kiosk_app.setup.client import SetupClient
from kiosk_app.setup.option_pages import options_from
from kiosk_app.setup.requests import Reply

SERIAL_DEVICES = Path("/dev/serial/by-id")
_ACCURATE_MM = 3.0  # half of what a finger's tip differs by
_USABLE_MM = 8.0  # distance after the correction: beyond this a target was missed
_SERIAL_BAUD = 19200
_VOLUME_PERCENT = 100


class SetupTasks:
    """`settings` and `devices` are those of the running interface; a device is tried as it is answered, not as it was
    at the start. `client` and `create` are replaced by tests."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        client: SetupClient | None = None,
        create: Callable[[Settings], Devices] = create_devices,
        speaker: Callable[[str], Speaker] = AlsaSpeaker,
    ) -> None:
        self._settings = settings
        self._devices = devices
        self._client = client or SetupClient()
        self._create = create
        self._speaker = speaker

    def perform(self, task: SetupTask, answers: Pairs) -> TaskOutcome:
        """Perform a task; blocks as long as it takes."""
        entered = dict(answers)
        match task:
            case SetupTask.CENTRE:
                return self._ask_centre(entered)
            case SetupTask.LIST_PRINTERS:
                return _list_printers()
            case SetupTask.LIST_SCANNERS:
                return self._list_scanners()
            case SetupTask.CARD_READER | SetupTask.SCANNER | SetupTask.PRINTER | SetupTask.SOUND:
                return self._try_device(DeviceUnderTest(task.value), entered)
            case SetupTask.CALIBRATE:
                return self._calibrate(entered)
            case SetupTask.TRUST:
                return self._trust(entered)
            case SetupTask.SAVE:
                return self._save(entered)
        return _outcome(self._client.request(_make_request(task, entered)))

    def save_progress(self, page: str, answers: Pairs, skipped: tuple[str, ...]) -> None:
        """Keep page and answers for the next start."""
        saved = {name: answer for name, answer in answers if name != AUTHORITY_ANSWER}
        self._client.request(requests.SaveProgress(page, saved, skipped))

    def _save(self, entered: Mapping[str, str]) -> TaskOutcome:
        return _outcome(self._client.request(requests.SaveSettings(options_from(entered))))

    def _ask_centre(self, entered: Mapping[str, str]) -> TaskOutcome:
        if proxy := entered.get("network.proxy"):
            os.environ["HTTPS_PROXY"] = f"http://{proxy}"
        else:
            os.environ.pop("HTTPS_PROXY", None)
        # The firewall allows the address in kiosk.toml, from the reply on.
        saved = self._save(entered)
        if not saved.passed:
            return saved
        outcome = probe_centre(entered.get("centre.url", ""))
        if outcome.sentence == "centre.answered":  # the system's authorities suffice
            self._client.request(requests.TrustAuthority(""))
        return outcome

    def _trust(self, entered: Mapping[str, str]) -> TaskOutcome:
        """Accept the compared authority, and ask the centre again under it."""
        if entered.get("centre.trust") != "yes":
            return TaskOutcome(passed=False, sentence="centre.not_trusted")
        trusted = _outcome(self._client.request(requests.TrustAuthority(entered.get(AUTHORITY_ANSWER, ""))))
        if not trusted.passed:
            return trusted
        # The compared certificate stays an answer: the page that asks about it is still shown.
        return replace(probe_centre(entered.get("centre.url", ""), trusted.detail), answers=())

    def _list_scanners(self) -> TaskOutcome:
        try:
            listed, _chosen = create_scanner(self._settings).list_devices()
        except ScanError:
            listed = []
        options = tuple((device.name, device.model or device.name) for device in listed[:8])
        return TaskOutcome(bool(options), "device.listed" if options else "device.none", options=options)

    def _try_device(self, target: DeviceUnderTest, entered: Mapping[str, str]) -> TaskOutcome:
        candidate = candidate_settings(self._settings, entered)
        speaker = None
        devices = self._devices
        if target is DeviceUnderTest.SPEAKER:
            speaker = self._speaker(self._settings.sound.device)
        elif (candidate.printer, candidate.scanner, candidate.card_reader) != (
            self._settings.printer,
            self._settings.scanner,
            self._settings.card_reader,
        ):
            devices = self._create(candidate)
        result = run_device_test(target, devices, speaker, _VOLUME_PERCENT)
        if result.fault is not None:
            return TaskOutcome(passed=False, sentence=f"{FAULT_PREFIX}{result.fault.value}")
        if result.passed is None:
            question = "device.judge_sound" if target is DeviceUnderTest.SPEAKER else "device.judge_paper"
            return TaskOutcome(passed=None, sentence=question)
        return TaskOutcome(result.passed, "device.works" if result.passed else "device.refused")

    def _calibrate(self, entered: Mapping[str, str]) -> TaskOutcome:
        """Fit the touches. `screen.touch` has them as "x,y x,y …;HEIGHT", with the height of the picture in mm."""
        try:
            points, _semicolon, height_mm = entered.get("screen.touch", "").partition(";")
            touched = [(float(x), float(y)) for x, y in (point.split(",") for point in points.split())]
            size_mm = float(entered.get("screen.width") or self._settings.screen.width_mm), float(height_mm)
            off_mm = touch_matrix.largest_distance_mm(touched, touch_matrix.TARGETS, size_mm)
        except ValueError:
            return TaskOutcome(passed=False, sentence="touch.unanswered")
        if off_mm <= _ACCURATE_MM:
            return TaskOutcome(passed=True, sentence="touch.accurate", detail=f"{max(1.0, off_mm):.0f}")
        try:
            matrix = touch_matrix.fit(touched)
            corrected = [touch_matrix.apply_matrix(matrix, point) for point in touched]
            if touch_matrix.largest_distance_mm(corrected, touch_matrix.TARGETS, size_mm) > _USABLE_MM:
                raise ValueError("The touches do not fit the targets")
            rotation = int(entered.get("screen.rotation") or self._settings.screen.rotation)
            matrix = touch_matrix.on_panel(matrix, rotation)
        except ValueError:
            return TaskOutcome(passed=False, sentence="touch.unusable")
        outcome = _outcome(self._client.request(requests.Calibrate(matrix)))
        return replace(outcome, detail=f"{off_mm:.0f}") if outcome.passed else outcome


def _make_request(task: SetupTask, entered: Mapping[str, str]) -> requests.Request:
    def answers(section: str, *names: str) -> dict[str, str]:
        return {name: entered.get(f"{section}.{name}", "") for name in names}

    match task:
        case SetupTask.OPEN:
            return requests.OpenSetup(entered.get("open.pin", ""))
        case SetupTask.STICK:
            return requests.UseStick()
        case SetupTask.NETWORK:
            names = ("kind", "address", "gateway", "dns", "login", "identity", "password", "ssid", "wifi_password")
            return requests.ApplyNetwork(**answers("network", *names, "apn"))  # type: ignore[arg-type]
        case SetupTask.LIST_WIFI:
            return requests.ListWifi()
        case SetupTask.CLOCK:
            return requests.SetClock(**answers("clock", "kind", "server", "time"))  # type: ignore[arg-type]
        case SetupTask.PIN:
            return requests.SetPin(entered.get("pin.new", ""))
        case SetupTask.RECOVERY_KEY:
            return requests.ReadRecoveryKey()
        case SetupTask.ENROL:
            return requests.Enrol()
        case SetupTask.ENROL_STATUS:
            return requests.EnrolStatus()
    return requests.Finish()


def _outcome(reply: Reply) -> TaskOutcome:
    return TaskOutcome(reply.passed, reply.sentence, reply.detail, reply.options, reply.answers)


def _list_printers() -> TaskOutcome:
    options = [(printer.connection, printer.name or printer.connection) for printer in list_usb_printers()]
    options += [(f"serial:{line}:{_SERIAL_BAUD}", line.name[:60]) for line in sorted(SERIAL_DEVICES.glob("*"))]
    return TaskOutcome(bool(options), "device.listed" if options else "device.none", options=tuple(options[:8]))


def candidate_settings(settings: Settings, entered: Mapping[str, str]) -> Settings:
    """The settings with the devices as they are answered."""
    options = options_from(entered)
    printer, scanner = settings.printer, settings.scanner
    printer = replace(
        printer,
        connection=str(options.get("printer.connection", printer.connection)),
        width_dots=int(options.get("printer.width_dots", printer.width_dots)),  # type: ignore[arg-type]
    )
    scanner = replace(
        scanner,
        enabled=bool(options.get("scanner.enabled", True)),
        device=str(options.get("scanner.device", scanner.device)),
    )
    reader = replace(settings.card_reader, enabled=bool(options.get("card_reader.enabled", True)))
    return replace(settings, printer=printer, scanner=scanner, card_reader=reader)
