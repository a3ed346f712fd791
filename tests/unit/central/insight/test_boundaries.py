"""`central boundaries import` stores whole files, simplified, and refuses bad ones with one sentence."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from central.centres.models import Centre
from central.cli import main
from central.insight.boundary_files import MAX_CORNERS, BoundaryFileError, import_boundaries
from central.insight.map_drawing import draw
from central.insight.models import AreaBoundary
from tests.unit.central.conftest import client_of, create_officer
from thai import places

DISTRICTS = sorted(place.code for place in places.districts("40"))


def _square(west: float, south: float, corners: int = 5) -> dict[str, Any]:
    """A polygon of a tenth of a degree; more corners make it a circle."""
    if corners == 5:
        east, north = west + 0.1, south + 0.1
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    else:
        angles = [2 * math.pi * index / (corners - 1) for index in range(corners - 1)]
        ring = [[west + 0.05 * math.cos(angle), south + 0.05 * math.sin(angle)] for angle in angles]
        ring.append(ring[0])
    return {"type": "Polygon", "coordinates": [ring]}


def _feature(code: object, geometry: object, name: str = "code") -> dict[str, Any]:
    return {"type": "Feature", "properties": {name: code}, "geometry": geometry}


def _grid(codes: list[str], corners: int = 5, **names: str) -> list[dict[str, Any]]:
    return [
        _feature(code, _square(102 + number % 6 / 10, 16 + number // 6 / 10, corners), **names)
        for number, code in enumerate(codes)
    ]


def _write(path: Path, features: object, kind: str = "FeatureCollection") -> Path:
    file = path / "areas.geojson"
    file.write_text(json.dumps({"type": kind, "features": features}))
    return file


def test_a_province_is_drawn_by_its_districts(tmp_path: Path, khonkaen: Centre) -> None:
    assert import_boundaries(_write(tmp_path, _grid(DISTRICTS[:-1])), "Survey Office of Khon Kaen, CC BY") == 25
    client = client_of(create_officer(khonkaen, "somsri"))
    html = client.get("/desk/reports/map").content.decode()
    outlines = html[html.index('id="outlines"') : html.index("</svg>")]
    assert outlines.count("<path") == 25
    assert 'href="?' in outlines
    assert "at=4001" in outlines
    assert "Survey Office of Khon Kaen, CC BY" in html
    tiles = html[html.index('id="tiles-of-areas"') :]
    assert f'data-area="{DISTRICTS[-1]}"' in tiles, "an area without a boundary stays reachable"


def test_boundaries_are_simplified_and_replaced(tmp_path: Path, khonkaen: Centre) -> None:
    import_boundaries(_write(tmp_path, _grid(DISTRICTS, corners=1_001)))
    rings = {row.code: row.rings for row in AreaBoundary.objects.all()}
    assert len(rings) == len(DISTRICTS)
    assert sum(len(ring) for each in rings.values() for ring in each) <= MAX_CORNERS
    assert sum(len(shape.path) for shape in draw(rings).shapes.values()) < 50_000
    import_boundaries(_write(tmp_path, _grid(["4001"])))
    assert AreaBoundary.objects.get(code="4001").rings != rings["4001"]
    assert AreaBoundary.objects.count() == len(DISTRICTS)


def test_codes_of_the_united_nations_and_own_properties_are_read(tmp_path: Path, khonkaen: Centre) -> None:
    import_boundaries(_write(tmp_path, _grid(["TH400101"], name="ADM3_PCODE")))
    import_boundaries(_write(tmp_path, _grid(["400102"], name="Tambon")), code_property="Tambon")
    assert set(AreaBoundary.objects.values_list("code", flat=True)) == {"400101", "400102"}


_SWAPPED = {"type": "Polygon", "coordinates": [[[16, 102], [16.1, 102], [16.1, 102.1], [16, 102]]]}
_METRES = {
    "type": "Polygon",
    "coordinates": [[[250000, 1800000], [250100, 1800000], [250100, 1800100], [250000, 1800000]]],
}


@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        ([], "no features"),
        ("rubbish", "FeatureCollection"),
        ([3], "feature 1 is not a GeoJSON feature"),
        ([{"type": "Feature", "properties": None, "geometry": None}], "no code of its area"),
        ([_feature("9999", _square(102, 16))], "'9999' is no DOPA code"),
        ([_feature(["40"], _square(102, 16))], "is no DOPA code"),
        ([_feature("4001", None)], "cannot be read"),
        ([_feature("4001", {"type": "Polygon", "coordinates": [[["a", "b"]]]})], "cannot be read"),
        ([_feature("4001", {"type": "Point", "coordinates": [102, 16]})], "not a polygon"),
        ([_feature("4001", {"type": "Polygon", "coordinates": []})], "not a polygon"),
        ([_feature("4001", _SWAPPED)], "swapped"),
        ([_feature("4001", _METRES)], "not in Thailand"),
        (2 * [_feature("4001", _square(102, 16))], "in the file twice"),
    ],
)
def test_a_bad_file_is_refused_whole_with_one_sentence(
    tmp_path: Path, khonkaen: Centre, features: object, sentence: str
) -> None:
    mixed = [*_grid(["4002"]), *features] if isinstance(features, list) and features else features
    with pytest.raises(BoundaryFileError) as raised:
        import_boundaries(_write(tmp_path, mixed))
    assert sentence.replace("feature 1", "feature 2") in str(raised.value)
    assert not AreaBoundary.objects.exists()


def test_the_command_imports_lists_and_removes(
    tmp_path: Path, khonkaen: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["boundaries", "import", str(_write(tmp_path, _grid(["4001", "4002"])))]) == 0
    assert main(["boundaries", "list"]) == 0
    assert capsys.readouterr().out == "40\tdistricts\t2\n"
    (tmp_path / "not.json").write_bytes(b"\x00[[[")
    assert main(["boundaries", "import", str(tmp_path / "not.json")]) == 2
    assert "not JSON. Nothing is changed." in capsys.readouterr().err
    assert main(["boundaries", "remove", "4001"]) == 0
    assert AreaBoundary.objects.count() == 1


def test_without_boundaries_the_areas_are_tiles(khonkaen: Centre, desk_client: Client) -> None:
    html = desk_client.get("/desk/reports/map").content.decode()
    assert 'id="outlines"' not in html
    assert html.count('class="area') == len(DISTRICTS)
