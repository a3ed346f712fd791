"""The stolen-kiosk drill of docs/stolen-kiosk.md, with the real centre and the real commands."""

import json
import shutil
import subprocess
from pathlib import Path

from kiosk_app.outbox import Enrolment
from simulators.desk_client import DeskClient
from tests.torture.headless_kiosk import HeadlessKiosk, PrintedReceipt
from tests.torture.leak_search import find_leaks
from tests.torture.process_kills import KIOSK, PASSWORD, KioskAndCentre


def _kiosk(site: KioskAndCentre, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*KIOSK, *arguments], env=site.environment, capture_output=True, text=True, check=False)


def test_a_stolen_kiosk_reveals_nothing_and_loses_nothing(tmp_path: Path) -> None:
    site = KioskAndCentre(tmp_path)
    printed_receipts: list[PrintedReceipt] = []
    try:
        site.start_up()
        kiosk = HeadlessKiosk(site.state, site.runtime, printed_receipts.append)
        for turn in range(2):
            kiosk.visit(f"stolen-{turn}", turn)
        kiosk.close()
        stolen = Enrolment.load(site.state)
        assert stolen is not None
        DeskClient(site.url, "officer", PASSWORD, "khonkaen").revoke_enrolment(str(stolen.enrolment_id))
        result = _kiosk(site, "forward", "--once")
        assert (result.returncode, "does not admit this kiosk" in result.stderr) == (1, True)
        status = _kiosk(site, "outbox", "status", "--json")
        assert "403" in json.loads(status.stdout)["trouble"]
        assert find_leaks(site.state, *(receipt.code for receipt in printed_receipts)) == []
        # A replacement kiosk with the same id and an empty disk.
        stolen_state = tmp_path / "stolen-state"
        shutil.move(site.state, stolen_state)
        site.state.mkdir()
        assert site.enrol() == "B"
        shutil.rmtree(site.state)
        shutil.move(stolen_state, site.state)
        # The stolen kiosk is found again: its rows are imported by hand.
        stick = tmp_path / "stick"
        assert _kiosk(site, "outbox", "export", str(stick)).returncode == 0
        assert site.installation.run_checked("import", str(stick)).count(": imported") == 2
        assert "2 deleted here" in _kiosk(site, "outbox", "import", str(stick)).stderr
        assert json.loads(_kiosk(site, "outbox", "status", "--json").stdout)["waiting"] == 0
    finally:
        site.end_all()
