"""Copies of a package with a later version, whole or broken."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from provision.packaging.package_tree import write_checksums
from tests.appliance.tools import ApplianceTestError, run_command


def later_version(package: Path, suffix: str, work: Path, change: Callable[[Path], None] = lambda tree: None) -> Path:
    """A copy of the package in `work` with a later version, after `change` of its files."""
    tree = work / "repacked"
    run_command("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    text = control.read_text("utf-8")
    version = re.search(r"(?m)^Version: (.+)$", text)
    if not version:
        raise ValueError(f"{package} has no version")
    later = f"{version[1]}+{suffix}"
    control.write_text(text.replace(f"\nVersion: {version[1]}\n", f"\nVersion: {later}\n"), encoding="utf-8")
    for name in tree.glob("opt/*/package/name"):
        name.write_text(f"{later}\n", encoding="utf-8")
    change(tree)
    write_checksums(tree)
    target = work / package.name.replace(version[1], later)
    run_command("dpkg-deb", "--root-owner-group", "-Zzstd", "-z1", "--build", tree, target, timeout=300)
    shutil.rmtree(tree)
    return target


def version_of(package: Path) -> str:
    """Its version, from its name."""
    return package.name.split("_")[1]


def change_module(tree: Path, name: str, change: Callable[[str], str]) -> None:
    """Change one module of the release, and remove its compiled copy."""
    (module,) = tree.glob(f"opt/*/package/lib/python3*/site-packages/{name}")
    text = module.read_text("utf-8")
    if (changed := change(text)) == text:
        raise ApplianceTestError(f"{name} has not what this test changes")
    module.write_text(changed, encoding="utf-8")
    for compiled in module.parent.glob(f"__pycache__/{module.stem}.*.pyc"):
        compiled.unlink()


def break_interface(tree: Path) -> None:
    """The interface ends at once. Every command answers `--help`, and the self-test finds nothing."""
    crash = "\n\ndef run(*_: object, **__: object) -> None:\n    raise SystemExit(1)\n"
    change_module(tree, "kiosk_app/app.py", lambda text: text + crash)
