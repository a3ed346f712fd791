"""Many kiosks that are not there: every mishap of the way, and each visit at the centre once and as it must."""

from pathlib import Path

import pytest
from uuid6 import uuid7

from central.simulation.fault_injection import SCENARIOS, Destination
from central.simulation.fleet import find_discrepancies
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.served_installation import Installation

SEED_WITH_EVERY_SCENARIO = "194"  # the seed with which every mishap happens to these kiosks


def test_a_fleet_delivers_through_every_mishap(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data")
    installation.run_checked("migrate")
    said = installation.run_checked(
        "simulate-fleet", "--kiosks", "30", "--visits", "2", "--seed", SEED_WITH_EVERY_SCENARIO
    )
    assert "58  visits" in said, "one kiosk of thirty is revoked"
    assert [mishap.name for mishap in SCENARIOS if mishap.name not in said] == []
    assert "Every visit is here once" in said


def test_a_visit_that_is_lost_or_changed_is_noticed(kiosk: KioskClient) -> None:
    submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    assert find_discrepancies({submission.submission_id: Destination.CASE}) == []
    assert find_discrepancies({uuid7(): Destination.CASE}) == ["1 visits are missing"]
    assert find_discrepancies({submission.submission_id: Destination.NOTHING}) == ["1 visits are too many"]
    quarantined = find_discrepancies({submission.submission_id: Destination.QUARANTINE})
    assert quarantined == ["1 visits are missing", "1 visits are too many"]


@pytest.mark.parametrize(
    ("arguments", "url"),
    [(["--kiosks", "0"], ""), (["--url", "http://192.0.2.1"], ""), ([], "https://track.example")],
)
def test_nothing_is_simulated_where_it_must_not(tmp_path: Path, arguments: list[str], url: str) -> None:
    installation = Installation(tmp_path / "data")
    installation.environment["CENTRAL_URL"] = url
    result = installation.run("simulate-fleet", *arguments)
    assert (result.returncode, result.stderr.count("\n"), "Traceback" in result.stderr) == (2, 1, False)
    assert "migrate" not in result.stderr, "refused for what was asked"
