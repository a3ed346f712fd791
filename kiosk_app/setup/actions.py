"""What the set-up service does for each request."""

import secrets
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from journey.pin import hash_pin
from kiosk_app.outbox import Enrolment, OutboxError
from kiosk_app.settings import SettingsError
from kiosk_app.setup import requests
from kiosk_app.setup.clock import ClockSetup
from kiosk_app.setup.enrolment import EnrolmentChild
from kiosk_app.setup.firewall import load_firewall
from kiosk_app.setup.gate import Gate
from kiosk_app.setup.network import NetworkSetup
from kiosk_app.setup.option_pages import present_answers
from kiosk_app.setup.recovery_key import FILE as RECOVERY_KEY_FILE
from kiosk_app.setup.recovery_key import read_recovery_key
from kiosk_app.setup.requests import Reply, Request
from kiosk_app.setup.settings_file import SettingsFile
from kiosk_app.setup.stick_answers import StickAnswers
from kiosk_app.setup.touch_matrix import TouchCalibration
from kiosk_app.setup_progress import SetupProgress
from machine.safe_files import replace_file_atomically
from protocol.setup_stick import PIN_HASH

AUTHORITY_FILE = "centre-ca.pem"  # beside kiosk.toml
_SALT_BYTES = 16
_SAVED = Reply(passed=True, sentence="settings.saved")


class SetupActions:
    """The parts are replaced by tests."""

    def __init__(
        self,
        state_dir: Path,
        settings_file: Path,
        gate: Gate,
        *,
        network: NetworkSetup | None = None,
        clock: ClockSetup | None = None,
        enrolment: EnrolmentChild | None = None,
        touch: TouchCalibration | None = None,
        stick: StickAnswers | None = None,
        load_firewall: Callable[[], None] = load_firewall,
        recovery_key: Path = RECOVERY_KEY_FILE,
    ) -> None:
        self._state_dir = state_dir
        self._authority_file = settings_file.with_name(AUTHORITY_FILE)
        self._settings = SettingsFile(settings_file)
        self._gate = gate
        self._network = network or NetworkSetup()
        self._clock = clock or ClockSetup()
        self._touch = touch or TouchCalibration()
        self._stick = stick or StickAnswers(state_dir)
        self._load_firewall = load_firewall
        self._allowed: tuple[str, ...] = ()  # the addresses that the firewall was loaded with
        self.enrolment = enrolment or EnrolmentChild()
        self._actions: dict[type[Request], Callable[[Any], Reply]] = {
            requests.SaveProgress: self._save_progress,
            requests.UseStick: lambda _request: self._use_stick(),
            requests.ApplyNetwork: self._network.apply,
            requests.ListWifi: lambda _request: self._network.list_wifi(),
            requests.SetClock: self._clock.apply,
            requests.TrustAuthority: self._trust_authority,
            requests.SaveSettings: self._save_settings,
            requests.Calibrate: lambda request: self._touch.apply(request.matrix),
            requests.SetPin: self._set_pin,
            requests.ReadRecoveryKey: lambda _request: read_recovery_key(recovery_key),
            requests.Enrol: lambda _request: self.enrolment.start(),
            requests.EnrolStatus: lambda _request: self.enrolment.news(),
            requests.Finish: lambda _request: self._finish(),
        }

    def perform(self, request: Request) -> Reply:
        """Carry out a request, if the gate is open. Every failure is a reply."""
        try:
            if isinstance(request, requests.OpenSetup):
                return self._open(request.pin)
            if not self._gate.is_open():
                return Reply(passed=False, sentence="service.closed")
            return self._actions[type(request)](request)
        except SettingsError as error:
            return Reply(passed=False, sentence="settings.refused", detail=error.mistakes[0][:200])
        except OSError as error:
            return Reply(passed=False, sentence="settings.refused", detail=error.strerror or type(error).__name__)

    def _open(self, pin: str) -> Reply:
        settings = self._settings.read()
        reply = self._gate.open(pin, settings.kiosk.technician_pin_hash)
        if not reply.passed:
            return reply
        return msgspec.structs.replace(reply, answers=tuple(present_answers(settings).items()))

    def _save_progress(self, request: requests.SaveProgress) -> Reply:
        # A set-up that was opened again stays finished: after a power cut the kiosk serves citizens.
        if self._gate.is_reopened():
            return _SAVED
        SetupProgress(request.page, request.answers, request.skipped).write(self._state_dir)
        return _SAVED

    def _use_stick(self) -> Reply:
        reply = self._stick.use(is_finished=self._gate.is_reopened())
        answers = dict(reply.answers)
        if pin_hash := answers.pop(PIN_HASH, ""):
            self._settings.save_pin_hash(pin_hash)
            answers[PIN_HASH] = "saved"
        return msgspec.structs.replace(reply, answers=tuple(answers.items()))

    def _trust_authority(self, request: requests.TrustAuthority) -> Reply:
        if not request.pem:
            self._settings.save_authority(None)
            return _SAVED
        try:
            ssl.PEM_cert_to_DER_cert(request.pem)
            ssl.create_default_context(cadata=request.pem)
        except (ValueError, ssl.SSLError):
            return Reply(passed=False, sentence="service.refused")
        replace_file_atomically(self._authority_file, request.pem.encode(), 0o644)
        self._settings.save_authority(self._authority_file)
        return Reply(passed=True, sentence="settings.saved", detail=str(self._authority_file))

    def _save_settings(self, request: requests.SaveSettings) -> Reply:
        settings = self._settings.save_options(request.options)
        addresses = (settings.centre.url, settings.network.proxy, settings.printer.connection)
        if addresses != self._allowed:
            self._load_firewall()
            self._allowed = addresses
        if settings.unknown:
            names = ", ".join(option.name for option in settings.unknown)
            return Reply(passed=True, sentence="settings.saved_with_unknown", detail=names[:200])
        return _SAVED

    def _set_pin(self, request: requests.SetPin) -> Reply:
        self._settings.save_pin_hash(hash_pin(request.pin, secrets.token_bytes(_SALT_BYTES)))
        return Reply(passed=True, sentence="pin.saved")

    def _finish(self) -> Reply:
        try:
            enrolment = Enrolment.load(self._state_dir)
        except OutboxError:
            enrolment = None
        if enrolment is None:
            return Reply(passed=False, sentence="setup.not_enrolled")
        if not self._stick.is_of_centre(enrolment):
            return Reply(passed=False, sentence="setup.other_centre")
        if not self._settings.read().kiosk.technician_pin_hash:
            return Reply(passed=False, sentence="setup.no_pin")
        SetupProgress(is_finished=True).write(self._state_dir)
        self._gate.close()
        return Reply(passed=True, sentence="setup.finished")
