"""A Debian in a directory, and the commands that build with it."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from provision.packaging.architecture import Architecture

_AUTHORITIES = Path("/usr/local/share/ca-certificates")  # a site's own certificate authorities
_TIMEOUT_S = 4 * 3600.0  # for a program of another architecture, on a machine with other work


class BuildError(Exception):
    """A package cannot be built; the message is for a person."""


def make_debian(
    target: Path,
    suite: str,
    architecture: Architecture,
    packages: Iterable[str],
    *,
    sources: Iterable[str],
    variant: str = "minbase",
    options: Iterable[str] = (),
    epoch: int | None = None,
) -> None:
    """Make a root of a Debian release with the packages, from `sources`, lines for apt. `variant` and `options` are
    those of mmdebstrap. With `epoch`, the time of the sources, two roots are equal. Raises BuildError."""
    arguments = (f"--variant={variant}", f"--architectures={architecture.name}", f"--include={','.join(packages)}")
    environment = {"LC_ALL": "C.UTF-8"} | ({} if epoch is None else {"SOURCE_DATE_EPOCH": str(epoch)})
    # In a mount namespace of its own: mmdebstrap mounts /dev/shm and others of this machine in the root, and when it is
    # killed they would stay there.
    run_build_command(
        ["unshare", "--mount", "mmdebstrap", *arguments, *options, suite, str(target), *sources],
        environment=environment,
    )


def trust_sites() -> list[str]:
    """Options for a root that trusts the certificate authorities of this machine. That of an image does not."""
    if not _AUTHORITIES.is_dir():
        return []
    return [
        f'--customize-hook=cp -R {_AUTHORITIES}/. "$1{_AUTHORITIES}/"',
        '--customize-hook=chroot "$1" update-ca-certificates',
    ]


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
