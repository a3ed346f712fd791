"""A backup made while kiosks write, restored elsewhere: the same receipts, pages and answers to citizens. A damaged
archive changes nothing."""

import io
import json
import re
import shutil
import signal
import stat
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests

from central.backup.archive import ArchiveError, unpack_archive, write_archive
from protocol.messages import Delivery
from protocol.submission import Submission
from simulators.desk_client import DeskClient
from simulators.http_transport import HttpKiosk, HttpTransport
from tests.postgresql import PROGRAMS, cluster
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import CENTRAL, PASSWORD, Installation, serve_installation


@pytest.fixture(autouse=True)
def installation() -> None:
    """No installation in this process: the commands run in processes of their own."""


Change = Callable[[str, bytes], tuple[str, bytes] | None]


def installation_at(directory: Path, database_url: str = "") -> Installation:
    created = Installation(directory)
    created.environment.pop("DATABASE_URL", None)
    if database_url:
        created.environment["DATABASE_URL"] = database_url
    return created


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def two_installations(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """Two empty installations with the same kind of database."""
    places = (tmp_path / "first", tmp_path / "second")
    if request.param == "sqlite":
        yield installation_at(places[0]), installation_at(places[1])
        return
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed here (Debian package: postgresql)")
    with cluster(durable=False) as database:
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE restored")
        yield (
            installation_at(places[0], database.url),
            installation_at(places[1], database.url.removesuffix("postgres") + "restored"),
        )


@contextmanager
def serve(installation: Installation) -> Iterator[str]:
    command = [*CENTRAL, "serve", "--port", "0", "--no-worker"]
    with subprocess.Popen(command, env=installation.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def deliver_until(stopped: threading.Event, kiosk: HttpKiosk, sent: list[tuple[Submission, Delivery, bytes]]) -> None:
    """Deliver letters with pictures, one after the other, and keep each receipt. With the pauses the backup meets a few
    dozen of them on a slow computer too."""
    while not stopped.wait(0.05):
        submission = kiosk.letter_submission(1)
        (page,) = kiosk.sealed_pages(submission)
        assert kiosk.upload(page).status_code == 204
        delivery = kiosk.delivery(submission, [page])
        response = kiosk.deliver(delivery)
        assert response.status_code == 200
        sent.append((submission, delivery, response.content))


def tracked(url: str, submission: Submission) -> str:
    response = requests.post(f"{url}/t", {"code": submission.tracking_code, "language": "en"}, timeout=30)
    return re.sub('nonce="[^"]+"', "", page_text(response))


def test_a_backup_while_kiosks_write_restores_every_case_that_it_holds(
    two_installations: tuple[Installation, Installation], tmp_path: Path
) -> None:
    first, second = two_installations
    target = tmp_path / "stick"
    target.mkdir()
    sent: list[tuple[Submission, Delivery, bytes]] = []
    with serve_installation(first) as url:
        kiosk = HttpKiosk("KKN07", HttpTransport(url))
        assert kiosk.request_enrolment().status_code == 201
        DeskClient(url, "somsri", PASSWORD, "khonkaen").approve_enrolment(kiosk.compare_code)
        kiosk.fetch_enrolment()
        stopped = threading.Event()
        writer = threading.Thread(target=deliver_until, args=(stopped, kiosk, sent))
        writer.start()
        while len(sent) < 5 and writer.is_alive():
            stopped.wait(0.05)
        count_before = len(sent)
        output = first.run_checked("backup", str(target))
        stopped.set()
        writer.join()
        assert "Move it to another place" in output
        pages = [tracked(url, submission) for submission, _, _ in sent]
    archive, keys = sorted(target.iterdir(), key=lambda path: path.name.endswith(".keys.tar"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in (archive, keys)] == [0o600, 0o600]

    assert "Restored the backup" in second.run_checked("restore", str(archive))
    refused = second.run("restore", str(archive))
    assert (refused.returncode, "not empty" in refused.stderr) == (2, True)
    with serve(second) as url:
        restored = []
        for (submission, _, _), page in zip(sent, pages, strict=True):
            restored_page = tracked(url, submission)
            if "was not found" not in restored_page and submission.case_number in restored_page:
                assert restored_page == page
                restored.append(submission)
        assert len(restored) >= count_before, "everything receipted before the backup began is in it"
        same_kiosk = kiosk
        same_kiosk.transport = HttpTransport(url)
        for submission, delivery, receipt in sent:
            if submission in restored:
                assert same_kiosk.deliver(delivery).content == receipt, "the same receipt, byte for byte"
        officer = DeskClient(url, "somsri", PASSWORD, "khonkaen")
        assert {each.case_number for each in restored} <= set(officer.case_numbers())
    pictures = {path.relative_to(media_of(second)) for path in media_of(second).rglob("*") if path.is_file()}
    assert len(pictures) >= len(restored)
    for name in pictures:
        assert (media_of(first) / name).read_bytes() == (media_of(second) / name).read_bytes()


def media_of(installation: Installation) -> Path:
    return Path(installation.environment["CENTRAL_DATA"]) / "media"


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The archive and the keys of a small installation on SQLite."""
    directory = tmp_path_factory.mktemp("backed-up")
    source = installation_at(directory / "data")
    source.migrate()
    source.run_checked("create-centre", "khonkaen", "--area", "40")
    media = media_of(source) / "letters"
    media.mkdir(parents=True)
    (media / "page ก.jpg").write_bytes(b"a picture" * 1000)
    source.run_checked("backup", str(directory / "a.tar"))
    return directory / "a.tar", directory / "a.keys.tar"


def rewritten(archive: Path, target: Path, change: Change) -> Path:
    """A copy of the archive with changed, renamed or left out members."""
    with tarfile.open(archive) as source, tarfile.open(target, "w") as copy:
        for member in source:
            stream = source.extractfile(member)
            assert stream is not None
            changed = change(member.name, stream.read())
            if changed is not None:
                info = tarfile.TarInfo(changed[0])
                info.size = len(changed[1])
                copy.addfile(info, io.BytesIO(changed[1]))
    return target


def _with_manifest(**fields: object) -> Callable[[str, bytes], tuple[str, bytes]]:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "manifest.json":
            content = json.dumps(json.loads(content) | fields).encode()
        return name, content

    return change


_DAMAGES: list[tuple[str, Change, str]] = [
    ("picture", lambda n, c: (n, c[:-1] + b"x") if n.startswith("media") else (n, c), "media/letters/page"),
    ("database", lambda n, c: (n, c[:100] + b"x" + c[101:]) if n.startswith("data") else (n, c), "database.sqlite3"),
    ("missing picture", lambda n, c: None if n.startswith("media") else (n, c), "is not as the manifest says"),
    ("no manifest", lambda n, c: None if n == "manifest.json" else (n, c), "has no manifest"),
    ("broken manifest", lambda n, c: (n, c[:9]) if n == "manifest.json" else (n, c), "manifest cannot be read"),
    ("path outside", lambda n, c: ("media/../../x", c) if n.startswith("media") else (n, c), "media/../../x"),
    ("absolute path", lambda n, c: ("/etc/x", c) if n.startswith("media") else (n, c), "is not a backup"),
    ("another format", _with_manifest(format=99), "another version"),
    ("newer version", _with_manifest(migrations=["cases.9999_future"]), "newer version, which has cases.9999_future"),
    ("other keys", _with_manifest(keys_sha256="0" * 64), "does not belong to"),
]


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in _DAMAGES], ids=[row[0] for row in _DAMAGES])
def test_a_damaged_archive_is_refused_with_a_sentence_and_changes_nothing(
    backed_up: tuple[Path, Path],
    tmp_path: Path,
    change: Change,
    expected: str,
) -> None:
    damaged = rewritten(backed_up[0], tmp_path / "damaged.tar", change)
    target = installation_at(tmp_path / "data")
    result = target.run("restore", str(damaged), "--keys", str(backed_up[1]))
    assert (result.returncode, "Traceback" in result.stderr, result.stderr.count("\n")) == (2, False, 1)
    assert expected in result.stderr
    assert list((tmp_path / "data").iterdir()) == []
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("length", [0, 100, 5000, -600, -3000])
def test_a_truncated_archive_is_refused(backed_up: tuple[Path, Path], tmp_path: Path, length: int) -> None:
    cut = tmp_path / "cut.tar"
    content = backed_up[0].read_bytes()
    end = content.rindex(b"manifest.json")
    cut.write_bytes(content[: length if length >= 0 else end + length])
    result = installation_at(tmp_path / "data").run("restore", str(cut), "--keys", str(backed_up[1]))
    assert (result.returncode, "Traceback" in result.stderr) == (2, False)
    assert "damaged" in result.stderr or "incomplete" in result.stderr or "not a backup" in result.stderr


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar"
    with tarfile.open(archive, "w") as tar:
        link = tarfile.TarInfo("media/x")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(ArchiveError, match="not a file"):
        unpack_archive(archive, tmp_path / "out")


def test_an_interrupted_backup_leaves_no_file_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), write_archive(tmp_path / "a.tar", {}):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_backup_without_keys_needs_them_at_its_restore(backed_up: tuple[Path, Path], tmp_path: Path) -> None:
    alone = tmp_path / "alone.tar"
    shutil.copy(backed_up[0], alone)
    target = installation_at(tmp_path / "data")
    result = target.run("restore", str(alone))
    assert (result.returncode, "--keys" in result.stderr) == (2, True)
    assert "Restored" in target.run_checked("restore", str(alone), "--keys", str(backed_up[1]))
    assert "khonkaen" in target.run("create-centre", "khonkaen", "--area", "40").stderr
    assert (media_of(target) / "letters" / "page ก.jpg").stat().st_size == 9000


def test_a_restore_refuses_an_installation_in_use(backed_up: tuple[Path, Path], tmp_path: Path) -> None:
    used = installation_at(tmp_path / "used")
    used.migrate()
    keys = Path(used.environment["CENTRAL_DATA"]) / "keys"
    for _ in range(2):
        result = used.run("restore", str(backed_up[0]))
        assert (result.returncode, "is not empty" in result.stderr) == (2, True)
        shutil.rmtree(keys, ignore_errors=True)


def test_only_the_newest_backups_are_kept(tmp_path: Path) -> None:
    source, target = installation_at(tmp_path / "data"), tmp_path / "backups"
    source.migrate()
    target.mkdir()
    for day in ("01", "02", "03"):
        (target / f"damrongdham-202601{day}-000000.tar").touch()
        (target / f"damrongdham-202601{day}-000000.keys.tar").touch()
    (target / "another-file.tar").touch()
    source.run_checked("backup", str(target), "--keep", "2", "--no-keys")
    names = sorted(path.name for path in target.iterdir())
    assert names[:3] == ["another-file.tar", "damrongdham-20260103-000000.keys.tar", "damrongdham-20260103-000000.tar"]
    assert len(names) == 4


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["backup", "{tmp}/nowhere/a.tar"], "there is no directory"),
        (["backup", "{tmp}/exists.tar"], "exists already"),
        (["backup", "{tmp}/a.tar", "--keep", "2"], "--keep needs a directory"),
        (["restore", "{tmp}/none.tar"], "there is no file"),
    ],
)
def test_a_wrong_path_is_one_sentence(tmp_path: Path, arguments: list[str], expected: str) -> None:
    source = installation_at(tmp_path / "data")
    source.migrate()
    (tmp_path / "exists.tar").touch()
    result = source.run(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert expected in result.stderr
    assert not (tmp_path / "a.tar").exists()


@pytest.mark.slow  # migrating a cluster of its own: 23 s
def test_a_failing_pg_dump_is_one_sentence(tmp_path: Path) -> None:
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed here (Debian package: postgresql)")
    with cluster(durable=False) as database:
        source = installation_at(tmp_path / "data", database.url)
        source.migrate()
        source.environment["PATH"] = str(tmp_path)
        (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump: error: no such server' >&2\nexit 1\n")
        (tmp_path / "pg_dump").chmod(0o755)
        result = source.run("backup", str(tmp_path / "a.tar"))
    assert (result.returncode, "pg_dump failed: pg_dump: error: no such server" in result.stderr) == (2, True)
    assert [path.name for path in tmp_path.glob("a*")] == [], "the keys are not left alone either"
