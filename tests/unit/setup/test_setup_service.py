"""The set-up service: who may ask it, what it accepts, and that a finished set-up is closed."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from journey.pin import hash_pin
from journey.setup.setup_state import SetupTask
from kiosk_app.runner.ports import Devices
from kiosk_app.settings import Settings, load
from kiosk_app.setup import requests
from kiosk_app.setup.actions import SetupActions
from kiosk_app.setup.client import SetupClient
from kiosk_app.setup.clock import ClockSetup
from kiosk_app.setup.enrolment import EnrolmentChild
from kiosk_app.setup.gate import Gate
from kiosk_app.setup.network import NetworkSetup
from kiosk_app.setup.service import answer, serve
from kiosk_app.setup.stick_answers import StickAnswers
from kiosk_app.setup.tasks import SetupTasks
from kiosk_app.setup.touch_matrix import TouchCalibration
from kiosk_app.setup_progress import SetupProgress, pending_setup, read_progress
from tests.machine_programs import Machine

PIN = "471108"
ADDRESS = {"family": "inet", "local": "10.20.0.15", "prefixlen": 24}


class Site:
    """A machine with its set-up service behind a real socket."""

    def __init__(self, directory: Path) -> None:
        self.state, self.runtime, self.etc = (directory / name for name in ("state", "run", "etc"))
        self.profiles, self.timesync = (directory / name for name in ("profiles", "timesync"))
        for path in (self.state, self.runtime, self.etc, self.profiles, self.timesync):
            path.mkdir(mode=0o755)
        self.settings_file = self.etc / "kiosk.toml"
        self.machine = Machine()
        self.firewall: list[str] = []  # the address of the centre at each load
        self.gate = Gate(self.state, self.runtime)
        self.actions = SetupActions(
            self.state,
            self.settings_file,
            self.gate,
            network=NetworkSetup(self.profiles, self.machine.run),
            clock=ClockSetup(self.timesync, self.machine.run),
            enrolment=EnrolmentChild(("sh", "-c", "echo 7KQ2-M9XD; echo kiosk enrol: This kiosk is KKN07 >&2")),
            stick=StickAnswers(self.state, self.runtime, "SN-1"),
            touch=TouchCalibration(self.etc / "touch-calibration.env", self.machine.run),
            load_firewall=lambda: self.firewall.append(load(self.settings_file).centre.url),
            recovery_key=directory / "recovery-key",
        )
        self.recovery_key = directory / "recovery-key"
        self.socket = self.runtime / "socket"
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(self.socket))
        self.listener.listen()
        users = frozenset({os.geteuid()})
        self.thread = threading.Thread(target=serve, args=(self.listener, self.actions, users), daemon=True)
        self.thread.start()
        self.client = SetupClient(self.socket, 20)
        self.tasks = SetupTasks(Settings(), Devices(), self.client)

    def enrol(self) -> None:
        sample = {
            "enrolment_id": "0190a7c0-0000-7000-8000-000000000001",
            "kiosk_id": "KKN07",
            "series": "A",
            "centre_url": "https://centre.example",
            "public_url": "https://centre.example",
            "sealing_key": "A" * 43,
            "receipt_key": "A" * 43,
            "signing_key": "-",
        }
        (self.state / "enrolment.json").write_text(json.dumps(sample), encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.listener.close()  # which ends the service within seconds


def test_a_kiosk_is_set_up_through_the_socket(site: Site) -> None:
    assert site.tasks.perform(SetupTask.STICK, ()).sentence == "stick.missing"
    answers = {
        "hall.kiosk_id": "KKN12",
        "hall.name_th": "ศาลากลาง",
        "hall.name_en": "Hall",
        "hall.phone": "",
        "centre.url": "https://centre.example",
        "network.proxy": "proxy.example:3128",
        "printer.connection": "network",
        "printer.address": "10.20.0.9",
        "printer.width": "384",
        "screen.width": "344",
        "screen.rotation": "90",
        "scanner.device": "none",
        "sound.present": "none",
        "pin.new": PIN,
        "network.kind": "dhcp",
        "clock.kind": "usual",
    }
    entered = tuple(answers.items())
    assert site.tasks.perform(SetupTask.NETWORK, entered).detail == "10.20.0.15/24"
    assert site.tasks.perform(SetupTask.CLOCK, entered).sentence == "clock.synchronised"
    assert site.tasks.perform(SetupTask.SAVE, entered).passed
    assert site.tasks.perform(SetupTask.PIN, entered).passed
    site.tasks.save_progress("enrol.try", (("hall.kiosk_id", "KKN12"),), ("clock.try",))
    resumed = pending_setup(site.state, site.socket)
    assert resumed is not None
    assert (resumed.page, resumed.answer("hall.kiosk_id"), resumed.skipped) == ("enrol.try", "KKN12", ("clock.try",))
    assert site.tasks.perform(SetupTask.FINISH, entered).sentence == "setup.not_enrolled"
    site.enrol()
    assert site.tasks.perform(SetupTask.FINISH, entered).passed
    settings = load(site.settings_file)
    assert (settings.kiosk.id, settings.screen.width_mm, settings.screen.rotation) == ("KKN12", 344, 90)
    assert (settings.printer.connection, settings.printer.width_dots) == ("network:10.20.0.9:9100", 384)
    assert (settings.network.proxy, settings.scanner.enabled) == ("proxy.example:3128", False)
    assert site.settings_file.stat().st_mode & 0o777 == 0o640
    assert pending_setup(site.state, site.socket) is None


RECOVERY_KEY = "gdrelkvu-nbtvifjc-hhlkbujn-ccgtrleh-ibejvdfr-tukgnlhd-cvrdebfu-ntjkhigl"  # invented


@pytest.mark.parametrize(
    ("content", "sentence", "detail"),
    [
        (RECOVERY_KEY + "\n", "key.shown", RECOVERY_KEY),
        (RECOVERY_KEY[:-1], "key.unreadable", "recovery-key"),
        ("é" * 300, "key.unreadable", None),
        (None, "key.none", ""),
    ],
)
def test_the_recovery_key_is_shown_as_it_is_in_its_file(
    site: Site, content: str | None, sentence: str, detail: str | None
) -> None:
    if content is not None:
        site.recovery_key.write_text(content, encoding="utf-8")
    outcome = site.tasks.perform(SetupTask.RECOVERY_KEY, ())
    assert outcome.sentence == sentence
    assert detail in (None, outcome.detail)


def test_a_finished_set_up_does_nothing_until_the_pin_opens_it(site: Site) -> None:
    site.settings_file.write_text(
        f'[kiosk]\ntechnician_pin_hash = "{hash_pin(PIN, b"8" * 16, "scrypt")}"\n', encoding="utf-8"
    )
    SetupProgress(is_finished=True).write(site.state)
    wanted = requests.SaveSettings({"kiosk.id": "KKN99"})
    assert site.client.request(wanted).sentence == "service.closed"
    assert site.client.request(requests.OpenSetup("000000")).sentence == "pin.wrong"
    assert site.client.request(wanted).sentence == "service.closed"
    site.recovery_key.write_text(RECOVERY_KEY, encoding="ascii")
    assert site.client.request(requests.ReadRecoveryKey()).detail == ""
    opened = site.client.request(requests.OpenSetup(PIN))
    assert opened.passed
    assert dict(opened.answers)["hall.kiosk_id"] == "KKN07", "nothing is typed twice"
    assert site.client.request(wanted).passed
    site.client.request(requests.SaveProgress("hall.name_th", {}))
    assert read_progress(site.state).is_finished, "after a power cut it serves citizens"
    site.enrol()
    assert site.client.request(requests.Finish()).passed
    assert site.client.request(wanted).sentence == "service.closed"


def test_five_wrong_pins_close_the_gate_for_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk_app.setup.gate.pin_matches", lambda pin, _hash: pin == PIN)
    for _try in range(5):
        assert site.gate.open("1", "-").sentence == "pin.wrong"
    assert site.gate.open(PIN, "-").sentence == "pin.locked"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]\n",
        b'{"type": "Reboot"}\n',
        b'{"type": "SaveSettings", "options": {}, "more": 1}\n',
        b'{"type": "ApplyNetwork", "kind": "fixed", "address": "10.0.0.1/8\\n[x]"}\n',
        b'{"type": "SetPin", "pin": "12"}\n',
        b"x" * 70_000 + b"\n",
    ],
)
def test_anything_but_a_request_of_the_list_is_refused(site: Site, line: bytes) -> None:
    service_end, peer = socket.socketpair()
    with service_end, peer:

        def send() -> None:
            peer.sendall(line)
            peer.shutdown(socket.SHUT_WR)

        writer = threading.Thread(target=send)
        writer.start()
        answer(service_end, site.actions, frozenset({os.geteuid()}))
        assert json.loads(peer.recv(4096))["sentence"] == "service.refused"
        service_end.close()
        writer.join(5)
    assert list(site.etc.iterdir()) == site.machine.ran == []


def test_another_user_gets_no_answer(site: Site) -> None:
    service_end, peer = socket.socketpair()
    with peer:
        peer.sendall(msgspec.json.encode(requests.SaveSettings({"kiosk.id": "KKN99"})) + b"\n")
        with service_end:
            answer(service_end, site.actions, frozenset({os.geteuid() + 1}))
        with pytest.raises(ConnectionResetError):  # closed without reading the request
            peer.recv(4096)
    assert not site.settings_file.exists()


@pytest.mark.parametrize(
    "options",
    [{"paths.state": "/tmp/x"}, {"kiosk.technician_pin_hash": ""}, {"kiosk.id": "a"}, {"network.ssh_from": "1"}],
)
def test_only_options_of_the_set_up_are_written(site: Site, options: dict[str, str | bool | int | float]) -> None:
    reply = site.client.request(requests.SaveSettings(options))
    assert (reply.passed, reply.sentence) == (False, "settings.refused")
    assert next(iter(options)) in reply.detail
    assert not site.settings_file.exists()


def test_other_options_and_the_file_from_before_are_kept(site: Site) -> None:
    before = '[kiosk]\nid = "KKN01"\nidle_seconds = 90.0\n'
    site.settings_file.write_text(before, encoding="utf-8")
    site.client.request(requests.SaveSettings({"kiosk.id": "KKN02"}))
    assert load(site.settings_file).kiosk.idle_seconds == 90
    assert site.settings_file.with_name("kiosk.toml.before-setup").read_text("utf-8") == before


def test_a_mistyped_option_is_named_when_the_settings_are_saved(site: Site) -> None:
    site.settings_file.write_text('[kiosk]\nlangage = "th"\n', encoding="utf-8")
    reply = site.client.request(requests.SaveSettings({"kiosk.id": "KKN02"}))
    assert (reply.passed, reply.sentence, reply.detail) == (True, "settings.saved_with_unknown", "kiosk.langage")


def test_the_firewall_allows_a_saved_address_before_the_reply(site: Site) -> None:
    saves = (("centre.url", "https://a.example"), ("kiosk.id", "KKN02"), ("centre.url", "https://b.example"))
    for name, value in saves:
        assert site.client.request(requests.SaveSettings({name: value})).passed
    assert site.firewall == ["https://a.example", "https://b.example"]


def test_the_code_is_shown_and_the_approval_ends_the_enrolment(site: Site) -> None:
    slow = EnrolmentChild(("sh", "-c", "echo 7KQ2-M9XD; read _ ; exit 0"))
    site.actions.enrolment = EnrolmentChild(("sh", "-c", "echo 7KQ2-M9XD; exec sleep 60"))
    assert slow.start().sentence in ("enrol.waiting", "enrol.approved")
    waiting = site.actions.enrolment.start()
    assert (waiting.passed, waiting.sentence, waiting.detail) == (None, "enrol.waiting", "7KQ2-M9XD")
    assert site.actions.enrolment.start().detail == "7KQ2-M9XD", "a second press begins no second enrolment"
    site.actions.enrolment.stop()
    done = EnrolmentChild(("sh", "-c", "echo 'kiosk enrol: Nobody answers at https://x.' >&2; exit 1"))
    done.start()
    assert done.news().detail == "Nobody answers at https://x."


def test_without_the_service_the_screen_says_so(tmp_path: Path) -> None:
    tasks = SetupTasks(Settings(), Devices(), SetupClient(tmp_path / "socket", 1))
    assert tasks.perform(SetupTask.NETWORK, (("network.kind", "keep"),)).sentence == "service.silent"


def test_a_kiosk_that_is_enrolled_already_needs_no_set_up(tmp_path: Path) -> None:
    (tmp_path / "socket").touch()
    assert pending_setup(tmp_path, tmp_path / "socket") is not None
    (tmp_path / "enrolment.json").touch()
    assert pending_setup(tmp_path, tmp_path / "socket") is None
    (tmp_path / "enrolment.json").unlink()
    assert pending_setup(tmp_path, tmp_path / "no-service") is None


def test_a_secret_is_asked_for_again_after_a_power_cut(tmp_path: Path) -> None:
    (tmp_path / "socket").touch()
    SetupProgress("network.try", {"network.kind": "wifi", "network.ssid": "Hall"}).write(tmp_path)
    resumed = pending_setup(tmp_path, tmp_path / "socket")
    assert resumed is not None
    assert resumed.page == "network.wifi_password"
