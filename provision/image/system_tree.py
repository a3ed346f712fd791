"""The system of the image: a Debian with the kiosk's package as a squashfs, its kernel, and the boot loader."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from provision.image.account import Account, add_account
from provision.image.contents import image_packages
from provision.packaging.architecture import Architecture
from provision.packaging.debian_mirrors import debian_mirrors
from provision.packaging.debian_root import BuildError, make_debian, run_build_command

FILES = Path(__file__).parent / "files"
HOST_NAME = "kiosk"
# Differs between builds, or is specific to the build machine.
_REMOVED = (
    "etc/hostname",
    "etc/resolv.conf",
    "var/cache/apt",
    "var/cache/ldconfig/aux-cache",
    "var/lib/apt/lists",
    "var/log/alternatives.log",
    "var/log/apt",
    "var/log/bootstrap.log",
    "var/log/dpkg.log",
    "var/lib/systemd/random-seed",
    "var/lib/dbus/machine-id",
)


@dataclass(frozen=True)
class SystemImage:
    """What the disk is made of: the system as a squashfs, and the files of the EFI partition by their path there."""

    squashfs: Path
    boot_files: dict[str, Path]


def build_system(
    suite: str,
    architecture: Architecture,
    repository: Path,
    work: Path,
    *,
    epoch: int,
    components: tuple[str, ...] = ("main",),
    extra: tuple[str, ...] = (),
    account: Account | None = None,
) -> SystemImage:
    """Make the system of a Debian release from the repository (a directory of `./run packages`) in `work`. `components`
    of Debian are also those of its updates; `extra` are further packages. Without `account` nobody can log in. This
    machine must run programs of the architecture. Raises BuildError."""
    tree, boot = work / "system", work / "boot"
    sources = repository / f"damrongdham-{suite}.sources"
    if not (repository / f"dists/{suite}/main/binary-{architecture.name}").is_dir():
        options = f"--suite {suite} --architecture {architecture.name}"
        raise BuildError(f"{repository} has no packages for this image: make them by ./run packages {options}")
    key = work / "repository.asc"
    key.write_text(_signing_key(sources.read_text("utf-8")), "utf-8")
    debian = debian_mirrors(suite, components)
    mirrors = [f"deb [signed-by={key}] copy://{repository.resolve()} {suite} main", *debian]
    packages = (*image_packages(suite, architecture, components), *(account.packages if account else ()), *extra)
    make_debian(tree, suite, architecture, packages, sources=mirrors, epoch=epoch)
    # Unpacked and not installed: their scripts look for a disk to write to.
    make_debian(boot, suite, architecture, architecture.boot_packages, sources=debian, variant="extract", epoch=epoch)
    _configure(tree)
    if account:
        add_account(tree, account, epoch)
    write_update_sources(tree, debian, sources)
    _run("chroot", tree, "update-initramfs", "-u", "-k", "all", SOURCE_DATE_EPOCH=str(epoch))
    _remove_traces(tree)
    squashfs = work / "system.squashfs"
    # -all-time and -mkfs-time: nothing in it depends on when it is made.
    _run(
        *("mksquashfs", tree, squashfs, "-quiet", "-no-progress", "-noappend", "-comp", "zstd", "-b", "256K"),
        *("-reproducible", "-all-time", str(epoch), "-mkfs-time", str(epoch)),
    )
    boot_files = {target: boot / source for source, target in architecture.boot_files.items()}
    boot_files |= {name: (tree / name).resolve() for name in ("vmlinuz", "initrd.img")}
    return SystemImage(squashfs, boot_files)


def write_update_sources(tree: Path, debian: Iterable[str], sources: Path) -> None:
    """Where updates come from: Debian's mirrors, and the repository's own file. mmdebstrap has written the repository
    as a directory of the machine that builds, for which every `apt-get update` of a kiosk would fail."""
    (tree / "etc/apt/sources.list").write_text("".join(f"{line}\n" for line in debian), "utf-8")
    shutil.copy(sources, tree / "etc/apt/sources.list.d/damrongdham.sources")


def _configure(tree: Path) -> None:
    """What a package does not set: partitions, the scripts that make them, and the first network."""
    for source, target, mode in (
        ("fstab", "etc/fstab", 0o644),
        ("hosts", "etc/hosts", 0o644),  # without it sudo asks the name servers who this machine is
        ("initramfs/hook", "etc/initramfs-tools/hooks/damrongdham", 0o755),
        ("initramfs/install-system", "etc/initramfs-tools/scripts/local-premount/damrongdham", 0o755),
        ("data/data-partition", "usr/local/lib/damrongdham-data-partition", 0o755),
        ("data/damrongdham-data.service", "etc/systemd/system/damrongdham-data.service", 0o644),
        ("data/damrongdham-touch.service", "etc/systemd/system/damrongdham-touch.service", 0o644),
        ("data/timesyncd.conf", "etc/systemd/system/systemd-timesyncd.service.d/damrongdham-data.conf", 0o644),
        ("data/journal.tmpfiles", "etc/tmpfiles.d/damrongdham-journal.conf", 0o644),
        # As the set-up writes it for DHCP, which replaces it.
        ("dhcp.nmconnection", "etc/NetworkManager/system-connections/damrongdham-kiosk.nmconnection", 0o600),
    ):
        (tree / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FILES / source, tree / target)
        (tree / target).chmod(mode)
    (tree / "etc/hostname").write_text(f"{HOST_NAME}\n", "utf-8")
    (tree / "etc/machine-id").write_text("uninitialized\n", "utf-8")  # systemd makes one at the first start
    (tree / "data").mkdir()
    for place in places_on_data_partition():
        (tree / place).mkdir(parents=True, exist_ok=True)
    _run("chroot", tree, "systemctl", "enable", "damrongdham-data.service", "damrongdham-touch.service")


def places_on_data_partition() -> dict[str, str]:
    """Where a directory of the data partition is mounted: by the place below /, the directory in the partition."""
    rows = [line.split() for line in (FILES / "fstab").read_text("utf-8").splitlines() if not line.startswith("#")]
    return {target.lstrip("/"): source.removeprefix("/data/") for source, target, kind, *_ in rows if kind == "none"}


def _remove_traces(tree: Path) -> None:
    for name in _REMOVED:
        path = tree / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
            path.mkdir()
        elif name != "etc/hostname":
            path.unlink(missing_ok=True)
    for key in (tree / "etc/ssh").glob("ssh_host_*"):  # made by the package openssh-server, one for every kiosk
        key.unlink()


def _signing_key(sources: str) -> str:
    """The public key in a .sources file. Raises BuildError."""
    _, mark, block = sources.partition("Signed-By:\n")
    if not mark:
        raise BuildError("The .sources file has no key")
    lines = (line.removeprefix(" ") for line in block.splitlines() if line.startswith(" "))
    return "\n".join("" if line == "." else line for line in lines) + "\n"


def _run(*command: str | Path, **environment: str) -> None:
    run_build_command(list(map(str, command)), environment={"LC_ALL": "C.UTF-8", **environment})
