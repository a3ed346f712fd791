"""Every reference in pages and comments resolves: files, sections, decisions, verbs, commands, options, tests. Every
page can be reached from the README."""

import builtins
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from central import cli as central
from kiosk_app import cli as kiosk
from provision.central import setup

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_PAGE_DIRECTORIES = ("docs", "tests", "assets")
PAGES = sorted({*ROOT.glob("*.md"), *(page for name in _PAGE_DIRECTORIES for page in (ROOT / name).rglob("*.md"))})
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_TOP_DIRECTORIES = (
    "kiosk_app|journey|drivers|screens|ocr|thai|protocol|central|simulators|assets|systemd|provision|tests|tools|docs"
)
_FILE = re.compile(rf"`((?:{_TOP_DIRECTORIES})/[\w./-]*\w/?)")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_CODE = re.compile(r"```(\w*)\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_SECTION = re.compile(r"`?(docs/[\w./-]+\.md)`? §(\w+(?:\.\d+)*)")
_RECORD = re.compile(r"\b[Dd]ecisions? ((?:\d{4}(?:, | and )?)+)")
# Names of documents that are not part of this repository; comments refer to docs/facts.md and docs/look.md.
_FORMER_DOCUMENT = re.compile(r"\b(?:FACTS|LOOK|DESIGN|REQUIREMENTS|CENTRE)(?:\.md\b| §| rule \d)|\bFACTS\b")
_SOURCE_SUFFIXES = (".py", ".kv", ".sh", ".toml", ".service", ".path", ".conf", ".rules", ".css", ".js", ".html", ".c")
_QUOTED_OUTPUT = re.compile(r"(?:^|[\s/;&])(kiosk|central|\./run) ([a-z][a-z-]*)([^;&|\n]*)", re.MULTILINE)


def source_files() -> Iterator[Path]:
    """Every text file of the top directories with code or configuration, except this one."""
    for name in _TOP_DIRECTORIES.split("|"):
        for path in sorted((ROOT / name).rglob("*")):
            is_source = path.suffix in _SOURCE_SUFFIXES or not path.suffix
            if path.is_file() and is_source and "__pycache__" not in path.parts and path != Path(__file__):
                yield path
    yield from (ROOT / name for name in ("run", "setup.py", "pyproject.toml", ".importlinter"))


def references(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """(file:line, match) for every match in pages and sources."""
    for path in (*PAGES, *source_files()):
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in pattern.finditer(text):
            yield f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}", match


def linked(page: Path) -> list[Path]:
    return [(page.parent / target).resolve() for target in _LINK.findall(page.read_text(encoding="utf-8"))]


def commands(page: Path) -> Iterator[tuple[str, str, str]]:
    """(program, command, rest of the line) of every command that the page quotes as code."""
    for language, block, span in _CODE.findall(page.read_text(encoding="utf-8")):
        if language in ("", "sh"):
            yield from _QUOTED_OUTPUT.findall(re.sub("#.*", "", block or span))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_has_a_target(page: Path) -> None:
    assert [target for target in linked(page) if not target.exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_named_in_a_page_exists(page: Path) -> None:
    named = _FILE.findall(page.read_text(encoding="utf-8"))
    assert [file for file in named if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/glossary.md"])
def test_every_identifier_named_is_in_the_code(page: str) -> None:
    """Classes, constants and snake_case names in backticks. Migrations do not count: they have former names."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    named = {name for span in re.findall(r"`([\w.]+)`", text) for name in span.split(".")}
    sources = [path for path in source_files() if "migrations" not in path.parts]
    code = "\n".join(path.read_text("utf-8", errors="replace") for path in sources)
    classes = set(re.findall(r"\bclass (\w+)|^(\w+) = ", code, re.MULTILINE))
    defined = {name for pair in classes for name in pair} | set(vars(builtins))
    words = set(re.findall(r"\w+", code)) | {path.stem for path in sources}
    assert {name for name in named if re.fullmatch(r"[A-Z]+[a-z]\w*", name)} - defined == set()
    assert {name for name in named if "_" in name.strip("_")} - words == set()
    assert len(named) > 50


def test_every_file_named_in_the_code_exists() -> None:
    """Paths in backticks, in comments and docstrings."""
    named = [(where, match[1]) for where, match in references(_FILE)]
    assert [(where, file) for where, file in named if not (ROOT / file).exists()] == []
    assert len(named) > 100


def test_every_referenced_section_exists() -> None:
    """`docs/facts.md §3` is the heading `## 3. …` of that page."""
    missing = []
    for where, match in references(_SECTION):
        page, section = ROOT / match[1], match[2]
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        if not re.search(rf"^#+ {re.escape(section)}\.? ", text, re.MULTILINE):
            missing.append(f"{where}: {match[0]}")
    assert missing == []


def test_every_referenced_decision_exists() -> None:
    records = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}
    named = [(where, number) for where, match in references(_RECORD) for number in re.findall(r"\d{4}", match[1])]
    assert [f"{where}: {number}" for where, number in named if number not in records] == []


def test_nothing_refers_to_a_document_outside() -> None:
    assert [f"{where}: {match[0]}" for where, match in references(_FORMER_DOCUMENT)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_named_test_exists(page: Path) -> None:
    missing = []
    for file, name in _TEST.findall(page.read_text(encoding="utf-8")):
        path = ROOT / file
        source = path.read_text(encoding="utf-8") if path.exists() else ""
        if not re.search(rf"^(?: *(?:async )?def {name}\(|class {name}\b|{name} = )", source, re.MULTILINE):
            missing.append(f"{file}::{name}")
    assert missing == []


def test_security_page_names_a_test_in_every_row() -> None:
    """Each row names the test that fails when its sentence stops being true; a file alone is not enough."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and line.count(" | ") == 2]
    attackers = [row for row in rows if not row.startswith(("| attacker |", "| what |"))]
    assert len(attackers) > 20
    assert [row for row in attackers if not _TEST.search(row) and "`./run " not in row] == []
    assert re.findall(r"`(tests/[\w/]+\.py)`", page) == []


def test_every_page_is_reachable_from_the_readme() -> None:
    reached, open_ends = {README}, [README]
    while open_ends:
        for target in linked(open_ends.pop()):
            pages = target.glob("*.md") if target.is_dir() else [target]
            new = {page for page in pages if page.suffix == ".md" and page.exists()} - reached
            reached |= new
            open_ends.extend(new)
    assert set(PAGES) <= reached


def test_every_command_and_option_exists(capsys: pytest.CaptureFixture[str]) -> None:
    def central_main(words: list[str]) -> int:  # /usr/bin/central runs the set-up on Debian's own Python
        return setup.main(words[1:]) if words[0] == "setup" else central.main(words)

    programs: dict[str, Callable[[list[str]], int]] = {"kiosk": kiosk.main, "central": central_main}
    verbs = set(re.findall(r"^\./run ([a-z-]+)", (ROOT / "run").read_text(encoding="utf-8"), re.MULTILINE))
    helped: dict[tuple[str, ...], str] = {}
    wrong = []
    for page in PAGES:
        for program, name, rest in commands(page):
            if program == "./run":
                wrong += [] if name in verbs else [f"{page.name}: ./run {name}"]
                continue
            action = [
                word for word in rest.split()[:1] if re.fullmatch("[A-Za-z]+(-[a-z]+)*", word)
            ]  # as in `central centres import`
            called = (program, name, *action)
            if called not in helped:
                for words in ([name], [name, *action]):
                    with suppress(SystemExit):
                        programs[program]([*words, "--help"])
                helped[called] = capsys.readouterr().out
            options = re.findall(r"--[a-z-]+", rest)
            if not helped[called] or not all(option in helped[called] for option in options):
                wrong.append(f"{page.name}: {program} {name} {' '.join(options)}")
    assert wrong == []
    assert len(helped) > 15, "the pages name most commands"


def test_no_file_has_the_marks_of_a_merge() -> None:
    marks = ("<<<<<<< ", ">>>>>>> ")
    marked = [path for path in PAGES if any(line.startswith(marks) for line in path.read_text().splitlines())]
    assert marked == []
