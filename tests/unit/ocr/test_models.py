"""The version of the model that reads Thai: stored with each text that the centre recognises."""

from pathlib import Path

import pytest

from ocr import models


def test_the_version_changes_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "dk_tha.traineddata"
    monkeypatch.setattr(models, "OWN_MODEL", own)
    own.write_bytes(b"first")
    first = models.find_model_version()
    assert first is not None and first.startswith("dk_tha-") and first == models.find_model_version()
    own.write_bytes(b"second")
    assert models.find_model_version() not in (None, first)


def test_without_a_model_there_is_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "OWN_MODEL", tmp_path / "dk_tha.traineddata")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert models.find_model_version() is None
