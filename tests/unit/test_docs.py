"""What the pages name exists: files, verbs, commands, options; and whoever begins at the README finds every page."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from central import cli as central
from kiosk_app import cli as kiosk

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_TOP_DIRECTORIES = (
    "kiosk_app|journey|drivers|screens|ocr|thai|protocol|central|simulators|assets|systemd|provision|tests|tools|docs"
)
_FILE = re.compile(rf"`((?:{_TOP_DIRECTORIES})/[\w./-]*\w/?)")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_CODE = re.compile(r"```(\w*)\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_QUOTED_OUTPUT = re.compile(r"(?:^|[\s/;&])(kiosk|central|\./run) ([a-z][a-z-]*)([^;&|\n]*)", re.MULTILINE)


def linked(page: Path) -> list[Path]:
    return [(page.parent / target).resolve() for target in _LINK.findall(page.read_text(encoding="utf-8"))]


def commands(page: Path) -> Iterator[tuple[str, str, str]]:
    """(program, command, the words after it) of everything that stands as code."""
    for language, block, span in _CODE.findall(page.read_text(encoding="utf-8")):
        if language in ("", "sh"):
            yield from _QUOTED_OUTPUT.findall(re.sub("#.*", "", block or span))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [target for target in linked(page) if not target.exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_named_is_there(page: Path) -> None:
    named = _FILE.findall(page.read_text(encoding="utf-8"))
    assert [file for file in named if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_test_named_is_there(page: Path) -> None:
    missing = []
    for file, name in _TEST.findall(page.read_text(encoding="utf-8")):
        path = ROOT / file
        said = path.read_text(encoding="utf-8") if path.exists() else ""
        if not re.search(rf"^(?:(?:async )?def {name}\(|class {name}\b|{name} = )", said, re.MULTILINE):
            missing.append(f"{file}::{name}")
    assert missing == []


def test_security_page_names_a_test_in_every_row() -> None:
    """A file alone says nothing: which of its tests fails when the sentence stops being true?"""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and line.count(" | ") == 2]
    attackers = [row for row in rows if not row.startswith(("| attacker |", "| what |"))]
    assert len(attackers) > 20
    assert [row for row in attackers if not _TEST.search(row) and "`./run " not in row] == []
    assert re.findall(r"`(tests/[\w/]+\.py)`", page) == []


def test_every_page_is_found_from_the_readme() -> None:
    found, open_ends = {README}, [README]
    while open_ends:
        for target in linked(open_ends.pop()):
            pages = target.glob("*.md") if target.is_dir() else [target]
            new = {page for page in pages if page.suffix == ".md"} - found
            found |= new
            open_ends.extend(new)
    assert set(PAGES) <= found


def test_every_command_and_option_exists(capsys: pytest.CaptureFixture[str]) -> None:
    programs: dict[str, Callable[[list[str]], int]] = {"kiosk": kiosk.main, "central": central.main}
    verbs = set(re.findall(r"^\./run ([a-z]+)", (ROOT / "run").read_text(encoding="utf-8"), re.MULTILINE))
    helped: dict[tuple[str, str], str] = {}
    wrong = []
    for page in PAGES:
        for program, name, rest in commands(page):
            if program == "./run":
                wrong += [] if name in verbs else [f"{page.name}: ./run {name}"]
                continue
            if (program, name) not in helped:
                with suppress(SystemExit):
                    programs[program]([name, "--help"])
                helped[program, name] = capsys.readouterr().out
            options = re.findall(r"--[a-z-]+", rest)
            if not helped[program, name] or not all(option in helped[program, name] for option in options):
                wrong.append(f"{page.name}: {program} {name} {' '.join(options)}")
    assert wrong == []
    assert len(helped) > 15, "the pages name most commands"
