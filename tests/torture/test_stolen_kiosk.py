"""The stolen-kiosk drill of docs/stolen-kiosk.md, with the real centre and the real commands."""

import json
import shutil
import subprocess
from pathlib import Path

from kiosk_app.outbox import Enrolment
from simulators.desk_client import Officer
from tests.torture.headless_kiosk import Hall, Paper
from tests.torture.leak_search import readable
from tests.torture.process_kills import KIOSK, PASSWORD, Scene


def _kiosk(scene: Scene, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*KIOSK, *words], env=scene.environment, capture_output=True, text=True, check=False)


def test_a_stolen_kiosk_opens_nothing_tells_nothing_and_loses_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    papers: list[Paper] = []
    try:
        scene.open()
        hall = Hall(scene.state, scene.runtime, papers.append)
        for turn in range(2):
            hall.visit(f"stolen-{turn}", turn)
        hall.close()
        stolen = Enrolment.load(scene.state)
        assert stolen is not None
        Officer(scene.url, "officer", PASSWORD, "khonkaen").revoke(str(stolen.enrolment_id))
        done = _kiosk(scene, "forward", "--once")
        assert (done.returncode, "does not admit this kiosk" in done.stderr) == (1, True)
        status = _kiosk(scene, "outbox", "status", "--json")
        assert "403" in json.loads(status.stdout)["trouble"]
        assert readable(scene.state, *(paper.code for paper in papers)) == []
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
