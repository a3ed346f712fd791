"""The house keeps its floors: the contracts of .importlinter hold."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).parents[2]
SLOW = ("pydantic", "numpy", "PIL", "requests", "cryptography", "sqlite3", "escpos", "smartcard", "kivy.core.window")


def test_every_import_contract_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    kept = (
        cli.lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True, no_logo=True)
        == cli.EXIT_STATUS_SUCCESS
    )
    assert kept, capsys.readouterr().out


def test_nothing_slow_is_loaded_before_the_first_picture() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, kiosk_app.cli, kiosk_app.commands.run; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not set(SLOW) & set(loaded)
