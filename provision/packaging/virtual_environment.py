"""The virtual environment inside a package: locked wheels, without pip, without paths of the build, byte for byte the
same each time. Runs in the build root, on the Python that the package is for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
# Finds the interpreter beside this file, so that the environment can be moved and linked.
# -P: the current directory is not searched for modules.
LAUNCHER = """\
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python3" -P -c '
import sys
from {module} import main
sys.exit(main())' "$@"
"""
# What nothing needs at run time; Kivy's examples alone are 14 MB.
UNUSED_DIRECTORIES = ("share", "include", "etc")
_UNUSED_METADATA = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")  # pip's notes, with paths of the build


def download(source: Path, downloads: Path, lock: str) -> None:
    """Download what the lock names into `downloads`; files that are there already are used. Every file is compared with
    the hash in the lock. Needs the network."""
    for requirements in ("requirements-build.lock", lock):
        _pip(
            _tools(source, downloads, network=True),
            "download",
            "--require-hashes",
            "--no-build-isolation",
            "--no-deps",
            "--find-links",
            downloads,
            "--dest",
            downloads,
            "--requirement",
            source / requirements,
        )


def build(source: Path, downloads: Path, lock: str, target: Path) -> None:
    """Build the wheels of the lock and of the product, and install them into the new environment `target`. Uses no
    network. Environment variables: DAMRONGDHAM_PART, DAMRONGDHAM_VERSION (setup.py), SOURCE_DATE_EPOCH."""
    python = _tools(source, downloads, network=False)
    wheels = target.parent / "wheels"
    offline = ("--no-index", "--no-cache-dir", "--no-build-isolation", "--no-deps")
    _pip(
        python,
        "wheel",
        *offline,
        "--find-links",
        downloads,
        "--require-hashes",
        "--requirement",
        source / lock,
        "--wheel-dir",
        wheels,
    )
    _pip(python, "wheel", *offline, source, "--wheel-dir", wheels)
    _run(SYSTEM_PYTHON, "-m", "venv", "--without-pip", target)
    _pip(
        python,
        "--python",
        target / "bin" / "python3",
        "install",
        "--no-index",
        "--no-deps",
        "--no-compile",
        *sorted(wheels.glob("*.whl")),
    )


def finish(target: Path, *, command: str, module: str, final_path: str) -> None:
    """Replace what depends on the place and time of the build, and compile the modules. Tracebacks show the environment
    at `final_path`; the files can be anywhere."""
    for path in (target / "bin").iterdir():
        if not path.is_symlink():
            path.unlink()
    for name in UNUSED_DIRECTORIES:
        shutil.rmtree(target / name, ignore_errors=True)
    launcher = target / "bin" / command
    launcher.write_text(LAUNCHER.format(module=module), encoding="utf-8")
    launcher.chmod(0o755)
    (target / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n", encoding="utf-8")
    for metadata in target.glob("lib/python3*/site-packages/*.dist-info"):
        for name in _UNUSED_METADATA:
            (metadata / name).unlink(missing_ok=True)
    compile_modules(target, final_path)
    _run(launcher, "--version")


def compile_modules(target: Path, final_path: str) -> None:
    """Compile every module to a .pyc that names no time. Nobody may write beside the modules later, so that without it
    every start would compile them again. One process, in the order of names, because the bytes depend on what was
    compiled before in the same process. Files that the installation has compiled name their time, and are replaced."""
    library = target / "lib"
    _run(
        target / "bin" / "python3",
        "-m",
        "compileall",
        "-q",
        "-f",
        "--invalidation-mode",
        "unchecked-hash",
        "-s",
        target,
        "-p",
        final_path,
        library,
        may_fail=True,
    )  # some libraries have templates that are no Python


def _tools(source: Path, downloads: Path, *, network: bool) -> Path:
    """Python of an environment with the locked build tools."""
    tools = Path("/build/tools")
    python = tools / "bin" / "python3"
    if not python.exists():
        _run(SYSTEM_PYTHON, "-m", "venv", tools)
        index = () if network else ("--no-index",)
        _pip(
            python,
            "install",
            "--require-hashes",
            *index,
            "--find-links",
            downloads,
            "--requirement",
            source / "requirements-build.lock",
        )
    return python


def _pip(python: Path, *arguments: str | Path) -> None:
    _run(python, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", *arguments)


def _run(*command: str | Path, may_fail: bool = False) -> None:
    # Debugging symbols name the random directory of the build. With PYTHONPATH, which finds this module, pip takes the
    # sources for an installation and installs nothing.
    environment = {"CFLAGS": "-g0", **os.environ}
    environment.pop("PYTHONPATH", None)
    status = subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode
    if status and not may_fail:
        raise SystemExit(f"{' '.join(map(str, command[:4]))} … ended with {status}")
