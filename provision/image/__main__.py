"""Builds a disk image of a kiosk for machines with UEFI: x86-64 (amd64) or 64-bit ARM (arm64).

    ./run image [--suite bookworm|trixie] [--architecture amd64|arm64] [--repository DIR] [--components NAMES]
                [--include PACKAGES] [--account-password-hash HASH] [--account-ssh-key FILE] [--output FILE]
    ./run image --verify …    builds it twice and compares every byte

The repository is what `./run packages` has made. Written to a disk (docs/image.md), the image installs itself at its
first start. Needs root, for the Debian root that it is made from, and Debian's mirrors.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

from provision.image.account import Account, AccountError, make_account
from provision.image.boot_menu import BootMenu
from provision.image.contents import FIRMWARE_COMPONENT
from provision.image.disk_image import write_image
from provision.image.system_tree import build_system
from provision.packaging.architecture import ARCHITECTURES, EmulationError, own_architecture, runnable
from provision.packaging.build_root import SUITES
from provision.packaging.debian_mirrors import NoMirrorError
from provision.packaging.debian_root import BuildError, remove_root
from provision.packaging.source_tree import CHECKOUT, source_epoch


def main(arguments: list[str]) -> int:
    """The exit status."""
    options = _parse(arguments)
    if os.geteuid() != 0:
        print("The image is made from a Debian root, which only root may make: sudo ./run image", file=sys.stderr)
        return 2
    started, epoch = time.monotonic(), source_epoch()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    try:
        with runnable(ARCHITECTURES[options.architecture]):
            digests = [_build(options, epoch) for _ in range(2 if options.verify else 1)]
    except (BuildError, EmulationError, NoMirrorError) as error:
        print(error, file=sys.stderr)
        return 1
    if len(set(digests)) > 1:
        print("The two images differ", file=sys.stderr)
        return 1
    size_mb, seconds = options.output.stat().st_size / 1e6, time.monotonic() - started
    equal = ", two builds are equal" if options.verify else ""
    print(f"{options.output}: {size_mb:.0f} MB, SHA-256 {digests[0]}{equal}, {seconds:.0f} s", file=sys.stderr)
    return 0


def _build(options: argparse.Namespace, epoch: int) -> str:
    """Build the image and replace the previous one. Returns its SHA-256. Raises BuildError."""
    work = Path(tempfile.mkdtemp(prefix="damrongdham-image-", dir=options.output.parent))
    try:
        architecture = ARCHITECTURES[options.architecture]
        system = build_system(
            options.suite,
            architecture,
            options.repository,
            work,
            epoch=epoch,
            components=tuple(options.components),
            extra=tuple(options.include),
            account=options.made_account,
        )
        unfinished = work / "image"
        has_login = bool(options.made_account and options.made_account.password_hash)
        write_image(system, unfinished, epoch, BootMenu(options.password_hash, options.kernel_options, has_login))
        with unfinished.open("rb") as image:
            digest = hashlib.file_digest(image, "sha256").hexdigest()
        unfinished.rename(options.output)
    finally:
        remove_root(work)
    return digest


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run image", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", choices=sorted(SUITES), default="trixie")
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), default=own_architecture())
    parser.add_argument("--repository", type=Path, default=CHECKOUT / "dist" / "repository")
    parser.add_argument(
        "--components",
        nargs="+",
        default=["main", FIRMWARE_COMPONENT],
        metavar="NAME",
        help=f"of Debian; default: main {FIRMWARE_COMPONENT}, which brings the firmware of usual machines",
    )
    parser.add_argument("--include", nargs="+", default=[], metavar="PACKAGE", help="further packages of Debian")
    parser.add_argument("--password-hash", default="", help="of the boot menu, from grub-mkpasswd-pbkdf2")
    parser.add_argument(
        "--kernel-options",
        default="",
        metavar="OPTIONS",
        help="further options of the kernel, such as console=ttyS0 for what it writes to a serial port as well",
    )
    parser.add_argument("--verify", action="store_true", help="build twice and compare")
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist" / "kiosk.img")
    parser.add_argument(
        "--account", metavar="NAME", help="who can log in, with one of the next two; default: technician"
    )
    parser.add_argument(
        "--account-password-hash", default="", metavar="HASH", help="for a keyboard at the machine: `openssl passwd -6`"
    )
    parser.add_argument("--account-ssh-key", type=Path, metavar="FILE", help="public keys for a login by SSH")
    parser.add_argument(
        "--ssh-from",
        nargs="+",
        default=[],
        metavar="NETWORK",
        help="where SSH may come from; kiosk.toml begins with it",
    )
    options = parser.parse_args(arguments)
    options.output = options.output.resolve()  # apt takes the key of the repository by an absolute path only
    try:
        options.made_account = _account(options)
    except AccountError as error:
        parser.error(str(error))
    return options


def _account(options: argparse.Namespace) -> Account | None:
    """The account that the options describe. Raises AccountError."""
    if not (options.account or options.account_password_hash or options.account_ssh_key or options.ssh_from):
        return None
    name = options.account or "technician"
    return make_account(name, options.account_password_hash, options.account_ssh_key, options.ssh_from)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
