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


def _kiosk(scene: KioskAndCentre, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*KIOSK, *words], env=scene.environment, capture_output=True, text=True, check=False)


def test_a_stolen_kiosk_opens_nothing_tells_nothing_and_loses_nothing(tmp_path: Path) -> None:
    scene = KioskAndCentre(tmp_path)
    printed_receipts: list[PrintedReceipt] = []
    try:
        scene.open()
        kiosk = HeadlessKiosk(scene.state, scene.runtime, printed_receipts.append)
        for turn in range(2):
            kiosk.visit(f"stolen-{turn}", turn)
        kiosk.close()
        stolen = Enrolment.load(scene.state)
        assert stolen is not None
        DeskClient(scene.url, "officer", PASSWORD, "khonkaen").revoke_enrolment(str(stolen.enrolment_id))
        done = _kiosk(scene, "forward", "--once")
        assert (done.returncode, "does not admit this kiosk" in done.stderr) == (1, True)
        status = _kiosk(scene, "outbox", "status", "--json")
        assert "403" in json.loads(status.stdout)["trouble"]
        assert find_leaks(scene.state, *(printed_receipt.code for printed_receipt in printed_receipts)) == []
        # The replacement: same id, a disk of its own.
        found = tmp_path / "found-again"
        shutil.move(scene.state, found)
        scene.state.mkdir()
        assert scene.enrol() == "B"
        shutil.rmtree(scene.state)
        shutil.move(found, scene.state)
        # The stolen one again: carried by hand.
        stick = tmp_path / "stick"
        assert _kiosk(scene, "outbox", "export", str(stick)).returncode == 0
        assert scene.installation.ok("import", str(stick)).count("taken in") == 2
        assert "2 deleted here" in _kiosk(scene, "outbox", "import", str(stick)).stderr
        assert json.loads(_kiosk(scene, "outbox", "status", "--json").stdout)["waiting"] == 0
    finally:
        for process in scene.running.values():
            process.kill()
            process.wait()
