"""The list of recordings: complete, in both languages, without personal data."""

import csv
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from journey.language.recordings import Recordings, recording_file_name

ROOT = Path(__file__).parents[3]
SECRETS = ("บุญมา", "ใจดี", "081", "7KQ2", "KKN07A", "สมศักดิ์", "จักรยานยนต์", "หน้าวัด", "ครัวเรือน", "บ้านเป็ด", "ช่างประปา")


def list_recordings(*arguments: str) -> tuple[int, list[dict[str, str]]]:
    out = Path(arguments[arguments.index("--out") + 1])
    run = subprocess.run(
        [sys.executable, "-m", "tools.recording_list", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode in (0, 1), run.stderr
    with out.open(encoding="utf-8-sig", newline="") as file:
        return run.returncode, list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    code, listed = list_recordings("--out", str(tmp_path_factory.mktemp("list") / "recordings.csv"))
    assert code == 0
    return listed


def test_the_sentences_of_every_screen_are_listed_in_both_languages(rows: list[dict[str, str]]) -> None:
    for language, sentence in (
        ("th", "มีเรื่องเดือดร้อน บอกเราได้ที่นี่"),
        ("en", "Insert your ID card"),
        ("en", "Insert your ID card, or continue without one"),
        ("th", "ขั้นที่ 4 จาก 6"),
        ("th", "ก"),
    ):
        assert [row for row in rows if (row["language"], row["sentence"]) == (language, sentence)], sentence
    assert len({row["file"] for row in rows}) == len(rows), "one file, one sentence"


def test_no_sentence_read_aloud_contains_personal_data(rows: list[dict[str, str]]) -> None:
    sentences = "\n".join(row["sentence"] for row in rows)
    assert not [secret for secret in SECRETS if secret in sentences]


def test_a_recorded_sentence_is_found_by_its_text_and_no_longer_listed(
    rows: list[dict[str, str]], tmp_path: Path
) -> None:
    first = rows[0]
    file = tmp_path / first["file"]
    file.parent.mkdir()
    with wave.open(str(file), "wb") as clip:
        clip.setparams((1, 2, 22050, 0, "NONE", ""))
    recordings = Recordings(tmp_path)
    assert recordings.find(first["sentence"], first["language"]) == file
    assert recordings.find(first["sentence"] + " ", first["language"]) == file
    assert recordings.find("another sentence", first["language"]) is None
    code, left = list_recordings("--missing", str(tmp_path), "--out", str(tmp_path / "left.csv"))
    assert (code, len(left)) == (1, len(rows) - 1)


def test_a_sentence_that_changes_loses_its_recording() -> None:
    assert recording_file_name("Insert your ID card", "en") != recording_file_name("Insert your ID card please", "en")
