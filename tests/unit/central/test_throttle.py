"""Both throttles have one interface and the same rules within a window."""

import pytest

from central.people.shared_throttle import SharedThrottle, count_attempts, take_back_attempts
from central.throttle import LocalThrottle, Throttle

THROTTLES = [
    pytest.param(LocalThrottle("test", limit=2, window_s=60), id="local"),
    pytest.param(SharedThrottle("test", limit=2, window_s=60), id="shared"),
]


@pytest.mark.parametrize("throttle", THROTTLES)
def test_attempts_are_counted_per_caller(db: None, throttle: Throttle) -> None:
    assert [throttle.count_attempt("a") for _ in range(3)] == [True, True, False]
    assert throttle.count_attempt("b")


@pytest.mark.parametrize("throttle", THROTTLES)
def test_a_success_is_not_counted(db: None, throttle: Throttle) -> None:
    for _ in range(5):
        assert throttle.count_attempt("a")
        throttle.take_back_attempt("a")
    throttle.take_back_attempt("nobody")
    assert [throttle.count_attempt("a") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("throttle", THROTTLES)
def test_a_reset_forgets_the_caller(db: None, throttle: Throttle) -> None:
    for _ in range(3):
        throttle.count_attempt("a")
    throttle.reset("a")
    assert throttle.count_attempt("a")


@pytest.mark.parametrize("throttle", THROTTLES)
def test_several_limits_count_together_or_not_at_all(db: None, throttle: Throttle) -> None:
    assert count_attempts([(throttle, "a"), (throttle, "b")])
    assert throttle.count_attempt("b")
    assert not count_attempts([(throttle, "a"), (throttle, "b")]), "b is exhausted"
    assert throttle.count_attempt("a"), "the attempt counted for a was undone"
    take_back_attempts([(throttle, "a")])
    assert throttle.count_attempt("a")
