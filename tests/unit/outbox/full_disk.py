"""Check an outbox on a full or failing disk: `python -m tests.unit.outbox.full_disk CHECK DIRECTORY`.

If DIRECTORY is a mount point (a small file system mounted for this process, which runs as root), the outbox belongs to
another user, as on a kiosk. On the disk of tests/torture/faulty_disk.c, writes fail as the check requests.
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
    """Run `action` as root: only root can use the file system's reserved blocks."""
    os.seteuid(0)
    action()
    os.seteuid(USER)


def fill_disk(place: Path) -> None:
    """Fill the disk to the last byte with the log of another program."""
    with suppress(OSError), (place / "log").open("wb", buffering=0) as log:
        while log.write(bytes(1024)):
            pass


def blocking_error(outbox: Outbox) -> type[Exception] | None:
    """The type of the error for which no new visit may begin, or None."""
    try:
        outbox.check()
    except (OutboxFullError, OutboxBrokenError) as error:
        return type(error)
    return None


def no_bytes_left(place: Path) -> None:
    """Root fills the disk, reserved blocks included: the current visit is saved and receipted rows are deleted."""
    outbox = open_outbox(place)
    outbox.ensure_ballast(BALLAST, dedicated_disk=True)
    rows = [save_submission(outbox, (os.urandom(200_000),))]
    assert blocking_error(outbox) is None
    as_root(lambda: fill_disk(place))
    disk = os.statvfs(place)
    assert disk.f_bavail == 0
    assert disk.f_bfree * disk.f_frsize < 2_000_000  # ext4 keeps some for itself
    assert blocking_error(outbox) is OutboxFullError
    assert (place / "outbox" / "ballast").exists()  # a check does not release the ballast
    rows.append(save_submission(outbox, (os.urandom(1_000_000),)))
    assert not (place / "outbox" / "ballast").exists()
    assert delete_receipted(outbox, *rows) == 2
    as_root((place / "log").unlink)
    assert blocking_error(outbox) is None


def restarted(place: Path) -> None:
    """An outbox opens on a full disk, where SQLite cannot create its working files."""
    outbox = open_outbox(place)
    outbox.ensure_ballast(BALLAST, dedicated_disk=True)
    row = save_submission(outbox, (os.urandom(200_000),))
    outbox.close()
    as_root(lambda: fill_disk(place))
    outbox = open_outbox(place)
    assert blocking_error(outbox) is OutboxFullError
    assert delete_receipted(outbox, row) == 1


def no_inodes_left(place: Path) -> None:
    """Empty files use up every inode: the disk counts as full, and the current visit is saved."""
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
    assert blocking_error(outbox) in (None, OutboxFullError)  # the released ballast freed its inodes
    rows.append(save_submission(outbox))
    assert delete_receipted(outbox, *rows) == 3


def read_only(place: Path) -> None:
    """ext4 becomes read-only at its first error: open files stay open, and nothing can be written."""
    outbox = open_outbox(place)
    save_submission(outbox)
    assert blocking_error(outbox) is None
    source = run(["findmnt", "-no", "SOURCE", place], capture_output=True, text=True, check=True).stdout.strip()
    trigger = Path("/sys/fs/ext4") / Path(source).name / "trigger_fs_error"
    as_root(lambda: trigger.write_text("a test", encoding="ascii"))
    assert outbox.count() == 1
    assert blocking_error(outbox) is OutboxBrokenError


def writes_fail(place: Path) -> None:
    """A quota that statvfs does not show, and a disk that returns errors."""
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
