"""The repository on a technician's stick, signed with a key of this test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from provision.packaging import repository
from provision.packaging.architecture import ARCHITECTURES, own_architecture
from provision.packaging.build import Sources, build
from provision.packaging.source_tree import CHECKOUT
from tests.appliance.changed_package import later_version
from tests.appliance.tools import run_command

KEY = "packages@damrongdham.invalid"
STRANGERS_KEY = "stranger@damrongdham.invalid"
EPOCH = 1_700_000_000


class Stick:
    """A repository for one Debian release. `directory` is what the stick has."""

    def __init__(self, work: Path, suite: str) -> None:
        self.directory = work / "stick"
        self._work = work
        self._suite = suite
        # GnuPG's agent listens at a socket in its home, whose path may have 107 characters.
        self._keys = Path(tempfile.mkdtemp(prefix="stick-", dir="/tmp"))
        os.environ["GNUPGHOME"] = str(self._keys)
        self._make_key(KEY)

    def _make_key(self, name: str) -> None:
        run_command("gpg", "--batch", "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never")

    def close(self) -> None:
        """Remove the key."""
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False)
        shutil.rmtree(self._keys, ignore_errors=True)

    def build_package(self, name: str) -> Path:
        """The package of this checkout, or the newest in the directory that APPLIANCE_PACKAGES names."""
        if directory := os.environ.get("APPLIANCE_PACKAGES"):
            packages = Path(directory, "pool", self._suite).glob(f"{name}_*.deb")
            return max(packages, key=lambda package: package.stat().st_mtime)
        with Sources.take() as sources:
            return build(self._suite, ARCHITECTURES[own_architecture()], name, sources)

    def publish(self, *packages: Path) -> None:
        """Put packages on the stick, beside those that are there, and sign the index."""
        for package in packages:  # a kiosk's stick may have a link to the file that is replaced
            (self.directory / "pool" / self._suite / package.name).unlink(missing_ok=True)
        repository.add_packages(self.directory, self._suite, list(packages))
        repository.write_indexes(self.directory, self._suite, EPOCH)
        repository.sign(self.directory, self._suite, KEY)
        repository.write_sources(self.directory, self._suite, KEY, "file:/nowhere")
        repository.place_installer(self.directory, CHECKOUT)

    def sign_by_stranger(self) -> None:
        """Sign the index with a key that no kiosk has; `publish` signs it with the right one again."""
        run_command(
            "gpg", "--batch", "--passphrase", "", "--quick-generate-key", STRANGERS_KEY, "ed25519", "sign", "1d"
        )
        repository.sign(self.directory, self._suite, STRANGERS_KEY)

    def change_package(self, package: Path) -> None:
        """Change one byte of a package on the stick, behind the signed index."""
        (published,) = self.directory.rglob(package.name)
        content = bytearray(published.read_bytes())
        content[-1] ^= 1
        published.unlink()
        published.write_bytes(content)

    def later_version(self, package: Path, suffix: str, change: Callable[[Path], None] = lambda tree: None) -> Path:
        """A copy of the package with a later version, after `change` of its files."""
        return later_version(package, suffix, self._work, change)
