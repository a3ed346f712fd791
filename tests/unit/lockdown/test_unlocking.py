"""`kiosk unlock`: a permit of the own centre opens the lock, from a file or from a stick that stays locked."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk_app import permit_stick, unlocking
from kiosk_app.cli import main
from kiosk_app.commands import unlock
from kiosk_app.permit_stick import StickError, read_permit_from_disk
from protocol import keys, setup_stick
from protocol.encoding import to_base64
from protocol.unlock_permit import FILE_NAME, MAX_BYTES, PermitError, UnlockStatement, sign_permit
from tests.outbox_samples import CENTRE_KEYS, enrolment

NOW = datetime.now(UTC)
PARTITION_OFFSET = 1 << 20
ROOT = Path(__file__).parents[3]
needs_mtools = pytest.mark.skipif(not shutil.which("mformat"), reason="mtools is not installed")


def make_permit(serial: int = 5, **changed: object) -> bytes:
    statement = UnlockStatement(
        kiosks=(enrolment().kiosk_id,), serial=serial, issued=NOW, expires=NOW + timedelta(days=1), minutes=20
    )
    return sign_permit(statement.model_copy(update=changed), CENTRE_KEYS.receipts).to_bytes()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state" / "delivery").mkdir(parents=True)
    enrolment().save(tmp_path / "state")
    return tmp_path / "state"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The commands that would be run; the lock's directory is temporary."""
    commands: list[list[str]] = []
    monkeypatch.setattr("kiosk_app.unlocking.subprocess.run", lambda command, **_: commands.append(command))
    monkeypatch.setattr(unlocking.open_lock, "__defaults__", (tmp_path,))
    return commands


@pytest.fixture
def run_command(state: Path, tmp_path: Path) -> Callable[..., int]:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'[paths]\nstate = "{state}"\n', encoding="utf-8")
    return lambda *arguments: main(["unlock", "--settings", str(settings), *map(str, arguments)])


def test_a_permit_opens_the_lock_for_its_time(
    state: Path, started: list[list[str]], run_command: Callable[..., int], tmp_path: Path
) -> None:
    file = tmp_path / "permit"
    file.write_bytes(make_permit())
    assert run_command("--check", file) == 0
    assert started == []
    assert run_command(file) == 0
    assert started == [["systemctl", "--no-block", "restart", "damrongdham-kiosk-unlocked.service"]]
    assert (tmp_path / "unlock-minutes").read_text() == "20"
    assert unlocking.read_last_serial(state) == 5


def test_a_newer_permit_ends_an_older_one(state: Path, started: list[list[str]], tmp_path: Path) -> None:
    for serial in (5, 5, 7):  # a technician comes back with the same stick
        unlocking.open_lock(unlocking.read_permit(make_permit(serial), state), state, tmp_path)
    with pytest.raises(PermitError, match="newer permit"):
        unlocking.read_permit(make_permit(6), state)
    assert len(started) == 3


def test_a_permit_signed_with_a_replaced_key_is_refused(state: Path) -> None:
    former = enrolment().receipt_key
    new_key = to_base64(keys.public_key_bytes(keys.new_signing_key()))
    enrolment().model_copy(update={"receipt_key": new_key, "former_receipt_keys": (former,)}).save(state)
    with pytest.raises(PermitError, match="not signed"):
        unlocking.read_permit(make_permit(), state)


def test_a_refused_permit_opens_nothing(
    started: list[list[str]],
    run_command: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "permit"
    for content, sentence in (
        (make_permit(kiosks=("ABC01",)), "for other kiosks"),
        (b"{}", "no permit"),
    ):
        file.write_bytes(content)
        assert run_command(file) == 1
        assert sentence in capsys.readouterr().err
    assert run_command(tmp_path / "none") == 1
    assert started == []


def test_a_kiosk_that_is_not_enrolled_opens_for_nobody(tmp_path: Path) -> None:
    with pytest.raises(PermitError, match="not enrolled"):
        unlocking.read_permit(make_permit(), tmp_path)


# --- sticks -----------------------------------------------------------------------------------------------------------


def make_disk(file: Path, content: bytes | None, offset: int = 0, name: str = FILE_NAME) -> Path:
    """A stick's image with a FAT file system."""
    file.write_bytes(bytes(offset + (2 << 20)))
    image = f"{file}@@{offset}"
    subprocess.run(["mformat", "-i", image, "-T", "4096", "::"], check=True, timeout=20)
    if content is not None:
        source = file.with_suffix(".source")
        source.write_bytes(content)
        subprocess.run(["mcopy", "-i", image, source, f"::{name}"], check=True, timeout=20)
    return file


@needs_mtools
@pytest.mark.parametrize("offset", [0, PARTITION_OFFSET])
def test_a_permit_is_read_from_a_stick_with_and_without_partitions(tmp_path: Path, offset: int) -> None:
    disk = make_disk(tmp_path / "disk", make_permit(), offset)
    assert read_permit_from_disk(disk, [offset]) == make_permit()


@needs_mtools
def test_a_stick_without_permit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"\xff" * 4096)
    for disk in (make_disk(tmp_path / "disk", b"x", name="other.txt"), tmp_path / "noise", tmp_path / "none"):
        with pytest.raises(StickError, match="no damrongdham-unlock"):
            read_permit_from_disk(disk, [0])


@needs_mtools
def test_a_permit_without_end_is_cut_off(tmp_path: Path) -> None:
    disk = make_disk(tmp_path / "disk", bytes(500_000))
    assert len(read_permit_from_disk(disk, [0])) == MAX_BYTES + 1


def make_usb_device(tmp_path: Path, interfaces: int = 1) -> Path:
    device = tmp_path / "1-2"
    for number in range(interfaces):
        (device / f"1-2:1.{number}").mkdir(parents=True)
        (device / f"1-2:1.{number}" / "authorized").write_text("0")
    return device / "1-2:1.0"


def test_the_stick_is_locked_again_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interface, probe = make_usb_device(tmp_path), tmp_path / "drivers_probe"
    probe.touch()
    monkeypatch.setattr(permit_stick.authorised.__wrapped__, "__defaults__", (probe,))  # type: ignore[attr-defined]
    monkeypatch.setattr(permit_stick, "DISK_TIMEOUT_S", 0.5)
    seen: list[str] = []
    watcher = threading.Timer(0.2, lambda: seen.append((interface / "authorized").read_text()))
    watcher.start()
    with pytest.raises(StickError, match="does not answer"):
        permit_stick.read_from_stick(interface)
    watcher.join()
    assert seen == ["1"], "it is authorised while it is read"
    assert (interface / "authorized").read_text() == "0"
    assert probe.read_text() == "1-2:1.0"


def test_a_stick_that_is_slow_is_locked_while_it_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick with many slow partitions must not outlast the unit, whose end by a signal would leave it open."""
    interface, probe = make_usb_device(tmp_path), tmp_path / "drivers_probe"
    monkeypatch.setattr(permit_stick, "AUTHORISED_S", 0.1)
    with permit_stick.authorised(interface, probe):
        until = time.monotonic() + 5
        while (interface / "authorized").read_text() != "0":
            assert time.monotonic() < until
            time.sleep(0.02)
    unit = (ROOT / "systemd/damrongdham-kiosk-permit-stick@.service").read_text("utf-8").splitlines()
    assert "TimeoutStartSec=60" in unit, "longer than AUTHORISED_S"


def test_a_stick_that_is_not_locked_stays_so_and_is_read_for_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the disk that this machine runs from."""
    interface = make_usb_device(tmp_path)
    (interface / "authorized").write_text("1")
    disk = interface / "host0/target0/0/block/sdx"
    disk.mkdir(parents=True)
    monkeypatch.setattr(permit_stick, "_wait_for_disk", lambda _: disk)
    monkeypatch.setattr(permit_stick, "read_permit_from_disk", lambda *_: pytest.fail("no permit is needed"))
    monkeypatch.setattr(permit_stick, "read_setup_from_disk", lambda *_: b"settings")
    assert permit_stick.read_from_stick(interface) == (setup_stick.FILE_NAME, b"settings")
    assert (interface / "authorized").read_text() == "1"


def test_in_service_a_stick_that_is_not_locked_is_not_read(
    tmp_path: Path, state: Path, run_command: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    interface = make_usb_device(tmp_path)
    (interface / "authorized").write_text("1")
    monkeypatch.setattr(unlock, "read_from_stick", lambda _: (setup_stick.FILE_NAME, b"settings"))
    stored: list[bytes] = []
    monkeypatch.setattr(unlock, "keep_stick", stored.append)
    assert run_command("--stick", interface) == 0
    assert stored == []
    (state / "enrolment.json").unlink()
    assert run_command("--stick", interface) == 0
    assert stored == [b"settings"], "before the enrolment"


def test_a_device_that_is_more_than_a_stick_is_not_authorised(tmp_path: Path) -> None:
    interface = make_usb_device(tmp_path, interfaces=2)
    with pytest.raises(StickError, match="more than a stick"):
        permit_stick.read_from_stick(interface)
    assert (interface / "authorized").read_text() == "0"


def test_the_first_partition_is_where_the_kernel_says(tmp_path: Path) -> None:
    (tmp_path / "sda" / "sda1").mkdir(parents=True)
    assert permit_stick._partition_offsets(tmp_path / "sda") == [0]
    (tmp_path / "sda" / "sda1" / "start").write_text("2048\n")
    assert permit_stick._partition_offsets(tmp_path / "sda") == [PARTITION_OFFSET]
