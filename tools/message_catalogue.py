"""The messages marked for translation in the sources, and the compiled catalogue."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from journey.language import DOMAIN, LOCALE_DIR

ROOT = Path(__file__).parent.parent
_KV_MESSAGE = re.compile(r"""\b_\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\)""")


def extract_kv_messages(
    file: BinaryIO, _keywords: Any, _comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel extractor for .kv files: every `_('…')`, also several in one line."""
    for number, line in enumerate(file.read().decode("utf-8").splitlines(), start=1):
        for single, double in _KV_MESSAGE.findall(line):
            yield number, "_", single or double, []


def used_messages(packages: Iterable[str] = ("kiosk_app", "journey", "screens")) -> dict[str, str]:
    """Every message id marked in the sources, with the file and line of its first use."""
    messages: dict[str, str] = {}
    for package in packages:
        for name, line, message, *_rest in extract_from_dir(
            str(ROOT / package),
            method_map=[("**.py", "python"), ("**.kv", "tools.message_catalogue:extract_kv_messages")],
            keywords={"_": None},
        ):
            messages.setdefault(str(message), f"{package}/{name}:{line}")
    return messages


def thai_catalogue() -> Catalog:
    """The Thai catalogue from the sources."""
    with (LOCALE_DIR / "th" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        return read_po(source, locale="th", domain=DOMAIN)


def compile_catalogues(target: Path = LOCALE_DIR) -> None:
    """Compile the .po to .mo below `target`, as the build does."""
    mo = target / "th" / "LC_MESSAGES" / f"{DOMAIN}.mo"
    mo.parent.mkdir(parents=True, exist_ok=True)
    with mo.open("wb") as writing:
        write_mo(writing, thai_catalogue())
