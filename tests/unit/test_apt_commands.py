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

TWO_MONTHS_LATER = datetime.now(UTC) + timedelta(days=60)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for GnuPG; that of the test is too long for its agent's socket."""
    if not all(map(shutil.which, ("gpg", "gpgv", "apt-get"))):
        pytest.skip("apt or gnupg is not installed")
    with tempfile.TemporaryDirectory(prefix="gpg", dir="/tmp") as directory:
        monkeypatch.setenv("GNUPGHOME", directory)
        yield Path(directory)
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False)


def test_a_late_clock_reads_what_was_signed_after_it(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpg = ["gpg", "--batch", "--quiet"]
    make_key = ["--passphrase", "", "--quick-gen-key", "repository@damrongdham.invalid", "ed25519", "sign", "never"]
    subprocess.run([*gpg, *make_key], check=True, capture_output=True)
    packages = tmp_path / "repository/dists/stable"
    (packages / "main/binary-amd64").mkdir(parents=True)
    (packages / "main/binary-amd64/Packages").touch()
    release = packages / "Release"
    release.write_text(
        f"Suite: stable\nCodename: stable\nArchitectures: amd64\nComponents: main\n"
        f"Date: {TWO_MONTHS_LATER:%a, %d %b %Y %H:%M:%S} UTC\n"
        f"SHA256:\n {sha256().hexdigest()} 0 main/binary-amd64/Packages\n",
        encoding="utf-8",
    )
    later = ["--faked-system-time", f"{TWO_MONTHS_LATER:%Y%m%dT%H%M%S}"]
    clear_sign: list[str | Path] = [*gpg, *later, "--output", packages / "InRelease", "--clear-sign", release]
    subprocess.run(clear_sign, check=True, capture_output=True)
    repository.write_sources(
        tmp_path / "repository", "stable", "repository@damrongdham.invalid", f"file:{tmp_path}/repository"
    )
    for directory in ("lists/partial", "cache/archives/partial", "none"):
        (tmp_path / directory).mkdir(parents=True)
    main = tmp_path / "apt.conf"
    main.write_text(
        f'Dir::Etc::parts "{tmp_path}/none"; Dir::State::lists "{tmp_path}/lists"; Dir::Cache "{tmp_path}/cache";'
        f'Dir::State::status "/dev/null"; Dir::Etc::sourceparts "-"; APT::Sandbox::User "root";'
        f'Dir::Etc::sourcelist "{tmp_path}/repository/damrongdham-stable.sources";',
        encoding="utf-8",
    )
    monkeypatch.setenv("APT_CONFIG", str(main))
    monkeypatch.setattr(apt_commands, "SYNCHRONISED", tmp_path)
    status, output = read_lists()
    assert status, "a time server has set this clock"
    assert "not valid yet" in output or "Not live until" in output  # of Debian 12, of 13
    monkeypatch.setattr(apt_commands, "SYNCHRONISED", tmp_path / "synchronized")
    status, output = read_lists()
    assert status == 0, output
    assert list((tmp_path / "lists").glob("*InRelease"))
    signed = (packages / "InRelease").read_text("utf-8")
    (packages / "InRelease").write_text(signed.replace("Suite: stable", "Suite: stale"), encoding="utf-8")
    status, output = read_lists()
    assert status and "signature" in output, "the signature is checked as ever"
