"""Enrolment, outbox and forwarder of a real kiosk with a served centre."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk_app.forwarder import Forwarder
from kiosk_app.forwarder.enrol import EnrolmentOptions, enrol
from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from protocol import keys
from tests.outbox_samples import save_submission
from tests.unit.central.served_installation import Installation, serve_installation

PAGE = b"\xff\xd8\xff\xe0" + b"a picture of a letter" * 20_000  # several chunks on a slow network


@pytest.fixture(autouse=True)
def installation() -> None:
    """No installation in this process: the service runs in its own."""


@pytest.fixture
def served_installation(tmp_path: Path) -> Iterator[tuple[Installation, str]]:
    with serve_installation(Installation(tmp_path / "centre")) as url:
        yield Installation(tmp_path / "centre"), url


def deliver(state: Path, url: str, visits: int) -> Enrolment:
    """Save this many submissions, and deliver all rows with a new forwarder."""
    enrolment = Enrolment.load(state)
    assert enrolment is not None
    with Outbox.open(outbox_directory(state), enrolment) as outbox:
        for number in range(visits):
            save_submission(outbox, (PAGE,) * (number % 2))
        key = keys.load_signing_key(signing_key_file(state))
        report = Forwarder(outbox, enrolment, key, url, state_dir=state, version="1").deliver_once()
        assert (report.pending, report.error, report.delivered) == (0, "", visits)
    return enrolment


def test_the_centres_keys_are_changed_and_nothing_is_lost(
    served_installation: tuple[Installation, str], tmp_path: Path
) -> None:
    centre, url = served_installation
    state = tmp_path / "kiosk"
    state.mkdir()

    def officer(code: str) -> None:
        centre.run_checked("approve", code, "--as", "somsri")

    first = enrol(url, "KKN07", "ศาลากลาง", state, officer, options=EnrolmentOptions(poll_s=0.1))
    deliver(state, url, 2)
    for kind in ("sealing", "receipt"):
        centre.run_checked("keys", "rotate", kind)
    deliver(state, url, 2)  # the heartbeat response announces the new keys
    third = deliver(state, url, 2)
    assert set(third.centre_keys).isdisjoint(first.centre_keys)
    listed = centre.run_checked("keys", "list")
    assert listed.count("\t1 kiosks") == 2 and listed.count("current") == 2
    assert centre.run_checked("quarantine", "list") == "Nothing is in quarantine.\n"
