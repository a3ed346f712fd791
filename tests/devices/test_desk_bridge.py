"""`kiosk desk-bridge` as a program: a card in a real pcscd, a slip on the printer."""

import http.client
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulators.card_profiles import PROFILES
from simulators.simulated_devices import SimulatedDevices
from tests.devices.test_card_command import KIOSK, environment, wait_until_seen
from tests.unit.desk_bridge.test_bridge import ORIGIN

pytestmark = pytest.mark.usefixtures("empty_card_slots")


def test_a_card_is_read_for_the_paired_desk_only(simulated_devices: SimulatedDevices, tmp_path: Path) -> None:
    name = next(iter(PROFILES))
    wait_until_seen(simulated_devices, name)
    command = [str(KIOSK), "desk-bridge", "--desk", ORIGIN, "--port", "0", "--pairings", str(tmp_path / "p" / "p.json")]
    with subprocess.Popen(
        command, env=environment(tmp_path, photo=False), stderr=subprocess.PIPE, text=True, bufsize=1
    ) as program:
        try:
            assert program.stderr is not None
            output = program.stderr.readline() + program.stderr.readline()
            address, code = re.findall(r"127\.0\.0\.1:\d+", output)[0], output.rstrip()[-9:]

            def send(path: str, message: object, token: str = "") -> tuple[int, dict[str, str]]:
                connection = http.client.HTTPConnection(address, timeout=20)
                headers = {"Origin": ORIGIN, "Authorization": f"Bearer {token}"}
                connection.request("POST", path, json.dumps(message), headers)
                response = connection.getresponse()
                return response.status, json.loads(response.read())

            assert send("/card", {})[0] == 401
            token = send("/pair", {"code": code})[1]["token"]
            status, card = send("/card", {}, token)
            assert (status, card["citizen_id"]) == (200, PROFILES[name].citizen_id)
        finally:
            program.terminate()
    assert program.returncode == 0, sys.argv
