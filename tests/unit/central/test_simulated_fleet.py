"""The simulated fleet: with every failure in transit, each visit reaches the right centre exactly once."""

import subprocess
import sys
from pathlib import Path

import pytest
from uuid6 import uuid7

from simulators.fleet.delivery_scripts import DELIVERY_SCRIPTS, Destination
from simulators.fleet.registration import find_discrepancies
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.served_installation import Installation

SEED_WITH_EVERY_SCRIPT = "194"  # with this seed every delivery script is used by these kiosks


def run_fleet(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulators.fleet", *arguments],
        check=False,
        env=installation.environment,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parents[3],
    )


def test_a_fleet_delivers_through_every_failure(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data")
    installation.migrate()
    result = run_fleet(installation, "--kiosks", "30", "--visits", "2", "--seed", SEED_WITH_EVERY_SCRIPT)
    output = result.stdout + result.stderr
    assert result.returncode == 0, output
    assert "58  visits" in output, "one kiosk of thirty is revoked"
    assert [script.name for script in DELIVERY_SCRIPTS if script.name not in output] == []
    assert "Every visit is at the centre once" in output


def test_a_lost_or_changed_visit_is_detected(kiosk: KioskClient) -> None:
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
def test_the_simulation_refuses_a_real_centre(tmp_path: Path, arguments: list[str], url: str) -> None:
    installation = Installation(tmp_path / "data")
    installation.environment["CENTRAL_URL"] = url
    result = run_fleet(installation, *arguments)
    assert (result.returncode, result.stderr.count("\n"), "Traceback" in result.stderr) == (2, 1, False)
    assert "migrate" not in result.stderr, "refused because of the arguments"
