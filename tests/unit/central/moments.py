"""Sets the clock of the service in tests."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from thai.dates import BANGKOK_TIME

SetClock = Callable[[str], datetime]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """set_clock('2026-04-10 09:00') sets the time in Thailand, and returns it."""

    def set_to(text: str) -> datetime:
        moment = datetime.fromisoformat(text).replace(tzinfo=BANGKOK_TIME)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return set_to
