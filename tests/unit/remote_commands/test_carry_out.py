"""Commands of the centre: signed, carried out once, never during a visit, and reported."""

import fcntl
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from uuid6 import uuid7

from kiosk_app.outbox import Enrolment, clock
from kiosk_app.outbox.known_keys import OldKeysError, check_keys_are_newest
from kiosk_app.outbox.remote_command_files import CommandResults, read_bundle, write_commands
from kiosk_app.outbox.reports import KioskReport
from kiosk_app.remote_commands.carry_out import CommandRunner
from kiosk_app.remote_commands.system_control import SystemControl
from kiosk_app.settings import Settings
from kiosk_app.settings.sections import PathSettings
from protocol import keys, signing
from protocol.choices import ClockQuality
from protocol.encoding import from_base64, to_base64
from protocol.messages import CommandResult, RemoteCommand, RemoteCommands, RemoteCommandStatement
from protocol.remote_command import INTERRUPTED, CommandKind, CommandOutcome, format_header, parse_header
from protocol.support_bundle import open_bundle
from tests.outbox_samples import CENTRE_KEYS, enrolment

NOW = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)


class Kiosk:
    """A kiosk's state directory, and a systemctl that records its calls."""

    def __init__(self, directory: Path) -> None:
        self.state = directory / "state"
        self.runtime = directory / "run"
        self.units = directory / "units"
        self.calls = directory / "calls"
        for folder in (self.state, self.runtime, self.units):
            folder.mkdir()
        self.enrolment = enrolment()
        self.systemctl = directory / "systemctl"
        self.answer("exit 0")

    def answer(self, script: str) -> None:
        self.systemctl.write_text(f'#!/bin/sh\necho "$@" >>{self.calls}\n{script}\n', "utf-8")
        self.systemctl.chmod(0o755)

    def command(self, kind: str, minutes: int = 0, **other: object) -> tuple[UUID, RemoteCommand]:
        statement = RemoteCommandStatement(
            enrolment_id=self.enrolment.enrolment_id,
            command_id=uuid7(),
            kind=kind,
            issued_at=NOW + timedelta(minutes=minutes),
        ).model_copy(update=other)
        return statement.command_id, signing.sign_command(statement, CENTRE_KEYS.receipts)

    def run(self, *commands: RemoteCommand, visit_wait_s: float = 0.0) -> list[str]:
        """Carry out what is new; the calls of systemctl."""
        write_commands(self.state, RemoteCommands(commands=commands))
        settings = Settings(paths=PathSettings(state=self.state, runtime=self.runtime))
        control = SystemControl(str(self.systemctl), self.units)
        CommandRunner(settings, self.enrolment, control, visit_wait_s, self.units).run_new()
        calls = self.calls.read_text("utf-8").splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return calls

    def outcome(self, command_id: UUID) -> CommandOutcome | None:
        result = CommandResults.read(self.state).result_of(command_id)
        return result.outcome if result else None


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    # The commands of these tests have fixed times.
    monkeypatch.setattr(clock, "clock_quality", lambda: ClockQuality.UNTRUSTED)
    return Kiosk(tmp_path)


def test_each_command_is_carried_out_once_in_its_order(kiosk: Kiosk) -> None:
    verbose_id, verbose = kiosk.command(CommandKind.VERBOSE_LOG.value)
    reboot_id, reboot = kiosk.command(CommandKind.REBOOT.value, minutes=1)
    restarts = [
        "--no-block restart damrongdham-kiosk-forwarder.service",
        "--no-block restart damrongdham-kiosk-ui.service",
    ]
    assert kiosk.run(reboot, verbose) == ["daemon-reload", *restarts, "--no-block reboot"]
    assert kiosk.outcome(verbose_id) is kiosk.outcome(reboot_id) is CommandOutcome.DONE
    drop_ins = [path.read_text("utf-8") for path in kiosk.units.rglob("*.conf")]
    assert len(drop_ins) == 2
    assert all("DAMRONGDHAM_KIOSK_LOG=verbose" in text for text in drop_ins)
    assert kiosk.run(reboot, verbose) == [], "a repeated or recorded command has no effect"
    assert kiosk.run(kiosk.command(CommandKind.NORMAL_LOG.value, minutes=2)[1]) == ["daemon-reload", *restarts]
    assert not list(kiosk.units.rglob("*.conf"))


def test_a_kiosk_that_was_enrolled_again_carries_out_commands_of_its_new_centre(kiosk: Kiosk) -> None:
    """The clock of the new centre may be behind that of the one before."""
    kiosk.run(kiosk.command(CommandKind.REBOOT.value)[1])
    kiosk.enrolment = kiosk.enrolment.model_copy(update={"enrolment_id": uuid7()})
    _, earlier = kiosk.command(CommandKind.REBOOT.value, minutes=-5)
    assert kiosk.run(earlier) == ["--no-block reboot"]
    assert kiosk.run(earlier) == []


def test_the_usb_ports_open_only_while_a_technician_is_there(kiosk: Kiosk) -> None:
    unlocked, minutes = "damrongdham-kiosk-unlocked.service", kiosk.units / "unlock-minutes"
    open_ports = CommandKind.OPEN_USB_PORTS.value
    for minute, report in ((0, None), (1, KioskReport(is_technician_present=False))):
        if report is not None:
            report.write(kiosk.state)
        command_id, command = kiosk.command(open_ports, minutes=minute)
        assert kiosk.run(command) == []
        assert kiosk.outcome(command_id) is CommandOutcome.FAILED
    KioskReport(is_technician_present=True).write(kiosk.state)
    command_id, command = kiosk.command(open_ports, minutes=2)
    assert kiosk.run(command) == [f"--no-block restart {unlocked}"]
    assert (kiosk.outcome(command_id), minutes.read_text()) == (CommandOutcome.DONE, "30")
    assert kiosk.run(kiosk.command(CommandKind.CLOSE_USB_PORTS.value, minutes=3)[1]) == [f"stop {unlocked}"]


def forged(kiosk: Kiosk) -> RemoteCommand:
    _, command = kiosk.command(CommandKind.REBOOT.value)
    statement = RemoteCommandStatement(
        enrolment_id=kiosk.enrolment.enrolment_id, command_id=uuid7(), kind="reboot", issued_at=NOW
    )
    return signing.sign_command(statement, keys.new_signing_key()).model_copy(update={"key": command.key})


def for_another(kiosk: Kiosk) -> RemoteCommand:
    return kiosk.command(CommandKind.REBOOT.value, enrolment_id=uuid7())[1]


def changed(kiosk: Kiosk) -> RemoteCommand:
    reboot, restart = (kiosk.command(kind)[1] for kind in ("reboot", "restart_interface"))
    return reboot.model_copy(update={"signature": restart.signature})


def by_a_former_key(kiosk: Kiosk) -> RemoteCommand:
    """The centre has replaced its receipt key, and the kiosk knows both."""
    former = keys.new_signing_key()
    former_key = to_base64(keys.public_key_bytes(former))
    kiosk.enrolment = kiosk.enrolment.model_copy(update={"former_receipt_keys": (former_key,)})
    statement = RemoteCommandStatement(
        enrolment_id=kiosk.enrolment.enrolment_id, command_id=uuid7(), kind="reboot", issued_at=NOW
    )
    return signing.sign_command(statement, former)


@pytest.mark.parametrize("make", [forged, for_another, changed, by_a_former_key])
def test_only_commands_of_the_own_centre_count(kiosk: Kiosk, make: Callable[[Kiosk], RemoteCommand]) -> None:
    command_id, valid = kiosk.command(CommandKind.RESTART_INTERFACE.value)
    assert kiosk.run(make(kiosk), valid) == ["--no-block restart damrongdham-kiosk-ui.service"]
    assert CommandResults.read(kiosk.state).results[0][0] == command_id
    assert len(CommandResults.read(kiosk.state).results) == 1


def test_a_signed_receipt_or_key_statement_is_no_command(kiosk: Kiosk) -> None:
    _, command = kiosk.command(CommandKind.REBOOT.value)
    raw = from_base64(command.statement)
    as_receipt = command.model_copy(update={"signature": to_base64(CENTRE_KEYS.receipts.sign(raw))})
    assert kiosk.run(as_receipt) == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"commands":[{}]}', b"[]", b'{"commands":"x"}'])
def test_a_file_that_the_forwarder_damaged_does_nothing(kiosk: Kiosk, content: bytes) -> None:
    assert kiosk.run() == []
    (kiosk.state / "delivery" / "remote-commands.json").write_bytes(content)
    settings = Settings(paths=PathSettings(state=kiosk.state, runtime=kiosk.runtime))
    assert CommandRunner(settings, kiosk.enrolment, SystemControl(str(kiosk.systemctl), kiosk.units)).run_new() == 0


def test_a_restart_waits_for_the_visit_and_gives_up(kiosk: Kiosk) -> None:
    descriptor = os.open(kiosk.runtime / "visit", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    command_id, command = kiosk.command(CommandKind.REBOOT.value)
    assert kiosk.run(command) == []
    assert kiosk.outcome(command_id) is CommandOutcome.FAILED
    os.close(descriptor)
    assert kiosk.run(kiosk.command(CommandKind.REBOOT.value, minutes=1)[1]) == ["--no-block reboot"]


def test_a_waiting_command_has_no_result_and_a_killed_one_is_interrupted(kiosk: Kiosk) -> None:
    with (kiosk.runtime / "visit").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command_id, command = kiosk.command(CommandKind.REBOOT.value)
        if (child := os.fork()) == 0:
            kiosk.run(command, visit_wait_s=60.0)
            os._exit(0)
        while CommandResults.read(kiosk.state).running != command_id:
            assert os.waitpid(child, os.WNOHANG) == (0, 0)
        assert kiosk.outcome(command_id) is None, "the forwarder reports nothing yet"
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert kiosk.run(command) == [], "it is not tried again"
    result = CommandResults.read(kiosk.state).result_of(command_id)
    assert result == CommandResult(outcome=CommandOutcome.FAILED, detail=INTERRUPTED.en)


def test_the_result_is_stored_before_the_machine_goes_down(kiosk: Kiosk) -> None:
    kiosk.answer("kill -KILL $PPID; sleep 5")  # the reboot ends the program at once
    command_id, command = kiosk.command(CommandKind.REBOOT.value)
    child = os.fork()
    if child == 0:
        kiosk.run(command)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 9
    assert kiosk.outcome(command_id) is CommandOutcome.DONE
    assert kiosk.calls.read_text("utf-8").count("reboot") == 1
    kiosk.calls.unlink()
    assert kiosk.run(command) == []


def test_a_failure_and_an_unknown_command_are_reported_with_a_sentence(kiosk: Kiosk) -> None:
    kiosk.answer("echo 'Unit is masked.' >&2; exit 1")
    failed_id, failed = kiosk.command(CommandKind.RESTART_INTERFACE.value)
    unknown_id, unknown = kiosk.command("dance", minutes=1)
    kiosk.run(failed, unknown)
    results = CommandResults.read(kiosk.state)
    assert kiosk.outcome(failed_id) is CommandOutcome.FAILED
    assert results.result_of(failed_id).detail == "systemctl --no-block failed: Unit is masked."  # type: ignore[union-attr]
    assert kiosk.outcome(unknown_id) is CommandOutcome.UNSUPPORTED


def test_a_support_bundle_is_stored_sealed(kiosk: Kiosk) -> None:
    command_id, command = kiosk.command(CommandKind.SUPPORT_BUNDLE.value)
    assert kiosk.run(command) == []
    results = CommandResults.read(kiosk.state)
    assert (results.bundle_of, kiosk.outcome(command_id)) == (command_id, CommandOutcome.DONE)
    bundle = read_bundle(kiosk.state)
    assert bundle is not None
    assert open_bundle(bundle, CENTRE_KEYS.sealing)


def test_results_are_kept_bounded(kiosk: Kiosk) -> None:
    for number in range(5):
        kiosk.run(*(kiosk.command("dance", minutes=8 * number + each)[1] for each in range(8)))
    assert len(CommandResults.read(kiosk.state).results) == 32


def test_the_header_names_commands_and_nothing_else() -> None:
    ids = tuple(uuid7() for _ in range(3))
    assert parse_header(format_header(ids)) == ids
    assert parse_header("x " + format_header(ids[:1]) + " '; reboot") == ids[:1]
    assert len(parse_header(format_header(uuid7() for _ in range(100)))) == 8


def test_an_enrolment_of_another_centre_takes_no_old_command(kiosk: Kiosk) -> None:
    """After `kiosk enrol --new-key` the enrolment id differs."""
    _, command = kiosk.command(CommandKind.REBOOT.value)
    kiosk.enrolment = Enrolment.model_validate({**kiosk.enrolment.model_dump(), "enrolment_id": uuid7()})
    assert kiosk.run(command) == []


@pytest.mark.parametrize(("quality", "is_carried_out"), [("synchronised", False), ("untrusted", True)])
def test_a_command_that_was_held_back_for_a_day_is_not_carried_out(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, quality: str, is_carried_out: bool
) -> None:
    reading = clock.now().model_copy(update={"wall": NOW + timedelta(hours=25), "quality": ClockQuality(quality)})
    monkeypatch.setattr(clock, "now", lambda: reading)
    command_id, command = kiosk.command("restart_interface")
    calls = kiosk.run(command)
    assert bool(calls) is is_carried_out
    assert (kiosk.outcome(command_id) is not None) is is_carried_out


def test_root_refuses_keys_that_are_older_than_those_it_has_seen(tmp_path: Path) -> None:
    kiosk = enrolment()
    check_keys_are_newest(tmp_path, kiosk)
    newer = kiosk.model_copy(update={"keys_since": NOW})
    check_keys_are_newest(tmp_path, newer)
    check_keys_are_newest(tmp_path, newer)
    for older in (kiosk, kiosk.model_copy(update={"keys_since": NOW - timedelta(days=1)})):
        with pytest.raises(OldKeysError):
            check_keys_are_newest(tmp_path, older)
    check_keys_are_newest(tmp_path, kiosk.model_copy(update={"enrolment_id": uuid7()}))  # enrolled again
