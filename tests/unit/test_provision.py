"""provision/install changes nothing unless it is called correctly and as root."""

import os
import re
import subprocess
from pathlib import Path

import pytest

INSTALL = Path(__file__).parents[2] / "provision" / "install"


@pytest.mark.parametrize(
    ("arguments", "status", "output"),
    [
        (["--help"], 0, "turn a bare Debian 12 or 13 into a kiosk"),
        (["--dry-run"], 2, "nothing was done"),
        ([], 1, "run it as root"),
    ],
)
def test_nothing_is_changed_for_invalid_arguments_or_without_root(
    tmp_path: Path, arguments: list[str], status: int, output: str
) -> None:
    nobody = tmp_path / "id"  # the tests may run as root: if the arguments were accepted, this still stops it
    nobody.write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    nobody.chmod(0o755)
    result = subprocess.run(
        [INSTALL, *arguments],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (result.returncode, output in result.stdout + result.stderr) == (status, True)


def test_the_release_name_of_a_checkout_is_printed() -> None:
    names = [
        subprocess.run([INSTALL, "--release"], capture_output=True, text=True, check=True, timeout=60).stdout
        for _ in range(2)
    ]
    assert names[0] == names[1]
    assert re.fullmatch(r"[0-9a-f]{12}\n", names[0])
