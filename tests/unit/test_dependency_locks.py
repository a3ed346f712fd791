"""Installs are reproducible: the locks pin every dependency of setup.py by hash and name no package index."""

import ast
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;\\]+)")


def pins(lock: str) -> dict[str, set[Version]]:
    """Canonical name -> versions pinned in that lock (one per range of Python versions)."""
    versions: dict[str, set[Version]] = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if match := PIN.match(line):
            versions.setdefault(match[1], set()).add(Version(match[2]))
    return versions


def extras() -> dict[str, list[Requirement]]:
    """The requirement lists of setup.py by their constant's name, read without running it."""
    return {
        node.targets[0].id: [Requirement(text) for text in ast.literal_eval(node.value)]
        for node in ast.parse((ROOT / "setup.py").read_text("utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in {"KIOSK", "CENTRAL", "S3", "SIMULATORS", "TEST", "TRAINING"}
    }


@pytest.mark.parametrize("extra", ["KIOSK", "CENTRAL", "S3", "SIMULATORS", "TEST"])
def test_lock_meets_the_bounds_of_setup_py(extra: str) -> None:
    locked = pins("requirements.lock")
    unmet = [
        str(requirement)
        for requirement in extras()[extra]
        if not all(
            requirement.specifier.contains(version)
            for version in locked.get(canonicalize_name(requirement.name), {Version("0")})
        )
    ]
    assert not unmet, "./run lock was not run after a change of setup.py"


def test_the_kiosk_lock_is_a_subset_of_the_full_lock() -> None:
    whole, kiosk = pins("requirements.lock"), pins("requirements-kiosk.lock")
    assert kiosk.items() <= whole.items()
    assert {canonicalize_name(requirement.name) for requirement in extras()["KIOSK"]} <= kiosk.keys()
    assert "django" not in kiosk


def test_the_central_lock_is_a_subset_of_the_full_lock() -> None:
    whole, central = pins("requirements.lock"), pins("requirements-central.lock")
    assert central.items() <= whole.items()
    assert {canonicalize_name(requirement.name) for requirement in extras()["CENTRAL"]} <= central.keys()
    assert "pyscard" not in central, "a centre has no compiler to build it"


def test_the_training_lock_meets_its_bounds_and_agrees_with_the_product() -> None:
    training, whole = pins("requirements-training.lock"), pins("requirements.lock")
    for requirement in extras()["TRAINING"]:
        assert all(map(requirement.specifier.contains, training[canonicalize_name(requirement.name)]))
    assert all(training[name] == versions for name, versions in whole.items() if name in training)
    assert "jax" not in whole


LOCKS = [
    "requirements-training.lock",
    "requirements.lock",
    "requirements-build.lock",
    "requirements-kiosk.lock",
    "requirements-central.lock",
]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    entries = re.findall(r"^[a-z0-9].*==.*(?:\n    .*)*", text, flags=re.MULTILINE)
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--index" not in text
