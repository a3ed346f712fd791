"""The import contracts of .importlinter hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SLOW = ("pydantic", "numpy", "PIL", "requests", "cryptography", "sqlite3", "escpos", "smartcard", "kivy.core.window")


def test_every_import_contract_is_kept() -> None:
    """The linter runs in a separate process, because it disables the loggers of its process."""
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--config", ".importlinter", "--no-cache"]
    linted = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_no_slow_module_is_imported_before_the_first_picture() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, kiosk_app.cli, kiosk_app.commands.run; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not set(SLOW) & set(loaded)
