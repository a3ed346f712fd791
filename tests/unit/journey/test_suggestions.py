"""Word suggestions: which words, how they are inserted, and that nothing is learnt."""

import json
import subprocess
import sys

import pytest

from journey.complaint.word_suggestions import (
    ABOUT,
    FOR_WHOM,
    MAX_SUGGESTIONS,
    NAME,
    PLACE,
    TOPIC,
    WORD_LISTS_DIR,
    plan_insertion,
    suggest_words,
)
from journey.complaint.word_suggestions import STORY as STORY_PART

STORY = "นางบุญมา ใจดี โทร 0812345678 ถนนหน้าหมู่บ้านชำรุดเป็นหลุมเป็นบ่อมาสองเดือน"


PARTS = (STORY_PART, TOPIC, PLACE, ABOUT, FOR_WHOM, NAME)


def lines(language: str, part: str = STORY_PART) -> list[str]:
    text = (WORD_LISTS_DIR / f"{language}.txt").read_text(encoding="utf-8")
    section, section_lines = STORY_PART, []
    for line in text.splitlines():
        if line.startswith("["):
            section = line[1:-1].split()[0]
        elif line and not line.startswith("#") and section == part:
            section_lines.append(line)
    return section_lines


def listed_words(language: str, part: str = STORY_PART) -> list[str]:
    return [word for line in lines(language, part) if "→" not in line for word in line.partition(":")[2].split()]


def next_words(language: str, part: str = STORY_PART) -> dict[str, list[str]]:
    pairs = (line.split("→") for line in lines(language, part) if "→" in line)
    return {before.strip(): after.split() for before, after in pairs}


def write(text: str, word: str, language: str) -> str:
    replaced, written = plan_insertion(text, word, language)
    return text[: len(text) - replaced] + written


@pytest.mark.parametrize(
    ("typed", "expected", "written"),
    [
        ("ได้รับความเดือดร้", "ความเดือดร้อน", "ได้รับความเดือดร้อน"),
        ("ทำให้เดือดร", "เดือดร้อน", "ทำให้เดือดร้อน"),
        ("น้ำประปาไม่ไห", "ไม่ไหล", "น้ำประปาไม่ไหล"),
        ("แจ้งเจ้าหน้", "เจ้าหน้าที่", "แจ้งเจ้าหน้าที่"),
        ("ที่สาธารณปร", "ที่สาธารณประโยชน์", "ที่สาธารณประโยชน์"),
        ("หน้าบ้าน เ", "เดือดร้อน", "หน้าบ้าน เดือดร้อน"),
        ("ขอให้ช่วยซ่อม", "ซ่อมแซม", "ขอให้ช่วยซ่อมแซม"),
        ("ขอให้ช่วยซ่อม", "โดยด่วน", "ขอให้ช่วยซ่อมโดยด่วน"),
        ("ได้รับ", "ความเดือดร้อน", "ได้รับความเดือดร้อน"),
        ("", "ข้าพเจ้า", "ข้าพเจ้า"),
        ("อะไรก็ได้ ", "ทำให้", "อะไรก็ได้ ทำให้"),
    ],
)
def test_thai_words_are_completed_and_followed(typed: str, expected: str, written: str) -> None:
    assert expected in suggest_words(typed, "th")
    assert write(typed, expected, "th") == written


@pytest.mark.parametrize(
    ("typed", "expected", "written"),
    [
        ("my neigh", "neighbour", "my neighbour"),
        ("Elec", "Electricity", "Electricity"),
        ("the road", "is", "the road is"),
        ("the road ", "is", "the road is"),
        ("It is broken. ", "The", "It is broken. The"),
        ("", "Please", "Please"),
    ],
)
def test_english_words_are_completed_and_followed(typed: str, expected: str, written: str) -> None:
    assert expected in suggest_words(typed, "en")
    assert write(typed, expected, "en") == written


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["th", "en"])
def test_a_listed_word_is_suggested_before_it_is_typed_whole(language: str, part: str) -> None:
    late = [
        word
        for word in listed_words(language, part)
        if len(word) > 5 and not any(word in suggest_words(word[:end], language, part) for end in range(2, len(word)))
    ]
    assert not late


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_word_lists_are_large_and_well_formed(language: str) -> None:
    words = listed_words(language)
    assert len(words) >= {"th": 600, "en": 300}[language]
    for part in PARTS:
        assert len(listed_words(language, part)) == len(set(listed_words(language, part)))
        for before, after in next_words(language, part).items():
            assert len(after) == len(set(after))
            assert before[0] in "^*" or all(write(before, word, language) != before for word in after)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["th", "en"])
def test_a_following_word_is_never_inserted_as_a_completion(language: str, part: str) -> None:
    gap = " " if language == "en" else ""
    for before, after in next_words(language, part).items():
        if before[0] not in "^*":
            offered = set(after) & set(suggest_words(before, language, part))
            assert {write(before, word, language) for word in offered} == {before + gap + word for word in offered}


def test_suggestions_are_few_and_distinct() -> None:
    for end in range(len(STORY)):
        for language in ("th", "en"):
            offered = suggest_words(STORY[:end], language)
            assert len(offered) <= MAX_SUGGESTIONS
            assert len(offered) == len(set(offered))


def test_an_unknown_word_has_no_suggestion() -> None:
    assert suggest_words("ณัฐฐ์", "th") == ()
    assert suggest_words("Khonkaenburi", "en") == ()


STANDALONE_WORDS = """
import json, sys
opened = []
from journey.complaint import word_suggestions as module
from thai.segmentation import words
words("ก")  # the dictionary of the system is opened here, independently of the suggestions
sys.addaudithook(lambda event, arguments: opened.append([event, str(arguments[0])]) if event in (
    "open", "os.mkdir", "os.rename", "os.remove", "socket.connect", "subprocess.Popen", "sqlite3.connect") else None)
story = sys.argv[1]
before = [module.suggest_words(text, language) for text in ("", "ถ", "บุญ") for language in ("th", "en")]
for end in range(len(story)):
    for language in ("th", "en"):
        for word in module.suggest_words(story[:end], language):
            module.plan_insertion(story[:end], word, language)
after = [module.suggest_words(text, language) for text in ("", "ถ", "บุญ") for language in ("th", "en")]
seen = list(opened)  # before the imports below, which open files themselves
kept = [name for name, value in vars(module).items() if "บุญมา" in repr(value)]
cached = module.word_lists.cache_info().currsize
print(json.dumps({"opened": seen, "same": before == after, "kept": kept, "cached": cached}))
"""


def test_only_the_lists_are_read_and_nothing_is_written_or_learnt() -> None:
    run = subprocess.run(
        [sys.executable, "-c", STANDALONE_WORDS, STORY * 3], capture_output=True, text=True, timeout=60, check=True
    )
    report = json.loads(run.stdout)
    assert sorted(report["opened"]) == sorted(
        ["open", str(WORD_LISTS_DIR / f"{language}.txt")] for language in ("th", "en")
    )
    assert report["same"]
    assert report["kept"] == []
    assert report["cached"] == 2  # the two files


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["th", "en"])
def test_each_part_has_its_own_first_words(language: str, part: str) -> None:
    begun = suggest_words("", language, part)
    assert begun
    assert all(suggest_words("", language, other) != begun for other in PARTS if other != part)


def test_suggestions_fit_the_part_that_is_typed() -> None:
    assert suggest_words("", "th", PLACE)[0] == "หน้าวัด"
    assert suggest_words("", "th", ABOUT)[0] == "เจ้าหน้าที่"
    assert suggest_words("", "th", NAME) == ("นาย", "นาง", "นางสาว")
    assert suggest_words("", "en", NAME) == ("Mr.", "Mrs.", "Ms.")
    pleading = {"ขอให้", "ทำให้", "ตั้งแต่", "เดือดร้อน", "ขอร้องเรียน"}
    for part in (PLACE, ABOUT, FOR_WHOM, NAME):
        for text in ("", "อะไรก็ได้ ", "ข", "ขอ", "ทำ", "เดือ", "หมู่ที่ 7 "):
            assert not pleading & set(suggest_words(text, "th", part)), (part, text)
    assert suggest_words("นายสมชาย ", "th", NAME) == suggest_words("Mr. ", "en", NAME) == ()
    assert "เดือดร้อน" in suggest_words("เดือดร", "th", TOPIC), "a summary gets the suggestions of a story"
    assert "โรงเรียน" in suggest_words("ใกล้โรงเ", "th", PLACE)
