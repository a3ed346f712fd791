"""Every character that a screen can show exists in its typeface."""

import ast
import json
import re
from collections.abc import Iterator

from journey.complaint import word_suggestions
from protocol.case_status import CaseStatus, status_text
from protocol.centre_kind import CentreKind
from screens.kivy_setup import ASSETS_DIR, TYPEFACES
from screens.widgets.key_layouts import LAYOUTS
from thai.places import districts, provinces, tambons
from tools.gui_checks.typeface_characters import missing_characters, supported_characters
from tools.message_catalogue import ROOT, thai_catalogue

SOURCE_CHARACTERS = [name for name in TYPEFACES if name != "icons"]  # every sentence may be set in every weight
_KV_TEXT = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")


def test_the_character_map_is_read_correctly() -> None:
    assert {"ก", "๑", "A", "«", "…", "·"} <= supported_characters("Sarabun")
    assert missing_characters("จุด ●\n", "Sarabun") == ["●"], "not in Sarabun: not drawn"
    assert missing_characters("กก", "icons") == ["ก"]


def test_every_sentence_of_the_catalogue_can_be_written() -> None:
    text = "".join(str(part) for message in thai_catalogue() for part in (message.id, message.string))
    assert not any(missing_characters(text, name) for name in SOURCE_CHARACTERS)


def test_every_literal_of_the_screens_can_be_written() -> None:
    lacking = {
        (place, sign)
        for place, text in _source_texts()
        for name in SOURCE_CHARACTERS
        for sign in missing_characters(text, name)
    }
    assert lacking == set()


def test_keys_suggestions_places_and_statuses_can_be_written() -> None:
    keys = "".join(k.base + k.shifted for rows in LAYOUTS.values() for row in rows for k in row)
    offered = "".join(
        word
        for language in ("th", "en")
        for words in word_suggestions.word_lists(language).values()
        for word in words.weight
    )
    areas = [area for province in provinces() for area in (province, *districts(province.code))]
    areas += [tambon for district in areas for tambon in tambons(district.code)]
    statuses = "".join(
        status_text(status, language, "ขอนแก่น", kind, "น้ำพอง")
        for status in CaseStatus
        for kind in CentreKind
        for language in ("th", "en")
    )
    text = keys + offered + statuses + "".join(area.th + area.en for area in areas)
    assert not any(missing_characters(text, name) for name in SOURCE_CHARACTERS)


def test_every_icon_has_its_glyph() -> None:
    points = json.loads((ASSETS_DIR / "icons" / "names.json").read_text())
    assert missing_characters("".join(chr(int(point, 16)) for point in points.values()), "icons") == []


def _source_texts() -> Iterator[tuple[str, str]]:
    """Every string in the code of the screens except docstrings, and every string in their rules."""
    for path in sorted((ROOT / "screens").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        described = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
                yield f"{path.name}:{node.lineno}", node.value
    for path in sorted((ROOT / "screens").rglob("*.kv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for single, double in _KV_TEXT.findall(line.partition("#:")[0] if not line.startswith("#") else ""):
                yield f"{path.name}:{number}", single or double
