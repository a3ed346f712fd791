"""Builds a disk image of a kiosk for x86-64 machines with UEFI.

    ./run image [--suite bookworm|trixie] [--repository DIR] [--include PACKAGES] [--output FILE]

The repository is what `./run packages` has made. Written to a disk (docs/image.md), the image installs itself at its
first start. Needs root, for the Debian root that it is made from, and Debian's mirrors.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from provision.image.disk_image import write_image
from provision.image.system_tree import build_system
from provision.packaging.build_root import SUITES, BuildError, remove_root
from provision.packaging.debian_mirrors import NoMirrorError
from provision.packaging.source_tree import CHECKOUT, source_epoch


def main(arguments: list[str]) -> int:
    """The exit status."""
    options = _parse(arguments)
    if os.geteuid() != 0:
        print("The image is made from a Debian root, which only root may make: sudo ./run image", file=sys.stderr)
        return 2
    started, epoch = time.monotonic(), source_epoch()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="damrongdham-image-", dir=options.output.parent))
    try:
        system = build_system(options.suite, options.repository, tuple(options.include), work, epoch)
        unfinished = work / "image"
        write_image(system, unfinished, epoch, options.password_hash, options.console)
        unfinished.rename(options.output)
    except (BuildError, NoMirrorError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        remove_root(work)
    size_mb = options.output.stat().st_size / 1e6
    print(f"{options.output}: {size_mb:.0f} MB, {time.monotonic() - started:.0f} s", file=sys.stderr)
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run image", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", choices=sorted(SUITES), default="trixie")
    parser.add_argument("--repository", type=Path, default=CHECKOUT / "dist" / "repository")
    parser.add_argument(
        "--include", nargs="*", default=[], metavar="PACKAGE", help="further packages, such as firmware"
    )
    parser.add_argument("--password-hash", default="", help="of the boot menu, from grub-mkpasswd-pbkdf2")
    parser.add_argument("--console", default="", help="a serial port that the kernel writes to as well, such as ttyS0")
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist" / "kiosk.img")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
