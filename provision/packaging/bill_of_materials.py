"""The bill of materials (SBOM) of a virtual environment in the format CycloneDX 1.6, and the licence texts of its
packages."""

import json
import shutil
import uuid
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

_LICENCE_NAMES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


def write_bill(
    packages: Path, target: Path, *, name: str, version: str, epoch: int, hashes: dict[str, list[str]]
) -> None:
    """Write the bill of everything in the directory `packages` (site-packages). `hashes` has the SHA-256 values of the
    lock for each package name; one of them is that of the file that was installed."""
    product = {
        "type": "application",
        "bom-ref": name,
        "name": name,
        "version": version,
        "licenses": [_id("Apache-2.0")],
    }
    components = [_component(distribution, hashes) for distribution in _sorted_distributions(packages)]
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{name}@{version}')}",
        "version": 1,
        "metadata": {
            "timestamp": f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "component": product,
        },
        "components": [component for component in components if component["name"] != "damrongdham-kiosk"],
    }
    target.write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def copy_licences(packages: Path, target: Path) -> None:
    """Copy every licence text that the packages carry to `target`/PACKAGE/FILE."""
    for metadata in sorted(packages.glob("*.dist-info")):
        for text in sorted(metadata.rglob("*")):
            if text.is_file() and text.name.upper().startswith(_LICENCE_NAMES):
                place = target / metadata.name.removesuffix(".dist-info")
                place.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(text, place / "-".join(text.relative_to(metadata).parts))


def lock_hashes(lock: str) -> dict[str, list[str]]:
    """The SHA-256 values of each package in the text of a requirements lock."""
    hashes: dict[str, list[str]] = {}
    values: list[str] = []
    for line in lock.splitlines():
        text = line.strip().rstrip("\\").strip()
        if "==" in text and not text.startswith("#"):
            values = hashes.setdefault(text.partition("==")[0].partition("[")[0].strip().lower(), [])
        elif text.startswith("--hash=sha256:"):
            values.append(text.removeprefix("--hash=sha256:"))
    return hashes


def _sorted_distributions(packages: Path) -> list[Distribution]:
    return sorted(distributions(path=[str(packages)]), key=_normal_name)


def _normal_name(distribution: Distribution) -> str:
    return distribution.metadata["Name"].lower().replace("_", "-").replace(".", "-")


def _component(distribution: Distribution, hashes: dict[str, list[str]]) -> dict[str, Any]:
    name, version = _normal_name(distribution), distribution.version
    reference = f"pkg:pypi/{quote(name)}@{quote(version)}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": version,
        "purl": reference,
    }
    if licences := _licences(distribution):
        component["licenses"] = licences
    if values := hashes.get(name):
        references = [{"alg": "SHA-256", "content": value} for value in values]
        url = f"https://pypi.org/project/{quote(name)}/{quote(version)}/"
        component["externalReferences"] = [{"type": "distribution", "url": url, "hashes": references}]
    return component


def _licences(distribution: Distribution) -> list[dict[str, Any]]:
    """The licence as an SPDX expression where the package declares one, otherwise in its own words."""
    metadata = distribution.metadata
    if "License-Expression" in metadata:
        return [{"expression": metadata["License-Expression"]}]
    classifiers = [line for line in metadata.get_all("Classifier", []) if line.startswith("License :: ")]
    if classifiers:
        return [{"license": {"name": line.rpartition(" :: ")[2]}} for line in sorted(classifiers)]
    words = metadata["License"].strip().partition("\n")[0] if "License" in metadata else ""
    return [{"license": {"name": words[:100]}}] if words else []


def _id(identifier: str) -> dict[str, Any]:
    return {"license": {"id": identifier}}
