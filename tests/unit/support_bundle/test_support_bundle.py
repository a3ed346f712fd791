"""The support bundle: sealed, bounded, and without anything personal."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from kiosk_app.cli import main
from kiosk_app.settings import Settings
from kiosk_app.settings.sections import KioskSettings, PathSettings
from kiosk_app.support_bundle.collect import CollectedFile, collect_files
from kiosk_app.support_bundle.make_bundle import MAX_SENT_BYTES, make_bundle, pack
from kiosk_app.support_bundle.mask import mask_personal
from protocol import keys
from protocol.support_bundle import MAX_BUNDLE_BYTES, SupportBundleError, open_bundle, read_origin
from tests.outbox_samples import CENTRE_KEYS, enrolment

CITIZEN_ID, TELEPHONE, PIN_HASH = "9107542389012", "0812345678", "scrypt$" + "a" * 32 + "$" + "b" * 64
STORY = "ไฟฟ้าดับทั้งหมู่บ้านตั้งแต่วันจันทร์ " * 3
NOW = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)


def settings_in(directory: Path) -> Settings:
    return Settings(
        kiosk=KioskSettings(id="KKN07", technician_pin_hash=PIN_HASH),
        paths=PathSettings(state=directory, runtime=directory / "run"),
    )


@pytest.fixture
def system_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs of Debian that print canaries, in PATH before the real ones."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("journalctl", "systemctl", "timedatectl", "ip", "df", "dpkg-query"):
        program = programs / name
        program.write_text(
            f"#!/bin/sh\necho '{name}: id {CITIZEN_ID} or 9 1075 42389 01 2, call 081-234-5678 or {TELEPHONE}, "
            f"mail somchai.example@example.com, {STORY} started at 2026-11-30T09:15:00.123456'\n",
            encoding="utf-8",
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return programs


def unpacked(archive: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {entry.name: tar.extractfile(entry).read().decode() for entry in tar}  # type: ignore[union-attr]


def test_a_bundle_opens_at_its_centre_only_and_has_nothing_personal(tmp_path: Path, system_programs: Path) -> None:
    content = make_bundle(settings_in(tmp_path), enrolment())
    origin = read_origin(content)
    assert origin.kiosk_id == "KKN07"
    assert origin.sealing_key == keys.fingerprint(keys.public_key_bytes(CENTRE_KEYS.sealing))
    assert len(content) < MAX_BUNDLE_BYTES
    files = unpacked(open_bundle(content, CENTRE_KEYS.sealing))
    assert {"doctor.json", "settings.toml", "journal.txt", "kernel.txt", "debian-packages.txt"} <= set(files)
    doctor = json.loads(files["doctor.json"])
    assert doctor["checks"], "the report of `kiosk doctor` is there"
    assert (doctor["devices_from"], doctor["devices"]) == ("nobody", {}), "the interface is down: no device is opened"
    assert "started at 2026-11-30T09:15:00.123456" in files["journal.txt"], "times are not masked"
    everything = "\n".join(files.values())
    for canary in (CITIZEN_ID, "9 1075", TELEPHONE, "081-234-5678", "somchai", STORY.strip(), PIN_HASH[7:39]):
        assert canary not in everything
    with pytest.raises(SupportBundleError, match="does not open"):
        open_bundle(content, keys.new_sealing_key())
    for position in (5, len(content) // 2, len(content) - 1):  # in the readable line, the text, the tag
        changed = content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        with pytest.raises(SupportBundleError):
            open_bundle(changed, CENTRE_KEYS.sealing)


def test_a_bundle_for_a_command_does_not_delay_the_next_heartbeat_for_long(
    tmp_path: Path, system_programs: Path
) -> None:
    (system_programs / "journalctl").write_text("#!/bin/sh\nhead -c 4000000 /dev/urandom | base64\n", encoding="utf-8")
    content = make_bundle(settings_in(tmp_path), enrolment(), max_bytes=MAX_SENT_BYTES)
    assert MAX_SENT_BYTES // 3 < len(content) <= MAX_SENT_BYTES
    assert "journal.txt" in unpacked(open_bundle(content, CENTRE_KEYS.sealing))


def test_a_source_that_fails_leaves_a_sentence_and_the_others(
    tmp_path: Path, system_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (system_programs / "journalctl").unlink()
    monkeypatch.setenv("PATH", str(system_programs))
    files = {file.name: file.content.decode() for file in collect_files(settings_in(tmp_path))}
    assert files["journal.txt"].startswith("not available: ")
    assert "id = " in files["settings.toml"]


def test_the_newest_part_of_an_enormous_log_is_kept() -> None:
    log = CollectedFile("journal.txt", Random(1).randbytes(3_000_000) + b"the end")  # bytes that gzip cannot shorten
    archive = pack([log, CollectedFile("small.txt", b"whole")], NOW, 1_000_000)
    assert len(archive) <= 1_000_000
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        assert tar.extractfile("small.txt").read() == b"whole"  # type: ignore[union-attr]
        assert tar.extractfile("journal.txt").read().endswith(b"the end")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30T09:15:00.123456+07:00 kiosk kiosk[123]: INFO forwarder: KKN07A-000123-41 delivered",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "linux-image-6.1.0-27-amd64 6.1.115-1",
        "inet 192.168.100.23/24 scope global",
        "/dev/nvme0n1p2 1967892164 bytes",
    ],
)
def test_what_an_engineer_needs_is_not_masked(text: str) -> None:
    assert mask_personal(text) == text


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\nrest", b"x" * 5000, b'{"format":"other"}\n'])
def test_a_file_that_is_no_bundle_is_refused(content: bytes) -> None:
    with pytest.raises(SupportBundleError, match="not a support bundle"):
        read_origin(content)


def test_the_command_writes_a_file_that_opens(
    tmp_path: Path, system_programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(f'[kiosk]\nid = "KKN07"\n[paths]\nstate = "{tmp_path}"\nruntime = "{tmp_path}"\n', "utf-8")
    stick = tmp_path / "stick"
    arguments = ["support-bundle", "--settings", str(file), str(stick)]
    assert main(arguments) == 2
    assert "no such directory" in capsys.readouterr().err
    stick.mkdir()
    assert main(arguments) == 1
    assert "not enrolled" in capsys.readouterr().err
    enrolment().save(tmp_path)
    assert main(arguments) == 0
    (written,) = stick.iterdir()
    assert written.name.startswith("KKN07-2")
    assert "settings.toml" in unpacked(open_bundle(written.read_bytes(), CENTRE_KEYS.sealing))
