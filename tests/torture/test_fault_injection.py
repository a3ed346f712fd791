"""Each injected fault of tests/fault_injection.py is detected by the test that guards against it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fault_injection import INJECTIONS
from tests.torture.faulty_disk import compile_library, run_on_disk

_DETECTED_BY_POWER_CUT = (
    "series-not-synced",
    "file-not-synced",
    "directory-not-synced",
    "nothing-recorded",
    "code-in-a-log",
    "phone-in-a-log",
)
_DETECTED_BY_TEST = {
    "redirects-followed": "tests/unit/forwarder/test_forwarder.py::test_a_complaint_or_heartbeat_follows_no_redirect",
    "session-kept-at-login": "tests/unit/central/test_sign_in.py::test_the_session_id_changes_at_the_login",
    "pictures-left-after-rollback": "tests/unit/central/test_pictures.py::"
    "test_a_delivery_that_cannot_be_stored_leaves_no_picture",
}
_EXIT_FAILED = 1  # exit status of pytest and of torture tests: a test ran and failed


def test_every_injection_is_covered() -> None:
    assert INJECTIONS.keys() == {*_DETECTED_BY_POWER_CUT, *_DETECTED_BY_TEST}


@pytest.mark.slow
@pytest.mark.parametrize("name", _DETECTED_BY_POWER_CUT)
def test_power_cut_detects_injection(name: str, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    arguments = (name, "tests.torture.power_cut", str(tmp_path / "disk"), "40")
    assert (
        run_on_disk(compile_library(tmp_path), tmp_path / "disk", "tests.fault_injection", *arguments) == _EXIT_FAILED
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", _DETECTED_BY_TEST)
def test_guarding_test_detects_injection(name: str) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.fault_injection",
        name,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        _DETECTED_BY_TEST[name],
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == _EXIT_FAILED, result.stdout
