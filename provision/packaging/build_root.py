"""A minimal Debian in a directory, in which packages are built: with the Python, the compiler and the libraries of the
Debian that they are for. Every build runs in a fresh copy of it, made by an overlay."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provision.packaging.architecture import PROCESSOR_VARIABLE, Architecture, own_architecture
from provision.packaging.debian_mirrors import debian_mirrors
from provision.packaging.debian_root import make_debian, remove_root, run_build_command, trust_sites

BASE_PACKAGES = ("ca-certificates", "python3", "python3-venv", "zstd")
SUITES = {"bookworm": "deb12", "trixie": "deb13"}  # name of a Debian release -> suffix of its package versions
# $1 lower, $2 work directory, then the command. The overlay disappears with the mount namespace.
_ENTER = """
set -eu
lower=$1 work=$2
shift 2
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" "$work/root"
mount --bind "$work/shared" "$work/root/build"
mount -t proc proc "$work/root/proc"
mount -t tmpfs tmpfs "$work/root/tmp"
exec chroot "$work/root" "$@"
"""


class BuildRoot:
    """The root of one Debian release for one architecture. `cache` keeps it, and what builds download, for the next
    time: under the name of the release, for another machine's architecture with that."""

    def __init__(self, suite: str, architecture: Architecture, cache: Path) -> None:
        self.suite, self._architecture = suite, architecture
        self._name = suite if architecture.name == own_architecture() else f"{suite}-{architecture.name}"
        self._cache = cache

    def prepare(self, packages: tuple[str, ...]) -> None:
        """Make the root when there is none with these packages. Raises BuildError."""
        wanted = sorted({*BASE_PACKAGES, *packages})
        name = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:8]
        self._root = self._cache / "roots" / f"{self._name}-{name}"
        if self._root.is_dir():
            return
        unfinished = self._root.with_suffix(".new")
        remove_root(unfinished)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        make_debian(
            unfinished,
            self.suite,
            self._architecture,
            wanted,
            sources=debian_mirrors(self.suite),
            options=trust_sites(),
        )
        (unfinished / "build").mkdir()
        unfinished.rename(self._root)

    def downloads(self) -> Path:
        """A directory that keeps downloaded files."""
        directory = self._cache / "downloads" / self._name
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    @contextmanager
    def shared_directory(self) -> Iterator[Path]:
        """A directory of one build, which is /build inside. It is removed afterwards."""
        work = self._cache / "work" / f"{self._name}-{os.getpid()}"
        remove_root(work)
        for name in ("shared", "upper", "work", "root"):
            (work / name).mkdir(parents=True)
        try:
            yield work / "shared"
        finally:
            remove_root(work)

    def run(self, shared: Path, *command: str, network: bool, **environment: str) -> None:
        """Run a command in a fresh copy of the root, with `shared` as /build. Raises BuildError with the end of its
        output when it fails."""
        namespaces = ["--mount", "--pid", "--ipc", "--fork", "--kill-child", *([] if network else ["--net"])]
        passed = {name: value for name, value in os.environ.items() if name == PROCESSOR_VARIABLE}
        if network:
            passed |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        variables = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/tmp",  # noqa: S108 - of the root
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            **passed,
            **environment,
        }
        inside = ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), *command]
        if network:
            shutil.copy("/etc/resolv.conf", self._root / "etc/resolv.conf")
        run_build_command(
            ["unshare", *namespaces, "sh", "-c", _ENTER, "sh", str(self._root), str(shared.parent), *inside]
        )
