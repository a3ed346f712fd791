"""With mistakes in the installed kiosk.toml the kiosk stays reachable: it delivers, reports, and obeys its centre."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from kiosk_app.cli import main
from kiosk_app.commands import forward
from kiosk_app.outbox import Outbox
from kiosk_app.settings import SETTINGS_VARIABLE
from protocol import keys
from tests.fake_centre import FakeCentre
from tests.outbox_samples import KIOSK_SIGNING_KEY, enrolment, save_submission

LOADING = import_module("kiosk_app.settings.load")  # the package has a function of this name


@pytest.fixture
def centre() -> Iterator[FakeCentre]:
    with FakeCentre() as serving:
        yield serving


@pytest.fixture
def state(tmp_path: Path, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state directory of an enrolled kiosk, whose kiosk.toml has a mistake."""
    state = tmp_path / "state"
    for name in ("delivery", "interface", "outbox"):
        (state / name).mkdir(parents=True)
    enrolment(centre.url).save(state)
    keys.save_private_key(KIOSK_SIGNING_KEY, state / "kiosk-signing.key")
    file = tmp_path / "kiosk.toml"
    file.write_text(f'[kiosk]\nidle_seconds = 2\n[centre]\nurl = "x"\n[paths]\nstate = "{state}"\n', encoding="utf-8")
    monkeypatch.delenv(SETTINGS_VARIABLE, raising=False)
    monkeypatch.setattr(LOADING, "SYSTEM_FILE", file)
    monkeypatch.setattr(forward, "protect_memory", lambda: None)  # it cannot be undone in this process
    return state


def test_complaints_are_delivered_and_the_centre_learns_of_it(state: Path, centre: FakeCentre) -> None:
    with Outbox.open(state / "outbox", enrolment(centre.url)) as outbox:
        save_submission(outbox)
    assert main(["forward", "--once"]) == 0
    assert len(centre.deliveries) == 1
    assert centre.heartbeats[-1].findings == ("K-15",)


def test_delivery_goes_to_the_centre_that_has_approved_the_kiosk(state: Path, centre: FakeCentre) -> None:
    LOADING.SYSTEM_FILE.write_text(
        f'[centre]\nurl = "https://asked.example"\n[paths]\nstate = "{state}"\n', encoding="utf-8"
    )
    with Outbox.open(state / "outbox", enrolment(centre.url)) as outbox:
        save_submission(outbox)
    assert main(["forward", "--once"]) == 0
    assert (len(centre.deliveries), centre.heartbeats[-1].findings) == (1, ())


def test_commands_updates_and_permits_work(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["remote-commands"]) == 0
    assert main(["requested-release"]) == 0
    assert capsys.readouterr().out.strip() == "{}"
    (tmp_path / "permit").write_text("{}", encoding="utf-8")
    assert main(["unlock", "--check", str(tmp_path / "permit")]) == 1
    assert "no permit" in capsys.readouterr().err, "the permit is read and judged"
    monkeypatch.setitem(os.environ, SETTINGS_VARIABLE, str(LOADING.SYSTEM_FILE))
    assert main(["remote-commands"]) == 2, "a file that a person has named must be correct"
