"""Fetches the fonts of `typefaces.py` into a folder and checks that they have the Thai digits.

`apt-get download` and `npm pack` fetch; each package must have the recorded SHA-256. Nothing is installed.
"""

import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

from ocr.training.typefaces import TYPEFACES, Design, FontPackage, Split, Typeface

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_SUFFIXES = (".ttf", ".woff")


class TypefaceError(Exception):
    """A font cannot be fetched or is not the recorded one; the message names it."""


@dataclass(frozen=True)
class Face:
    """A font file of a family."""

    family: str
    split: Split
    design: Design
    path: Path


def _file_name(face: str) -> str:
    return Path(face.replace("-{}", "")).name + ".ttf"


def faces(cache_folder: Path, split: Split) -> list[Face]:
    """The font files of one part of the split, in the table's order. Raises TypefaceError when some are missing."""
    result = [
        Face(typeface.family, split, typeface.design, cache_folder / _file_name(face))
        for typeface in TYPEFACES
        if typeface.split == split
        for face in typeface.faces
    ]
    missing = [str(face.path) for face in result if not face.path.exists()]
    if missing:
        raise TypefaceError(f"run `./run train-ocr fetch` first; missing: {', '.join(missing)}")
    return result


@cache
def characters(path: Path) -> frozenset[str]:
    """Characters that the font has."""
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _download(package: FontPackage, folder: Path) -> Path:
    if package.source == "debian":
        command = ["apt-get", "download", f"{package.name}={package.version}"]
    else:
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    files = [*folder.glob("*.deb"), *folder.glob("*.tgz")]
    if result.returncode or len(files) != 1:
        raise TypefaceError(f"{' '.join(command)}: {result.stderr.strip()[-300:]}")
    if hashlib.sha256(files[0].read_bytes()).hexdigest() != package.sha256:
        raise TypefaceError(
            f"{package.name} {package.version} is not the file of the table in ocr/training/typefaces.py"
        )
    return files[0]


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
    else:
        subprocess.run(["tar", "-xzf", archive, "-C", folder, "--no-same-owner"], check=True)


def _existing(stem: Path) -> Path:
    for suffix in _SUFFIXES:
        if (path := stem.parent / (stem.name + suffix)).exists():
            return path
    raise TypefaceError(f"the package has no {stem.name}")


def _write_face(typeface: Typeface, face: str, unpacked: Path, target: Path) -> None:
    """Save one face as plain TrueType; a face that is split by script is joined."""
    if typeface.parts:
        font = Merger().merge([str(_existing(unpacked / face.format(part))) for part in typeface.parts])
    else:
        font = TTFont(_existing(unpacked / face))
    font.flavor = None
    aside = target.with_suffix(".new")
    font.save(aside)
    if missing := set(THAI_DIGITS) - characters(aside):
        raise TypefaceError(f"{typeface.family} has no {' '.join(sorted(missing))}")
    aside.rename(target)


def fetch_typefaces(cache_folder: Path) -> int:
    """Fetch what is missing in `cache_folder`; returns the number of packages fetched. Raises TypefaceError."""
    cache_folder.mkdir(parents=True, exist_ok=True)
    missing: dict[FontPackage, list[tuple[Typeface, str]]] = {}
    for typeface in TYPEFACES:
        for face in typeface.faces:
            if not (cache_folder / _file_name(face)).exists():
                missing.setdefault(typeface.package, []).append((typeface, face))
    for package, wanted in missing.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            archive = _download(package, folder)
            (folder / "unpacked").mkdir()
            _unpack(archive, folder / "unpacked")
            for typeface, face in wanted:
                _write_face(typeface, face, folder / "unpacked", cache_folder / _file_name(face))
    return len(missing)
