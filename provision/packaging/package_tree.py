"""The files of one Debian package in a directory: units and configuration at their places, control files, archive."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

# Where a file of systemd/ belongs, by the end of its name. `{}` is the name without that end.
PLACES = {
    ".service": "usr/lib/systemd/system/{}.service",
    ".path": "usr/lib/systemd/system/{}.path",
    ".socket": "usr/lib/systemd/system/{}.socket",
    ".timer": "usr/lib/systemd/system/{}.timer",
    ".sysusers.conf": "usr/lib/sysusers.d/{}.conf",
    ".tmpfiles.conf": "usr/lib/tmpfiles.d/{}.conf",
    ".sysctl.conf": "usr/lib/sysctl.d/60-{}.conf",
    ".modules.conf": "usr/lib/modules-load.d/{}.conf",
    ".logind.conf": "usr/lib/systemd/logind.conf.d/{}.conf",
    ".networkmanager.conf": "usr/lib/NetworkManager/conf.d/50-{}.conf",
    "-backlight.rules": "usr/lib/udev/rules.d/70-{}-backlight.rules",
    "-touch.rules": "usr/lib/udev/rules.d/72-{}-touch.rules",
    ".rules": "usr/share/polkit-1/rules.d/50-{}.rules",
}


def place_of(name: str) -> str:
    """The path in the package of a file of systemd/. Raises ValueError for a kind of file that has no place."""
    for end in sorted(PLACES, key=len, reverse=True):
        if name.endswith(end):
            return PLACES[end].replace("{}", name.removesuffix(end))
    raise ValueError(f"systemd/{name}: provision/packaging/package_tree.py has no place for such a file")


def place_system_files(files: Iterable[Path], tree: Path) -> list[str]:
    """Copy files of systemd/ to their places. Returns the names of the units that are enabled at the installation:
    those with an [Install] section."""
    enabled = []
    for source in sorted(files):
        place_file(source, tree / place_of(source.name))
        if "/systemd/system/" in place_of(source.name) and "\n[Install]\n" in source.read_text("utf-8"):
            enabled.append(source.name)
    return enabled


def place_file(source: Path, target: Path, *, executable: bool = False) -> None:
    """Copy a file into the package."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if executable else 0o644)


def required_packages(listing: str, *sections: str) -> list[str]:
    """The names in these sections of provision/packages.txt, sorted."""
    names: set[str] = set()
    for section in re.split(r"(?m)^# (?=\[)", listing)[1:]:
        if section.partition("]")[0].removeprefix("[") in sections:
            names.update(re.findall(r"(?m)^([a-z0-9][a-z0-9.+-]*)", section))
    return sorted(names)


def write_control(tree: Path, fields: dict[str, str], scripts: dict[str, str]) -> None:
    """Write control file, checksums and maintainer scripts."""
    control = tree / "DEBIAN"
    control.mkdir()
    payload = sorted(path for path in tree.rglob("*") if control not in path.parents and path != control)
    kilobytes = sum(-(-path.lstat().st_size // 1024) if not path.is_dir() else 1 for path in payload)
    text = "".join(f"{name}: {value}\n" for name, value in {**fields, "Installed-Size": str(kilobytes)}.items())
    (control / "control").write_text(text, encoding="utf-8")
    write_checksums(tree)
    for name, script in scripts.items():
        (control / name).write_text(script, encoding="utf-8")
        (control / name).chmod(0o755)


def write_checksums(tree: Path) -> None:
    """Write the list with which `dpkg --verify` finds damaged files."""
    control = tree / "DEBIAN"
    files = sorted(path for path in tree.rglob("*") if control not in path.parents and path.is_file())
    checksums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(tree)}\n"
        for path in files
        if not path.is_symlink()
    )
    (control / "md5sums").write_text(checksums, encoding="utf-8")


def pack(tree: Path, target: Path, epoch: int) -> None:
    """Make the archive. Permissions and times are set here, so that umask and time of the build do not matter. zstd,
    because xz needs minutes for 500 MB; one thread, because the bytes depend on whether there are several."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z10", "--threads-max=1", "--build", tree, target],
        check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
        stdout=subprocess.DEVNULL,
    )
