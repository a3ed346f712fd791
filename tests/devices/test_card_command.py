"""`kiosk card` and `kiosk doctor` as a technician uses them over SSH, on the real pcscd."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.card_reader import CardReaderStatus
from kiosk_app.outbox.device_successes import read_last_successes
from simulators.card_profiles import PROFILES, CardProfile
from simulators.id_card import MAX_PHOTO_BYTES, render_portrait
from simulators.simulated_devices import SimulatedDevices
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("empty_card_slots")
KIOSK = Path(sys.executable).with_name("kiosk")
Command = Callable[..., subprocess.CompletedProcess[str]]


def environment(place: Path, photo: bool) -> dict[str, str]:
    (place / "state").mkdir(exist_ok=True)
    (place / "kiosk.toml").write_text(
        f"[card_reader]\nphoto = {str(photo).lower()}\n[scanner]\nenabled = false\n"
        f'[paths]\nstate = "{place / "state"}"\nruntime = "{place / "runtime"}"\n',
        encoding="utf-8",
    )
    return {**os.environ, "DAMRONGDHAM_KIOSK_SETTINGS": str(place / "kiosk.toml")}


@pytest.fixture
def kiosk(simulated_devices: SimulatedDevices, tmp_path: Path) -> Command:
    def run(*words: str, photo: bool = False) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            [KIOSK, *words],
            env=environment(tmp_path, photo),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in result.stderr
        return result

    return run


def wait_until_seen(simulated_devices: SimulatedDevices, card: str | CardProfile) -> None:
    simulated_devices.insert_card(card)
    wait_until(lambda: PcscCardReader().status() is not CardReaderStatus.EMPTY)


def test_a_card_that_was_read_is_the_readers_last_success(
    simulated_devices: SimulatedDevices, kiosk: Command, tmp_path: Path
) -> None:
    wait_until_seen(simulated_devices, "boonma")
    assert kiosk("card").returncode == 0
    assert (datetime.now(UTC) - read_last_successes(tmp_path / "state")["card_reader"]).total_seconds() < 120
    output = kiosk("doctor", "--language", "en").stdout
    assert (
        "Card reader: Simulated reader 00 00, Simulated reader 00 01 · Ready, a card is in it · last worked " in output
    )
    assert "Printer: Not set up → " in output
    both = kiosk("doctor").stdout
    assert "เครื่องอ่านบัตร: " in both
    assert "Card reader: " in both
    facts = json.loads(kiosk("doctor", "--json").stdout)
    assert facts["devices"] == {"card_reader": "card_present"}
    by_name = {row["device"]: row for row in facts["equipment"]}
    assert by_name["card_reader"]["action"] == {"th": "ไม่ต้องทำอะไร", "en": "Nothing to do"}
    assert by_name["printer"]["status"] == "not_set_up"


def test_the_doctor_shows_each_device_in_one_row(simulated_devices: SimulatedDevices, tmp_path: Path) -> None:
    """The doctor shows the last read, scan and print, and the name that each device reports."""
    (tmp_path / "state").mkdir()
    paths = f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "runtime"}"\n'
    (tmp_path / "kiosk.toml").write_text(simulated_devices.settings + paths, encoding="utf-8")
    surroundings = {**os.environ, "DAMRONGDHAM_KIOSK_SETTINGS": str(tmp_path / "kiosk.toml")}
    simulated_devices.load_scanner([Image.new("L", (300, 400), 255)])
    wait_until_seen(simulated_devices, "boonma")
    for words in (["card"], ["scan", str(tmp_path / "page.png")], ["print-test"]):
        subprocess.run([KIOSK, *words], env=surroundings, check=True, capture_output=True, timeout=60)
    result = subprocess.run(
        [KIOSK, "doctor", "--json"], env=surroundings, check=False, capture_output=True, text=True, timeout=60
    )
    rows = json.loads(result.stdout)["equipment"]
    assert [row["device"] for row in rows] == ["card_reader", "printer", "scanner"]
    assert all(row["last_success"] and row["model"] and row["action"]["th"] for row in rows), rows


def test_the_photo_needs_the_setting(simulated_devices: SimulatedDevices, kiosk: Command, tmp_path: Path) -> None:
    wait_until_seen(simulated_devices, "boonma")
    out = tmp_path / "face.jpg"
    refused = kiosk("card", "--photo", str(out))
    assert (refused.returncode, out.exists()) == (2, False)
    assert "card_reader.photo" in refused.stderr
    result = kiosk("card", "--photo", str(out), photo=True)
    assert (result.returncode, out.read_bytes()) == (0, render_portrait(MAX_PHOTO_BYTES))
    assert result.stdout.startswith("citizen_id: •")  # the identity is read first
    nowhere = kiosk("card", "--photo", str(tmp_path / "none" / "face.jpg"), photo=True)
    assert (nowhere.returncode, nowhere.stdout) == (2, "")


def test_a_missing_photo_is_reported(simulated_devices: SimulatedDevices, kiosk: Command, tmp_path: Path) -> None:
    wait_until_seen(simulated_devices, "bangkok")
    result = kiosk("card", "--photo", str(tmp_path / "face.jpg"), photo=True)
    assert (result.returncode, result.stderr.strip()) == (1, "kiosk card: this card has no photo")


@pytest.mark.parametrize(
    ("card", "sentence"),
    [("foreign-card", "This is not a Thai ID card"), ("upside-down", "(card_mute). Take it out"), ("", "no card")],
)
def test_each_card_fault_is_one_clear_sentence(
    simulated_devices: SimulatedDevices, kiosk: Command, card: str, sentence: str
) -> None:
    if card:
        wait_until_seen(simulated_devices, card)
    result = kiosk("card")
    assert (result.returncode, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)
    assert sentence in result.stderr


def test_a_missing_pcscd_gives_advice(simulated_devices: SimulatedDevices, kiosk: Command) -> None:
    assert simulated_devices.pcscd
    simulated_devices.pcscd.stop()
    try:
        result = kiosk("card")
        assert result.returncode == 1
        assert "(no_service). systemctl restart pcscd.socket." in result.stderr
    finally:
        simulated_devices.pcscd.start()


@pytest.fixture
def watch_command(simulated_devices: SimulatedDevices, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [KIOSK, "card", "--watch", "--json"], env=environment(tmp_path, False), stdout=subprocess.PIPE, text=True
    ) as command:
        yield command
        command.kill()


def test_a_watch_over_ssh_prints_each_change_and_reads_no_card(
    simulated_devices: SimulatedDevices, watch_command: subprocess.Popen[str]
) -> None:
    assert watch_command.stdout
    first = json.loads(watch_command.stdout.readline())
    assert (first["status"], first["readers"]) == ("empty", ["Simulated reader 00 00", "Simulated reader 00 01"])
    inserted = simulated_devices.insert_card("boonma")
    assert json.loads(watch_command.stdout.readline())["status"] == "card_present"
    simulated_devices.remove_card()
    assert json.loads(watch_command.stdout.readline())["status"] == "empty"
    simulated_devices.insert_card("upside-down")
    assert json.loads(watch_command.stdout.readline())["status"] == "card_mute"
    assert inserted.apdu_count == 0
    watch_command.send_signal(signal.SIGINT)
    assert watch_command.wait(20) == 128 + signal.SIGINT


def test_a_watch_ends_when_its_output_is_closed(
    simulated_devices: SimulatedDevices, watch_command: subprocess.Popen[str]
) -> None:
    assert watch_command.stdout
    watch_command.stdout.readline()
    watch_command.stdout.close()
    simulated_devices.insert_card("boonma")
    assert watch_command.wait(20) == 128 + signal.SIGPIPE


def test_an_odd_card_over_ssh_shows_only_masked_numbers(simulated_devices: SimulatedDevices, kiosk: Command) -> None:
    wait_until_seen(simulated_devices, replace(PROFILES["boonma"], name_th="นาง", birth_date="", address=""))
    result = kiosk("card", "--json")
    assert json.loads(result.stdout)["name"] == "นาง"
