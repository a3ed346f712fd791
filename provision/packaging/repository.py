"""A signed apt repository: a directory that any web server or a stick can serve.

    dists/SUITE/InRelease, Release, Release.gpg   what exists, with checksums and signature
    dists/SUITE/main/binary-ARCH/Packages         the packages
    pool/SUITE/*.deb
    damrongdham-SUITE.sources                     address and public key, for /etc/apt/sources.list.d
    provision/install                             installs a kiosk from this directory

apt-ftparchive writes the indexes, GnuPG signs them. Packages of earlier builds stay in the pool until they are deleted.
"""

import gzip
import os
import shutil
import subprocess
from pathlib import Path

LABEL = "Damrongdham Kiosk"
INSTALL_FILES = ("provision/install", "provision/shell_common.sh")


class RepositoryError(Exception):
    """The repository cannot be made; the message is for a person."""


def add_packages(repository: Path, suite: str, packages: list[Path]) -> None:
    """Copy packages into the pool."""
    pool = repository / "pool" / suite
    pool.mkdir(parents=True, exist_ok=True)
    for package in packages:
        shutil.copyfile(package, pool / package.name)


def write_indexes(repository: Path, suite: str, epoch: int) -> None:
    """Write Packages and Release of a suite from the packages in its pool."""
    distribution = repository / "dists" / suite
    shutil.rmtree(distribution, ignore_errors=True)
    index = _ftparchive(repository, "packages", f"pool/{suite}")
    architectures = sorted(
        {line.partition(": ")[2] for line in index.splitlines() if line.startswith("Architecture: ")}
    )
    for architecture in architectures:
        directory = distribution / "main" / f"binary-{architecture}"
        directory.mkdir(parents=True)
        of_architecture = [text for text in index.split("\n\n") if f"\nArchitecture: {architecture}\n" in text]
        text = "\n\n".join(of_architecture) + "\n"
        (directory / "Packages").write_text(text, encoding="utf-8")
        (directory / "Packages.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    fields = {
        "Origin": LABEL,
        "Label": LABEL,
        "Suite": suite,
        "Codename": suite,
        "Components": "main",
        "Architectures": " ".join(architectures),
    }
    options = [f"-o=APT::FTPArchive::Release::{name}={value}" for name, value in fields.items()]
    release = _ftparchive(repository, *options, "release", f"dists/{suite}", SOURCE_DATE_EPOCH=str(epoch))
    (distribution / "Release").write_text(release, encoding="utf-8")


def sign(repository: Path, suite: str, key: str) -> None:
    """Sign the Release file with the GnuPG key of this user. Raises RepositoryError."""
    distribution = repository / "dists" / suite
    for name, mode in (("InRelease", "--clear-sign"), ("Release.gpg", "--detach-sign")):
        (distribution / name).unlink(missing_ok=True)
        _gpg("--local-user", key, "--armor", "--output", distribution / name, mode, distribution / "Release")


def write_sources(repository: Path, suite: str, key: str, address: str) -> None:
    """Write the file that an apt needs to use the repository at `address`, with the public key inside."""
    armour = _gpg("--armor", "--export-options", "export-minimal", "--export", key)
    if not armour:
        raise RepositoryError(f"GnuPG has no key {key}")
    lines = "".join(f" {line or '.'}\n" for line in armour.splitlines())
    text = f"Types: deb\nURIs: {address}\nSuites: {suite}\nComponents: main\nSigned-By:\n{lines}"
    (repository / f"damrongdham-{suite}.sources").write_text(text, encoding="utf-8")


def place_installer(repository: Path, checkout: Path) -> None:
    """Copy provision/install, so that the directory on a stick is all that a technician needs."""
    for name in INSTALL_FILES:
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(checkout / name, repository / name)


def _ftparchive(repository: Path, *arguments: str, **environment: str) -> str:
    command = ["apt-ftparchive", *arguments]
    result = subprocess.run(
        command, cwd=repository, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RepositoryError(f"apt-ftparchive: {result.stderr.strip()}")
    return result.stdout


def _gpg(*arguments: str | Path) -> str:
    result = subprocess.run(["gpg", "--batch", "--yes", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        raise RepositoryError(f"gpg: {result.stderr.strip()}")
    return result.stdout
