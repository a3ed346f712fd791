"""Files that an attacker who controls the interface plants in the state directory, and root's commands on them."""

import errno
import os
import stat
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from kiosk_app.forwarder.enrol import EnrolmentError, EnrolmentOptions, enrol
from kiosk_app.outbox import Enrolment, Outbox, OutboxBrokenError
from kiosk_app.outbox.device_successes import record_success
from kiosk_app.outbox.enrolment import EnrolmentUnreadableError
from kiosk_app.outbox.offline_transfer import export_rows
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from protocol import keys
from tests.fake_centre import FakeCentre
from tests.outbox_samples import enrolment, save_submission
from tests.unit.attack.other_user import GROUP, INTERFACE, appliance_state, needs_root, run_as_interface, run_attacker
from tests.unit.forwarder.test_enrol import APPROVAL

pytestmark = needs_root

SECRET = b"root's own file, which nobody else may read or write\n"
# Replaces each file of the outbox by a link, again and again, as fast as possible.
SWAP_LINK_SCRIPT = """
import contextlib, os, sys
outbox, victim = sys.argv[1:]
os.umask(0)
print("begun", flush=True)
while True:
    for name in ("series.json", "lock", "outbox.db", "ballast", "making.db"):
        path = os.path.join(outbox, name)
        with contextlib.suppress(OSError):
            os.symlink(victim, path + ".link")
        with contextlib.suppress(OSError):
            os.rename(path, path + ".kept")
        with contextlib.suppress(OSError):
            os.rename(path + ".link", path)
        with contextlib.suppress(OSError):
            os.rename(path + ".kept", path)
"""


@pytest.fixture
def state() -> Iterator[Path]:
    with appliance_state() as laid_out:
        yield laid_out


@pytest.fixture
def victim(state: Path) -> Iterator[Path]:
    """A file of root that planted links point to."""
    file = state.parent / "victim"
    file.write_bytes(SECRET)
    file.chmod(0o600)
    yield file
    assert file.read_bytes() == SECRET
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (file.stat().st_uid, file.stat().st_gid) == (0, 0)


@pytest.fixture
def centre() -> Iterator[FakeCentre]:
    with FakeCentre() as serving:
        yield serving


def enrolled(centre: FakeCentre, state: Path) -> Enrolment:
    return enrol(
        centre.url,
        "KKN07",
        "",
        state,
        lambda _: centre.decide_enrolments(**APPROVAL),
        options=EnrolmentOptions(poll_s=0.01, wait_s=5, new_key=True),
    )


def test_the_interfaces_user_cannot_create_files_beside_the_enrolment(state: Path) -> None:
    script = """
import os, sys
for name in ("enrolment.json", "kiosk-signing.key", "kiosk-signing.key.next", ".enrolment.json.1"):
    try:
        os.close(os.open(os.path.join(sys.argv[1], name), os.O_CREAT | os.O_WRONLY))
        print("made", name)
    except OSError as error:
        print(error.errno)
try:
    os.rename(os.path.join(sys.argv[1], "interface"), os.path.join(sys.argv[1], "x"))
    print("moved")
except OSError as error:
    print(error.errno)
"""
    assert set(run_as_interface(script, state).split()) == {str(errno.EACCES)}


@pytest.mark.parametrize("name", ["series.json", "lock", "outbox.db"])
def test_root_follows_no_link_planted_in_the_outbox(state: Path, victim: Path, centre: FakeCentre, name: str) -> None:
    run_as_interface("import os, sys; os.symlink(*sys.argv[1:])", victim, state / "outbox" / name)
    with pytest.raises(OutboxBrokenError, match="symbolic link"), Outbox.open(outbox_directory(state), enrolment()):
        pass
    if name == "series.json":
        with pytest.raises(EnrolmentError, match="symbolic link"):
            enrolled(centre, state)
    else:
        enrolled(centre, state)


def test_root_follows_no_link_that_is_swapped_in_during_a_command(
    state: Path, victim: Path, centre: FakeCentre
) -> None:
    with run_attacker(SWAP_LINK_SCRIPT, state / "outbox", victim):
        for _ in range(30):
            try:
                enrolled(centre, state)
            except EnrolmentError:
                centre.enrolments.clear()
            for act in (Outbox.count, partial(Outbox.ensure_ballast, size=4096)):
                try:
                    with Outbox.open(outbox_directory(state), enrolment()) as outbox:
                        act(outbox)
                except OutboxBrokenError:
                    pass


def test_root_works_in_the_outbox_with_the_rights_of_its_owner(state: Path) -> None:
    with Outbox.open(outbox_directory(state), enrolment()) as outbox:
        save_submission(outbox)
        assert outbox.count() == 1
        made = {file.name: (file.stat().st_uid, file.stat().st_gid) for file in (state / "outbox").iterdir()}
    owner = (state / "outbox").stat()
    assert set(made.values()) == {(owner.st_uid, owner.st_gid)}
    # ... and afterwards with root's own rights.
    (state / "of-root").touch()
    assert (state / "of-root").stat().st_uid == 0


def test_an_export_is_written_with_the_rights_of_root(state: Path, tmp_path: Path) -> None:
    """Only root can write to `tmp_path`: the export reads with the owner's rights and writes with root's."""
    with Outbox.open(outbox_directory(state), enrolment()) as outbox:
        save_submission(outbox)
        assert export_rows(tmp_path / "stick", outbox) == 1
    assert len(list((tmp_path / "stick").iterdir())) >= 1


def test_a_planted_signing_key_is_not_enrolled(state: Path, centre: FakeCentre) -> None:
    """A kiosk installed by an earlier release, with a state directory that both users could write to."""
    state.chmod(0o3777)
    with pytest.raises(EnrolmentError, match="other users may write into the directory"):
        enrolled(centre, state)
    state.chmod(0o755)
    key = signing_key_file(state)
    keys.save_private_key(keys.new_signing_key(), key)
    os.chown(key, INTERFACE, GROUP)
    with pytest.raises(EnrolmentError, match="belongs to another user"):
        enrol(centre.url, "KKN07", "", state, lambda _: None)
    assert not centre.enrolments


def test_a_planted_enrolment_is_refused(state: Path) -> None:
    enrolment().save(state)
    os.chown(state / "enrolment.json", INTERFACE, GROUP)
    with pytest.raises(EnrolmentUnreadableError, match="belongs to another user"):
        Enrolment.load(state)


def test_roots_device_files_overwrite_nothing_through_a_link(state: Path, victim: Path) -> None:
    run_as_interface("import os, sys; os.symlink(*sys.argv[1:])", victim, state / "interface" / "successes.json")
    record_success(state, ["printer"])
    script = "import os, sys; os.unlink(sys.argv[1]); os.mkfifo(sys.argv[1])"
    run_as_interface(script, state / "interface" / "successes.json")
    record_success(state, ["printer"])  # does not wait for the other end of the pipe


def test_the_state_directory_of_an_earlier_release_is_migrated(state: Path, victim: Path) -> None:
    state.chmod(0o3777)
    for name in ("interface", "delivery"):
        (state / name).rmdir()
    enrolment().save(state)
    (state / "delivery").rmdir()
    plant = """
import os, sys
os.chdir(sys.argv[1])
open("printer.json", "w").write("{}")
os.symlink(sys.argv[2], "status.json")
os.symlink(sys.argv[2], "interface")
open("kiosk-signing.key", "w").write("planted")
open(".hidden\\nname", "w").close()
os.mkdir("deep"); open("deep/file", "w").close()
"""
    run_as_interface(plant, state, victim)
    script = f'set -eu; . provision/state_layout.sh; migrate_state_layout "{state}"'
    for _ in range(2):  # a second run changes nothing
        subprocess.run(["sh", "-c", script], cwd=Path(__file__).parents[3], check=True, timeout=30)
        assert {file.name for file in state.iterdir()} == {
            *("enrolment.json", "interface", "delivery", "outbox", "set-aside")
        }
        assert [file.name for file in (state / "interface").iterdir()] == ["printer.json"]
    assert not (state / "interface").is_symlink() and (state / "interface").stat().st_uid == 0
    assert stat.S_IMODE(state.stat().st_mode) == 0o750
    assert len(list((state / "set-aside").iterdir())) == 5  # links, key, hidden name, directory
