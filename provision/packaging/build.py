"""Builds a Debian package in a root of the Debian release that it is for."""

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provision.packaging.architecture import Architecture
from provision.packaging.build_root import SUITES, BuildRoot
from provision.packaging.debian_root import BuildError
from provision.packaging.package_tree import required_packages
from provision.packaging.source_tree import copy_tracked_files, source_epoch

CACHE = Path(os.environ.get("DAMRONGDHAM_BUILD_CACHE", "/var/cache/damrongdham-build"))


@dataclass(frozen=True)
class Sources:
    """A copy of the tracked files, so that work in the checkout meanwhile does not matter, and their time."""

    directory: Path
    epoch: int

    @classmethod
    @contextmanager
    def take(cls) -> Iterator["Sources"]:
        """The present files, while the block lasts."""
        with tempfile.TemporaryDirectory(prefix="damrongdham-sources-") as directory:
            sources = cls(Path(directory), source_epoch())
            copy_tracked_files(sources.directory)
            yield sources


def build(suite: str, architecture: Architecture, name: str, sources: Sources) -> Path:
    """Build one package for one Debian release. Returns the archive, in the cache."""
    started = time.monotonic()
    root = BuildRoot(suite, architecture, CACHE)
    listing = (sources.directory / "provision/packages.txt").read_text("utf-8")
    root.prepare(tuple(required_packages(listing, "build")))
    step = ("/usr/bin/python3", "-m", "provision.packaging.build_package")
    with root.shared_directory() as shared:
        shutil.copytree(sources.directory, shared / "source")
        shutil.copytree(root.downloads(), shared / "downloads", copy_function=os.link)
        root.run(shared, *step, "download", name, network=True, PYTHONPATH="/build/source")
        shutil.copytree(shared / "downloads", root.downloads(), copy_function=_link_new, dirs_exist_ok=True)
        root.run(
            shared, *step, "build", name, SUITES[suite], str(sources.epoch), network=False, PYTHONPATH="/build/source"
        )
        (package,) = (shared / "output").glob("*.deb")
        output = CACHE / "packages" / suite
        output.mkdir(parents=True, exist_ok=True)
        target = output / package.name
        shutil.move(package, target)
    log(f"{target.name}: {target.stat().st_size / 1e6:.0f} MB, {time.monotonic() - started:.0f} s")
    return target


def verify(suite: str, architecture: Architecture, name: str, sources: Sources) -> None:
    """Build a package twice. Raises BuildError when the two differ."""
    digests = []
    for _ in range(2):
        package = build(suite, architecture, name, sources)
        digests.append(hashlib.sha256(package.read_bytes()).hexdigest())
        package.rename(package.with_suffix(f".{len(digests)}.deb"))
    if digests[0] != digests[1]:
        raise BuildError(f"{package.name}: two builds differ; compare {package.with_suffix('.1.deb')} and .2.deb")
    package.with_suffix(".2.deb").rename(package)
    package.with_suffix(".1.deb").unlink()
    log(f"{package.name}: two builds are equal, SHA-256 {digests[0]}")


def _link_new(source: str, target: str) -> str:
    if not Path(target).exists():
        os.link(source, target)
    return target


def log(text: str) -> None:
    """Print a line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
