"""The first frame, which is shown before any device has been checked."""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from journey.events import Tick
from journey.faults import Fault
from journey.screens import Screen
from journey.step import step
from kiosk_app.kiosk_profile import initial_journey
from kiosk_app.outbox import revocation
from kiosk_app.outbox.enrolment import ENROLMENT_FILE
from kiosk_app.outbox.state_directory import delivery_directory
from kiosk_app.settings import Settings

UNREADABLE_BY_USER = 65534


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    plain = Settings()
    return replace(plain, paths=replace(plain.paths, state=tmp_path))


def test_a_kiosk_that_cannot_serve_begins_with_a_fault(settings: Settings) -> None:
    journey = initial_journey(settings)
    assert (journey.screen, journey.fault) == (Screen.FAULT, Fault.NOT_ENROLLED)


@pytest.mark.parametrize("enrolled", [True, False])
def test_the_first_poll_changes_nothing_on_the_screen(settings: Settings, enrolled: bool) -> None:
    if enrolled:
        (settings.paths.state / ENROLMENT_FILE).touch()
    journey = initial_journey(settings)
    after, _ = step(journey, Tick(journey.now))
    assert after == journey


def test_a_revoked_kiosk_begins_with_a_fault(settings: Settings) -> None:
    (settings.paths.state / ENROLMENT_FILE).touch()
    delivery_directory(settings.paths.state).joinpath(revocation.FILE).touch()
    journey = initial_journey(settings)
    assert (journey.screen, journey.fault) == (Screen.FAULT, Fault.REVOKED)


def test_a_kiosk_that_may_not_read_its_enrolment_shows_a_fault(settings: Settings) -> None:
    (settings.paths.state / ENROLMENT_FILE).touch()
    settings.paths.state.chmod(0)
    try:
        with ProcessPoolExecutor(1) as pool:
            assert pool.submit(fault_for_other_user, settings).result() is Fault.NOT_ENROLLED
    finally:
        settings.paths.state.chmod(0o700)


def fault_for_other_user(settings: Settings) -> Fault | None:
    if os.geteuid() == 0:
        os.setuid(UNREADABLE_BY_USER)
    return initial_journey(settings).fault
