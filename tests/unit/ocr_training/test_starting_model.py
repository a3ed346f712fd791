"""Debian's model as floats, grown by characters and written back: Tesseract reads as before and knows the new ones."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.training.character_set import BLANK
from ocr.training.model_files import DEBIAN_MODEL, pack, unpack
from ocr.training.starting_model import NEW_CHARACTERS, starting_model
from ocr.training.tesseract_network import float_network_bytes, parse_network, read_network

FONT = Path(__file__).parents[3] / "assets" / "fonts" / "Sarabun-Regular.ttf"
SENTENCES = ("ขอแสดงความนับถือ", "เรื่อง ขอความอนุเคราะห์ซ่อมแซมถนน", "โทร. 023 123 5500")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("lines")
    font = ImageFont.truetype(FONT, 40)
    paths = []
    for number, text in enumerate(SENTENCES):
        picture = Image.new("L", (int(font.getlength(text)) + 30, 80), 255)
        ImageDraw.Draw(picture).text((15, 10), text, font=font, fill=0)
        paths.append(folder / f"{number}.png")
        picture.save(paths[-1])
    return paths


def read(pictures: list[Path], model: Path) -> list[str]:
    """The texts of the pictures by this model."""
    command = ["tesseract", "stdin", "stdout", "-l", model.stem, "--tessdata-dir", str(model.parent), "--psm", "7"]
    names = "\n".join(map(str, pictures))
    result = subprocess.run(command, input=names, capture_output=True, text=True, check=True, timeout=60)
    return [" ".join(page.split()) for page in result.stdout.split("\f")]


def test_all_ten_thai_digits_and_latin_letters_are_in_the_character_set(tmp_path: Path) -> None:
    characters = starting_model(tmp_path, seed=1).character_set
    for text in ("๐๑๒๓๔๕๖๗๘๙", "0123456789", "ABCXYZabcxyz"):
        classes = characters.encode(text)
        assert classes is not None
        assert len(set(classes)) == len(text)
        assert characters.decode([step for number in classes for step in (number, number, BLANK)]) == text
    assert characters.encode("ก漢") is None


@pytest.mark.parametrize("int8", [True, False])
def test_weights_as_floats_and_back_read_the_same(pictures: list[Path], tmp_path: Path, int8: bool) -> None:
    components = unpack(DEBIAN_MODEL, tmp_path / "parts")
    target = tmp_path / "again.traineddata"
    pack(components, read_network(components["lstm"]), target, int8=int8)
    assert read(pictures, target) == read(pictures, DEBIAN_MODEL)


def test_the_grown_model_reads_as_before_and_is_small(pictures: list[Path], tmp_path: Path) -> None:
    model = starting_model(tmp_path / "parts", seed=1)
    target = tmp_path / "grown.traineddata"
    output = model.network.node("Output")
    output.outputs = model.network.root.outputs = len(output.weights[0])
    pack(model.components, model.network, target, int8=True)
    assert read(pictures, target) == read(pictures, DEBIAN_MODEL)
    assert target.stat().st_size < 2_000_000


def test_a_network_written_and_parsed_is_the_same(tmp_path: Path) -> None:
    network = read_network(unpack(DEBIAN_MODEL, tmp_path)["lstm"])
    again = parse_network(float_network_bytes(network))
    for one, other in zip(network.root.nodes(), again.root.nodes(), strict=True):
        assert (one.kind, one.name, one.outputs) == (other.kind, other.name, other.outputs)
        assert all(np.array_equal(a, b) for a, b in zip(one.weights, other.weights, strict=True))
    assert again.tail == network.tail


def test_the_new_rows_depend_on_the_seed_only(tmp_path: Path) -> None:
    rows = [
        starting_model(tmp_path / str(i), seed).network.node("Output").weights[0] for i, seed in enumerate((1, 1, 2))
    ]
    assert np.array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0], rows[2])
    assert np.array_equal(rows[0][: -len(NEW_CHARACTERS)], rows[2][: -len(NEW_CHARACTERS)])
