"""The commands of docs/centre.md, as somebody types them."""

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "centre.md"


def guide_blocks(section: str) -> list[str]:
    """The blocks of shell commands in a section, from top to bottom."""
    text = GUIDE.read_text(encoding="utf-8")
    body = re.split(r"^## ", text.partition(f"## {section}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"```sh\n(.*?)```", body, re.DOTALL)


def guide_commands(section: str) -> list[str]:
    """The lines of these blocks, with continued lines joined."""
    return [line for block in guide_blocks(section) for line in block.replace("\\\n", " ").splitlines() if line.strip()]
