"""`kiosk enrol URL`: the address is in kiosk.toml and allowed by the firewall before the first request; a failed
enrolment leaves the file as it was."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from kiosk_app.cli import main
from kiosk_app.commands import enrol
from kiosk_app.forwarder.enrol import EnrolmentOptions
from kiosk_app.outbox import Enrolment
from kiosk_app.settings import load
from kiosk_app.setup.firewall import load_firewall
from kiosk_app.setup.programs import ProgramResult
from kiosk_app.setup.settings_file import SettingsFile
from protocol.messages import EnrolmentStatus
from tests.fake_centre import FakeCentre
from tests.machine_programs import Machine
from tests.unit.forwarder.test_enrol import APPROVAL

OLD = "https://old.example"


@pytest.fixture
def centre() -> Iterator[FakeCentre]:
    with FakeCentre() as serving:
        yield serving


class Kiosk:
    """A kiosk.toml with a comment of its technician. `allowed` has the address at each load of the firewall."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state, self.file = directory / "state", directory / "kiosk.toml"
        self.text = f'# mine\n[centre]\nurl = "{OLD}"\n[paths]\nstate = "{self.state}"\n'
        self.file.write_text(self.text, encoding="utf-8")
        self.allowed: list[str] = []
        self.decide: Callable[[], None] = lambda: None
        monkeypatch.setattr(enrol, "load_firewall", lambda: self.allowed.append(self.address))
        monkeypatch.setattr(enrol, "print_message", lambda _: self.decide())  # after the code
        monkeypatch.setattr(enrol, "EnrolmentOptions", partial(EnrolmentOptions, poll_s=0.01))
        monkeypatch.setattr(enrol, "stop_on_signals", Event)

    @property
    def address(self) -> str:
        return load(self.file).centre.url

    def enrol(self, *arguments: str) -> int:
        return main(["enrol", *arguments, "--settings", str(self.file)])


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    return Kiosk(tmp_path, monkeypatch)


def test_an_approved_enrolment_keeps_its_address(kiosk: Kiosk, centre: FakeCentre) -> None:
    kiosk.decide = lambda: centre.decide_enrolments(**APPROVAL)
    assert kiosk.enrol(centre.url) == 0
    enrolment = Enrolment.load(kiosk.state)
    assert enrolment is not None
    assert kiosk.allowed == [centre.url]
    assert kiosk.address == enrolment.centre_url == centre.url
    written = kiosk.file.read_bytes()
    assert kiosk.enrol() == 0
    assert (kiosk.file.read_bytes(), kiosk.allowed) == (written, [centre.url] * 2)


def test_a_refused_enrolment_leaves_the_file_as_it_was(kiosk: Kiosk, centre: FakeCentre) -> None:
    kiosk.decide = lambda: centre.decide_enrolments(status=EnrolmentStatus.REFUSED)
    assert kiosk.enrol(centre.url) == 1
    assert (kiosk.allowed, kiosk.file.read_text("utf-8")) == ([centre.url], kiosk.text)


def test_an_address_that_is_none_changes_nothing(kiosk: Kiosk) -> None:
    assert kiosk.enrol("centre.example") == 2
    assert (kiosk.allowed, kiosk.file.read_text("utf-8")) == ([], kiosk.text)


def test_settings_that_are_saved_meanwhile_stay(kiosk: Kiosk) -> None:
    file = SettingsFile(kiosk.file)
    with pytest.raises(KeyboardInterrupt), file.with_centre("https://new.example"):
        SettingsFile(kiosk.file).save_options({"kiosk.id": "KKN99"})
        raise KeyboardInterrupt
    assert (load(kiosk.file).kiosk.id, kiosk.address) == ("KKN99", OLD)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the group of a file")
def test_interface_and_forwarder_can_read_what_root_writes(kiosk: Kiosk) -> None:
    os.chown(kiosk.file.parent, -1, 1234)  # as /etc/damrongdham-kiosk belongs to the kiosk's group
    SettingsFile(kiosk.file).save_options({"kiosk.id": "KKN99"})
    assert (kiosk.file.stat().st_gid, kiosk.file.stat().st_mode & 0o777) == (1234, 0o640)


def test_the_firewall_is_loaded_only_where_there_is_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    machine, loaded_file = Machine(), tmp_path / "firewall.json"
    load_firewall(machine.run, loaded_file)
    assert machine.ran == []
    loaded_file.touch()
    machine.answers["systemctl"] = ProgramResult(1, errors="Job failed.\n")
    load_firewall(machine.run, loaded_file)
    assert machine.ran == [["systemctl", "--no-ask-password", "restart", "damrongdham-kiosk-firewall.service"]]
    assert "Job failed." in caplog.text
