"""Names describe the value: words that fit any value are forbidden.

A reader of `told` or `found` has to look up where it was assigned, because the word names the act of assigning and not
the value. Each word below has a plainer one. Code that is written against a foreign interface (`setUp`, `do_GET`) and
names of tests, which are sentences, are not concerned.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Forbidden anywhere in a name: word -> what to write instead.
FORBIDDEN_WORDS = {
    "told": "reported, sent, last_status",
    "said": "text, output, message, expected_text",
    "wish": "options, arguments, request",
    "wishes": "options, arguments, requests",
    "ours": "kiosk, measured, own_...",
    "theirs": "baseline, peer, child_end",
    "anew": "again, restarted, new_...",
    "whom": "recipient, trusted_...",
    "misfit": "overflow",
    "misfits": "overflows",
    "mishap": "fault_injection",
    "minted": "saved_submission",
}
# Forbidden as a whole name: they are fine beside a noun (`kept_releases`, `found_statuses`).
FORBIDDEN_NAMES = {
    "found": "matches, rows, problems, overflows, the noun of what was searched",
    "heard": "sounds, received, messages",
    "hear": "receive, listen",
    "asked": "requested, requests, queries",
    "ask": "request, query, prompt",
    "given": "value, input, issued",
    "landed": "arrived, saved",
    "stands": "exists, is_current, state",
    "stand": "state, mount",
    "stood": "expected, previous",
    "looked": "checked, inspected",
    "looks": "appearance, reads",
    "look": "theme, appearance, inspect",
    "tell": "report, send, notify",
    "tells": "reports",
    "telling": "report, story",
    "keep": "save, store, retain",
    "kept": "saved, stored, retained",
    "keeping": "storage",
    "keeper": "service, store",
    "came": "arrived, received",
    "comes": "arrives, next_...",
    "weather": "network_conditions",
    "asides": "flow",
}
# Fields of the wire format: their names change only with a new version of the protocol.
WIRE_FIELDS = {"for_whom", "found"}


def _source_files(suffix: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", f"*{suffix}"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def _defined_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(name, line) of every function, class, parameter, field and variable that the module defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("test_"):
                yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node.lineno


def _wire_fields(tree: ast.Module) -> set[tuple[str, int]]:
    """(name, line) of the annotated class fields that `WIRE_FIELDS` allows."""
    return {
        (node.target.id, node.lineno)
        for class_ in ast.walk(tree)
        if isinstance(class_, ast.ClassDef)
        for node in class_.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in WIRE_FIELDS
    }


_KV_ID = re.compile(r"^\s*id:\s*(\w+)", re.MULTILINE)
_KV_PROPERTY = re.compile(r"^\s*(\w+)\s*:", re.MULTILINE)


def _defined_kv_names(text: str) -> Iterator[tuple[str, int]]:
    """(name, line) of every id and property of a kv file."""
    for pattern in (_KV_ID, _KV_PROPERTY):
        for match in pattern.finditer(text):
            yield match[1], text.count("\n", 0, match.start(1)) + 1


def _suggestion(name: str) -> str | None:
    """What to write instead of a forbidden name, or None where the name is fine."""
    snake_case = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    for wire_field in WIRE_FIELDS:
        snake_case = snake_case.replace(wire_field, "") if "_" in wire_field else snake_case
    for word in snake_case.split("_"):
        if word in FORBIDDEN_WORDS:
            return FORBIDDEN_WORDS[word]
    return FORBIDDEN_NAMES.get(snake_case.strip("_")) if not name.isupper() else None  # an enum's FOUND is a value


def _filler_names(path: Path) -> list[str]:
    """One sentence per forbidden name that the file defines."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".kv":
        names = set(_defined_kv_names(text))
    else:
        tree = ast.parse(text)
        names = set(_defined_names(tree)) - _wire_fields(tree)
    return [
        f"{path.relative_to(ROOT)}:{line}: {name}; write {suggestion}"
        for name, line in sorted(names, key=lambda entry: (entry[1], entry[0]))
        if (suggestion := _suggestion(name))
    ]


def test_no_name_is_a_filler() -> None:
    problems = [problem for path in (*_source_files(".py"), *_source_files(".kv")) for problem in _filler_names(path)]
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("told = 1", ["told"]),
        ("def wishes(self): ...", ["wishes"]),
        ("class Misfits: ...", ["Misfits"]),
        ("lambda said: said", ["said"]),
        ("for given in (): ...", ["given"]),
        ("self.is_ours = True", ["is_ours"]),
        ("import a as heard", ["heard"]),
        ("match 1:\n    case _ as found: ...", ["found"]),
        ("(a, (told_at, b)) = c", ["told_at"]),
        ("[kept for kept in ()]", ["kept"]),
        ("if (found := 1): ...", ["found"]),
        ("class Response:\n    found: bool", []),
        ("for_whom = kept_releases = is_found = 1", []),
        ("def test_nothing_is_told_twice(): ...", []),
        ("a.told", []),
    ],
)
def test_every_way_to_define_a_name_is_seen(code: str, names: list[str], tmp_path: Path) -> None:
    tree = ast.parse(code)
    forbidden = [name for name, _ in set(_defined_names(tree)) - _wire_fields(tree) if _suggestion(name)]
    assert forbidden == names


def test_names_in_kv_files_are_seen() -> None:
    text = "<View>:\n    told: 1\n    Label:\n        id: said\n        text: 'found: nothing'\n"
    assert {name for name, _ in _defined_kv_names(text) if _suggestion(name)} == {"told", "said"}
