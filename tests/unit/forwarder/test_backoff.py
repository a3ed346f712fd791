"""Kiosks that lose the network together retry at different times, and none of them stops retrying."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from kiosk_app.forwarder.backoff import Backoff, RowBackoffReason, RowBackoffs
from kiosk_app.outbox import PendingRow

KIOSKS = 500


def sample_waits(failures: int, retry_after_s: float | None = None) -> list[float]:
    """The wait of each of `KIOSKS` kiosks after this many failures."""
    waits = []
    for kiosk in range(KIOSKS):
        backoff = Backoff(2.0, 300.0, Random(kiosk))
        for _ in range(failures - 1):
            backoff.record_failure(0.0)
        waits.append(backoff.record_failure(1000.0, retry_after_s))
        assert backoff.not_before == 1000.0 + waits[-1]
    return waits


def test_waits_are_spread_below_a_bound_that_doubles_up_to_its_maximum() -> None:
    for failures, bound in ((1, 2.0), (2, 4.0), (5, 32.0), (9, 300.0), (1000, 300.0)):
        waits = sorted(sample_waits(failures))
        assert waits[0] < bound / 20
        assert 0.4 * bound < waits[KIOSKS // 2] < 0.6 * bound
        assert 0.95 * bound < waits[-1] <= bound


def test_no_wait_is_shorter_than_the_requested_retry_after() -> None:
    waits = sample_waits(3, retry_after_s=60.0)
    assert min(waits) >= 60.0
    assert max(waits) <= 60.0 + 8.0
    assert len(set(waits)) == KIOSKS


def test_progress_shortens_the_wait_and_success_resets_it() -> None:
    backoff = Backoff(2.0, 300.0, Random(1))
    for _ in range(50):
        backoff.record_failure(0.0)
    backoff.record_progress()
    assert backoff.record_failure(0.0) <= 2.0 * 2**5
    backoff.reset()
    assert (backoff.failures, backoff.not_before) == (0, 0.0)
    assert backoff.record_failure(0.0) <= 2.0


def test_a_row_waits_by_its_reason_and_a_requested_retry_ends_a_refusal() -> None:
    now = 1000.0
    backoffs = RowBackoffs(Random(1), lambda: now)
    row = PendingRow("id", "KKN07A-000001-00", datetime(2026, 11, 21, tzinfo=UTC), 1, None, refused="422")
    assert backoffs.record_failure("id", RowBackoffReason.FAILED) <= 2.0
    assert backoffs.record_failure("id", RowBackoffReason.FAILED) <= 4.0
    assert 2.0 < backoffs.record_failure("id", RowBackoffReason.REFUSED) <= 3600.0
    assert (backoffs.failures("id"), backoffs.count(RowBackoffReason.REFUSED)) == (1, 1)
    backoffs.end_waits(RowBackoffReason.FAILED)
    assert not backoffs.is_due(row)
    assert backoffs.is_due(replace(row, refused="")), "a technician requested a retry"
    assert backoffs.failures("id") == 0
    backoffs.record_failure("id", RowBackoffReason.FAILED)
    backoffs.end_waits(RowBackoffReason.FAILED)
    assert backoffs.is_due(row)
    backoffs.retain(())
    assert backoffs.failures("id") == 0
