"""A small version of `./run torture` in every test run: a few kills, power cuts and cut connections."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture import duplicate_delivery, network_failures
from tests.torture.faulty_disk import compile_library, run_on_disk
from tests.torture.headless_kiosk import CANARY
from tests.torture.leak_search import encoded_forms, find_secrets
from tests.torture.recording_centre import centre_process


@pytest.fixture
def quiet_logging() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_kills_at_disk_calls_break_no_promise(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    arguments = (str(tmp_path / "disk"), "60", "0", "1")
    assert run_on_disk(compile_library(tmp_path), tmp_path / "disk", "tests.torture.kill_at_disk_call", *arguments) == 0


def test_power_cuts_that_lose_unsynced_writes_break_no_promise(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    assert (
        run_on_disk(
            compile_library(tmp_path), tmp_path / "disk", "tests.torture.power_cut", str(tmp_path / "disk"), "80"
        )
        == 0
    )


@pytest.mark.usefixtures("quiet_logging")
def test_network_failures_break_no_promise(tmp_path: Path) -> None:
    network_test = network_failures.NetworkTest(tmp_path)
    with centre_process() as centre:
        network_failures.cut_connections(network_test, centre, 3)
        network_failures.replay_requests(network_test, centre)
        network_failures.deliver_to_failing_centre(network_test, centre)
    assert network_test.wrong == []
    assert network_test.cases > 30


def test_two_forwarders_on_one_outbox_make_no_second_case(tmp_path: Path) -> None:
    with centre_process() as centre:
        assert duplicate_delivery.run_two_forwarders(tmp_path, centre, 8) == []


@pytest.mark.parametrize("lead", ["", "a", "ab", "ผ"])
def test_the_canary_is_found_in_every_encoding(lead: str) -> None:
    for form in encoded_forms(CANARY):
        assert find_secrets(lead.encode() + form + b"z", [CANARY]) == [CANARY]
    assert find_secrets("เรื่องอื่น".encode(), [CANARY]) == []
