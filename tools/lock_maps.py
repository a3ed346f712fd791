"""Takes what maps are drawn with from npm: outlines of the provinces, and Leaflet.

    python -m tools.lock_maps

Part of `./run lock`. `central/insight/outlines/` gets the provinces of `@svg-maps/thailand` by DOPA code, in degrees
and simplified; `central/static/leaflet/` gets the files of Leaflet as they are. Both have the licence, and `lock.json`
with version and SHA-256. The files are in the repository, so neither a test nor an installation needs npm or a network.

The drawing is in Mercator's projection. Its margins are the outermost points of the country: they give the degrees of
each corner, to about 2 km."""

import json
import math
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import shapely

from central.insight.boundary_shapes import Rings, simplify
from thai import places

ROOT = Path(__file__).parents[1]
_OUTLINES, _LEAFLET = ROOT / "central/insight/outlines", ROOT / "central/static/leaflet"
_MAP, _LIBRARY = "@svg-maps/thailand", "leaflet"
_LAKE = "lksg"  # Songkhla Lake is an area of its own in the drawing
# The outermost points of Thailand in degrees: west, south, east, north.
_WEST, _SOUTH, _EAST, _NORTH = 97.3437, 5.6128, 105.6369, 20.4648
_GRID = 3e-3  # degrees: the drawing's corners are 0.01 of 560 units, its neighbours differ by up to 0.2
_MAX_CORNERS = 10_000  # 45 kB on the page of the country


def main() -> int:
    """Replace the vendored files; 1 without npm."""
    if shutil.which("npm") is None:
        print(f"npm is not installed: {_MAP} and {_LIBRARY} stay as they are", file=sys.stderr)
        return 1
    drawing = _fetch(f"{_MAP}@2", ("index.js", "LICENSE.md", "package.json"))
    rings = provinces(drawing["index.js"].decode())
    content = {
        "provinces.json": json.dumps(rings, separators=(",", ":")).encode(),
        "LICENSE.md": drawing["LICENSE.md"],
    }
    changes = "corners in degrees, simplified, keyed by the code of the province; the lake is left out"
    _store(_OUTLINES, _MAP, drawing, content, {"source_sha256": _digest(drawing["index.js"]), "changes": changes})
    library = _fetch(f"{_LIBRARY}@1", ("dist/leaflet.js", "dist/leaflet.css", "LICENSE", "package.json"))
    content = {name.removeprefix("dist/"): text for name, text in library.items() if name != "package.json"}
    content["leaflet.js"] = content["leaflet.js"].replace(b"//# sourceMappingURL=leaflet.js.map", b"").rstrip() + b"\n"
    _store(_LEAFLET, _LIBRARY, library, content, {})
    return 0


def provinces(module: str) -> dict[str, Rings]:
    """The rings of each province by its code, from the package's module. Raises ValueError unless it has each of the 77
    provinces once."""
    drawing = json.loads(module[module.index("{") :].rstrip().rstrip(";"))
    lines = {area["name"]: list(_lines(area["path"])) for area in drawing["locations"] if area["id"] != _LAKE}
    corners = [corner for rings in lines.values() for ring in rings for corner in ring]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    north, south = _mercator(_NORTH), _mercator(_SOUTH)

    def degrees(corner: tuple[float, float]) -> tuple[float, float]:
        x, y = (corner[0] - left) / (right - left), (corner[1] - top) / (bottom - top)
        return _WEST + x * (_EAST - _WEST), _latitude(north + y * (south - north))

    areas = {
        _province_code(name): shapely.union_all(
            [shapely.make_valid(shapely.Polygon([degrees(corner) for corner in ring])) for ring in rings]
        )
        for name, rings in lines.items()
    }
    if sorted(areas) != sorted(place.code for place in places.provinces()):
        raise ValueError("The package does not have each province once")
    return dict(sorted(simplify(areas, _MAX_CORNERS, _GRID).items()))


def _province_code(name: str) -> str:
    codes = [code for code in places.codes_named(name) if len(code) == 2]
    if len(codes) != 1:
        raise ValueError(f"{name} is not the name of one province")
    return codes[0]


def _lines(path: str) -> Iterator[list[tuple[float, float]]]:
    """The rings of a path of the commands m and z, whose corners are relative."""
    if set(re.findall("[A-Za-z]", path)) - {"m", "z"}:
        raise ValueError("The package draws with other commands than m and z")
    x = y = 0.0
    for part in re.findall("m([^mz]*)", path):
        ring: list[tuple[float, float]] = []
        for step in part.split():
            across, down = step.split(",")
            x, y = x + float(across), y + float(down)
            ring.append((x, y))
        x, y = ring[0]
        if len(set(ring)) > 2:
            yield ring


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def _latitude(height: float) -> float:
    return math.degrees(2 * math.atan(math.exp(height)) - math.pi / 2)


def _fetch(package: str, names: tuple[str, ...]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as directory:
        command = ["npm", "pack", package, "--silent", "--pack-destination", directory]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(directory).glob("*.tgz")
        with tarfile.open(archive) as opened:
            return {name: _read(opened, name) for name in names}


def _read(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


def _store(
    directory: Path, package: str, fetched: dict[str, bytes], content: dict[str, bytes], more: dict[str, str]
) -> None:
    about = json.loads(fetched["package.json"])
    directory.mkdir(exist_ok=True)
    for name, text in content.items():
        (directory / name).write_bytes(text)
    locked = {
        "package": package,
        "version": about["version"],
        "licence": about["license"],
        **more,
        "sha256": {name: _digest(text) for name, text in sorted(content.items())},
    }
    (directory / "lock.json").write_text(f"{json.dumps(locked, indent=2)}\n", encoding="utf-8")


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
