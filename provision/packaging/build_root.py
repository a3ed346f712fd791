"""A minimal Debian in a directory, in which packages are built: with the Python, the compiler and the libraries of the
Debian that they are for. Every build runs in a fresh copy of it, made by an overlay."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provision.packaging.architecture import PROCESSOR_VARIABLE, Architecture, own_architecture
from provision.packaging.debian_mirrors import debian_mirrors

AUTHORITIES = Path("/usr/local/share/ca-certificates")  # a site's own certificate authorities
BASE_PACKAGES = ("ca-certificates", "python3", "python3-venv", "zstd")
SUITES = {"bookworm": "deb12", "trixie": "deb13"}  # name of a Debian release -> suffix of its package versions
_TIMEOUT_S = 4 * 3600.0  # for a program of another architecture, on a machine with other work
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


class BuildError(Exception):
    """A package cannot be built; the message is for a person."""


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
        hooks = []
        if AUTHORITIES.is_dir():
            hooks = [f'--customize-hook=cp -R {AUTHORITIES}/. "$1{AUTHORITIES}/"']
            hooks += ['--customize-hook=chroot "$1" update-ca-certificates']
        included = f"--include={','.join(wanted)}"
        # In a mount namespace of its own: mmdebstrap mounts /dev/shm and others of this machine in the root, and when
        # it is killed they would stay there.
        command = [
            "unshare",
            "--mount",
            "mmdebstrap",
            "--variant=minbase",
            f"--architectures={self._architecture.name}",
            included,
            *hooks,
            self.suite,
            str(unfinished),
        ]
        run_build_command([*command, *debian_mirrors(self.suite)])
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


def remove_root(root: Path) -> None:
    """Remove a directory, but nothing of another file system that is mounted in it."""
    subprocess.run(["rm", "-rf", "--one-file-system", root], check=False)


def run_build_command(
    command: list[str], timeout_s: float = _TIMEOUT_S, *, text: str = "", environment: dict[str, str] | None = None
) -> None:
    """Run a command of the build machine, with `text` on its input and `environment` beside this process's own. Raises
    BuildError with the end of its output when it fails, or when it has not ended in time."""
    try:
        result = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        raise BuildError(f"{command[0]} did not end within {timeout_s:.0f} s") from None
    if result.returncode:
        output = "\n".join((result.stdout + result.stderr).splitlines()[-40:])
        raise BuildError(f"{command[0]} ended with {result.returncode}:\n{output}")
