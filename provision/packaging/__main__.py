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
import os
import sys
from pathlib import Path

from provision.packaging import repository
from provision.packaging.architecture import ARCHITECTURES, EmulationError, own_architecture, runnable
from provision.packaging.build import Sources, build, log, verify
from provision.packaging.build_package import PACKAGES
from provision.packaging.build_root import SUITES
from provision.packaging.debian_mirrors import NoMirrorError
from provision.packaging.debian_root import BuildError
from provision.packaging.source_tree import CHECKOUT

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
                for name in options.package or PACKAGES:
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


def publish(output: Path, suite: str, key: str, url: str, epoch: int) -> None:
    """Write and sign the indexes of a suite."""
    repository.write_indexes(output, suite, epoch)
    repository.sign(output, suite, key)
    repository.write_sources(output, suite, key, url or f"file:{output.resolve()}")
    repository.place_installer(output, CHECKOUT)
    log(f"{output}: {suite} is signed with {key}")


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run packages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--verify", action="store_true", help="build twice and compare")
    parser.add_argument("--key", default="", help="the GnuPG key that signs")
    parser.add_argument("--url", default="", help="where kiosks will find the repository")
    parser.add_argument("--suite", action="append", choices=sorted(SUITES))
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), default=own_architecture())
    parser.add_argument("--package", action="append", choices=sorted(PACKAGES))
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist" / "repository")
    options = parser.parse_args(arguments)
    if not options.verify and not options.key:
        parser.error("--key is needed to sign the repository (or --verify, which makes none)")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
