"""Builds the Debian packages and the signed apt repository.

    ./run packages --key KEY [--url URL] [--suite bookworm|trixie] [--package NAME]
                   [--architecture amd64|arm64] [--output DIR]
    ./run packages --verify                builds each package twice and compares every byte; no repository

KEY is a key of this user's GnuPG that signs the repository (`gpg --list-secret-keys`; `gpg --quick-generate-key NAME
ed25519 sign never` makes one). URL is where kiosks will find the repository; it is written into the .sources files.
Needs root, for the Debian roots in which packages are built, and the network when something is new. Built are the
tracked files as they are in this checkout. One repository can have both architectures. Packages for arm64 are built on
amd64 by QEMU's emulation of the processor, which takes several times as long.
"""

import argparse
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

from provision.packaging import repository
from provision.packaging.architecture import ARCHITECTURES, Architecture, EmulationError, runnable
from provision.packaging.build_package import PARTS
from provision.packaging.build_root import SUITES, BuildError, BuildRoot
from provision.packaging.debian_mirrors import NoMirrorError
from provision.packaging.package_tree import required_packages
from provision.packaging.source_tree import CHECKOUT, copy_tracked_files, source_epoch

CACHE = Path(os.environ.get("DAMRONGDHAM_BUILD_CACHE", "/var/cache/damrongdham-build"))


def main(arguments: list[str]) -> int:
    """The exit status."""
    options = _parse(arguments)
    if os.geteuid() != 0:
        log("The packages are built in Debian roots, which only root may make: sudo ./run packages")
        return 2
    architecture = ARCHITECTURES[options.architecture]
    try:
        with Sources.take() as sources, runnable(architecture):
            for suite in options.suite or SUITES:
                for name in options.package or PARTS:
                    if options.verify:
                        verify(suite, architecture, name, sources)
                    else:
                        package = build(suite, architecture, name, sources)
                        repository.add_packages(options.output, suite, [package])
                if not options.verify:
                    publish(options.output, suite, options.key, options.url, sources.epoch)
    except (BuildError, EmulationError, NoMirrorError, repository.RepositoryError) as error:
        log(str(error))
        return 1
    return 0


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


def publish(output: Path, suite: str, key: str, url: str, epoch: int) -> None:
    """Write and sign the indexes of a suite."""
    repository.write_indexes(output, suite, epoch)
    repository.sign(output, suite, key)
    repository.write_sources(output, suite, key, url or f"file:{output.resolve()}")
    repository.place_installer(output, CHECKOUT)
    log(f"{output}: {suite} is signed with {key}")


def _link_new(source: str, target: str) -> str:
    if not Path(target).exists():
        os.link(source, target)
    return target


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run packages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--verify", action="store_true", help="build twice and compare")
    parser.add_argument("--key", default="", help="the GnuPG key that signs")
    parser.add_argument("--url", default="", help="where kiosks will find the repository")
    parser.add_argument("--suite", action="append", choices=sorted(SUITES))
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), default="amd64")
    parser.add_argument("--package", action="append", choices=sorted(PARTS))
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist" / "repository")
    options = parser.parse_args(arguments)
    if not options.verify and not options.key:
        parser.error("--key is needed to sign the repository (or --verify, which makes none)")
    return options


def log(text: str) -> None:
    """Print a line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
