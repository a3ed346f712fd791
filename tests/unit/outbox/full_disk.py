"""What happens to an outbox on a disk that takes nothing more: `python -m tests.unit.outbox.full_disk TRIAL PLACE`.

Where PLACE is a small file system of its own, mounted for this process, which is root, the outbox belongs to another
user, as on a kiosk. Where it has the disk of tests/torture/faulty_disk.c under it, writes fail as the trial says.
"""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import run

from kiosk_app.outbox import Outbox, OutboxBrokenError, OutboxFullError
from tests.outbox_samples import delete_receipted, enrolment, save_submission
from tests.torture.faulty_disk import Disk

USER = 61234
RESERVE, BALLAST = 8_000_000, 4_000_000


def open_outbox(place: Path) -> Outbox:
    """The outbox of the interface or the forwarder."""
    return Outbox.open(place / "outbox", enrolment(), reserve_bytes=RESERVE)


def as_root(action: Callable[[], object]) -> None:
    """Root's own reserved blocks are open to it alone."""
    os.seteuid(0)
    action()
    os.seteuid(USER)


def fill_disk(place: Path) -> None:
    """Somebody else's log, to the last byte."""
    with suppress(OSError), (place / "log").open("wb", buffering=0) as log:
        while log.write(bytes(1024)):
            pass


def blocking_error(outbox: Outbox) -> type[Exception] | None:
    """Why no new visit may begin."""
    try:
        outbox.check()
    except (OutboxFullError, OutboxBrokenError) as error:
        return type(error)
    return None


def no_bytes_left(place: Path) -> None:
    """By root, its reserved blocks among them: the visit under way is kept, a restarted outbox opens, rows go."""
    outbox = open_outbox(place)
    outbox.ensure_ballast(BALLAST, dedicated_disk=True)
    rows = [save_submission(outbox, (os.urandom(200_000),))]
    assert blocking_error(outbox) is None
    as_root(lambda: fill_disk(place))
    disk = os.statvfs(place)
    assert disk.f_bavail == 0
    assert disk.f_bfree * disk.f_frsize < 2_000_000  # ext4 keeps some for itself
    assert blocking_error(outbox) is OutboxFullError
    assert (place / "outbox" / "ballast").exists()  # looking does not use it
    rows.append(save_submission(outbox, (os.urandom(1_000_000),)))
    assert not (place / "outbox" / "ballast").exists()
    assert delete_receipted(outbox, *rows) == 2
    as_root((place / "log").unlink)
    assert blocking_error(outbox) is None


def restarted(place: Path) -> None:
    """On a full disk SQLite cannot make the files it works with."""
    outbox = open_outbox(place)
    outbox.ensure_ballast(BALLAST, dedicated_disk=True)
    row = save_submission(outbox, (os.urandom(200_000),))
    outbox.close()
    as_root(lambda: fill_disk(place))
    outbox = open_outbox(place)
    assert blocking_error(outbox) is OutboxFullError
    assert delete_receipted(outbox, row) == 1


def no_inodes_left(place: Path) -> None:
    """Files without a byte fill a disk too."""
    outbox = open_outbox(place)
    outbox.ensure_ballast(BALLAST, dedicated_disk=True)
    rows = [save_submission(outbox)]
    number = 0

    def scatter() -> None:
        nonlocal number
        with suppress(OSError):
            while True:
                (place / f"empty-{number}").touch()
                number += 1

    as_root(scatter)
    assert os.statvfs(place).f_ffree == 0
    assert blocking_error(outbox) is OutboxFullError
    rows.append(save_submission(outbox, (os.urandom(100_000),)))
    outbox.close()
    outbox = open_outbox(place)
    assert blocking_error(outbox) in (None, OutboxFullError)  # the ballast gave back its inodes
    rows.append(save_submission(outbox))
    assert delete_receipted(outbox, *rows) == 3


def read_only(place: Path) -> None:
    """ext4 goes so at its first error: what is open stays open, and nothing can be written."""
    outbox = open_outbox(place)
    save_submission(outbox)
    assert blocking_error(outbox) is None
    source = run(["findmnt", "-no", "SOURCE", place], capture_output=True, text=True, check=True).stdout.strip()
    trigger = Path("/sys/fs/ext4") / Path(source).name / "trigger_fs_error"
    as_root(lambda: trigger.write_text("a trial", encoding="ascii"))
    assert outbox.count() == 1
    assert blocking_error(outbox) is OutboxBrokenError


def writes_fail(place: Path) -> None:
    """A quota that statvfs does not show, and a disk that answers with errors."""
    disk, outbox = Disk(), open_outbox(place)
    outbox.ensure_ballast(BALLAST)
    save_submission(outbox)
    for error, expected in (
        (errno.EDQUOT, OutboxFullError),
        (errno.EIO, OutboxBrokenError),
        (errno.EROFS, OutboxBrokenError),
    ):
        assert blocking_error(outbox) is None
        disk.fail_writes(error)
        assert blocking_error(outbox) is expected, (error, blocking_error(outbox))
        disk.fail_writes(0)
    assert (place / "outbox" / "ballast").exists()
    save_submission(outbox)


if __name__ == "__main__":
    scenario: Callable[[Path], None] = globals()[sys.argv[1]]
    where = Path(sys.argv[2])
    if where.is_mount():
        os.chown(where, USER, USER)
        os.seteuid(USER)
    scenario(where)
