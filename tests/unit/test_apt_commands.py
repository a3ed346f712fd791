"""A real apt reads a repository that was signed in its future, as that of a kiosk whose clock is late."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from provision import apt_commands
from provision.apt_commands import read_lists
from provision.packaging import repository

ONE_MONTH_LATER, TWO_MONTHS_LATER = (datetime.now(UTC) + timedelta(days=days) for days in (30, 60))
SIGNER = "repository@damrongdham.invalid"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for GnuPG; that of the test is too long for its agent's socket."""
    if not all(map(shutil.which, ("gpg", "gpgv", "apt-get"))):
        pytest.skip("apt or gnupg is not installed")
    with tempfile.TemporaryDirectory(prefix="gpg", dir="/tmp") as directory:
        monkeypatch.setenv("GNUPGHOME", directory)
        yield Path(directory)
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False)


class SignedRepository:
    """A repository without packages, and an apt that reads nothing else."""

    def __init__(self, directory: Path) -> None:
        self.lists, self._distribution = directory / "lists", directory / "repository/dists/stable"
        for path in (self.lists / "partial", directory / "cache/archives/partial", directory / "none"):
            path.mkdir(parents=True)
        (self._distribution / "main/binary-amd64").mkdir(parents=True)
        (self._distribution / "main/binary-amd64/Packages").touch()
        self.index = self._distribution / "InRelease"
        self._gpg("--passphrase", "", "--quick-gen-key", SIGNER, "ed25519", "sign", "never")
        repository.write_sources(directory / "repository", "stable", SIGNER, f"file:{directory}/repository")
        self.apt_configuration = directory / "apt.conf"
        self.apt_configuration.write_text(
            f'Dir::Etc::parts "{directory}/none"; Dir::State::lists "{self.lists}"; Dir::Cache "{directory}/cache";'
            f'Dir::State::status "/dev/null"; Dir::Etc::sourceparts "-"; APT::Sandbox::User "root";'
            f'Dir::Etc::sourcelist "{directory}/repository/damrongdham-stable.sources";',
            encoding="utf-8",
        )

    def publish(self, at: datetime) -> None:
        release = self._distribution / "Release"
        release.write_text(
            f"Suite: stable\nCodename: stable\nArchitectures: amd64\nComponents: main\n"
            f"Date: {at:%a, %d %b %Y %H:%M:%S} UTC\n"
            f"SHA256:\n {sha256().hexdigest()} 0 main/binary-amd64/Packages\n",
            encoding="utf-8",
        )
        self.index.unlink(missing_ok=True)
        moment = f"{at:%Y%m%dT%H%M%S}"
        self._gpg("--faked-system-time", moment, "--output", str(self.index), "--clear-sign", str(release))

    def date_that_apt_has(self) -> str:
        (index,) = self.lists.glob("*InRelease")
        return next(line for line in index.read_text("utf-8").splitlines() if line.startswith("Date: "))

    @staticmethod
    def _gpg(*arguments: str) -> None:
        subprocess.run(["gpg", "--batch", "--quiet", *arguments], check=True, capture_output=True)


@pytest.fixture
def signed(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SignedRepository:
    made = SignedRepository(tmp_path)
    monkeypatch.setenv("APT_CONFIG", str(made.apt_configuration))
    monkeypatch.setattr(apt_commands, "SYNCHRONISED", tmp_path / "synchronized")
    return made


def test_a_late_clock_reads_what_was_signed_after_it(
    signed: SignedRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed.publish(TWO_MONTHS_LATER)
    monkeypatch.setattr(apt_commands, "SYNCHRONISED", tmp_path)
    status, output = read_lists()
    assert status, "a time server has set this clock"
    assert "not valid yet" in output or "Not live until" in output  # of Debian 12, of 13
    monkeypatch.setattr(apt_commands, "SYNCHRONISED", tmp_path / "synchronized")
    status, output = read_lists()
    assert status == 0, output
    newest = signed.date_that_apt_has()
    signed.publish(ONE_MONTH_LATER)
    read_lists()
    assert signed.date_that_apt_has() == newest, "nobody takes an update back by a recorded repository"
    content = signed.index.read_text("utf-8")
    signed.index.write_text(content.replace("Suite: stable", "Suite: stale"), encoding="utf-8")
    status, output = read_lists()
    assert status and "signature" in output, "the signature is checked as ever"
