"""The house keeps its floors: the contracts of .importlinter hold."""

from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).parents[2]


def test_every_import_contract_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    kept = (
        cli.lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True, no_logo=True)
        == cli.EXIT_STATUS_SUCCESS
    )
    assert kept, capsys.readouterr().out
