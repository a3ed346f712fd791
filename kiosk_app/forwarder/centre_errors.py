"""Errors of an exchange with the centre, classified by the necessary reaction. Messages carry no personal data."""


class CentreError(Exception):
    """Base of all errors below."""


class UnreachableError(CentreError):
    """Nobody answers, or something that is not the centre (a captive portal): nothing can be sent now."""


class IncompatibleVersionError(UnreachableError):
    """The centre reads no protocol version that this kiosk writes: nothing can be sent until one of them is updated."""


class NotAdmittedError(CentreError):
    """The centre does not know this kiosk's key or has revoked it: nothing can be sent until the centre resolves it."""


class RetryLaterError(CentreError):
    """The centre asks for a later attempt or has a fault. `retry_after_s`: the wait it requires, None: not stated.
    `affects_all_requests`: not only this request must wait."""

    def __init__(self, message: str, retry_after_s: float | None, *, affects_all_requests: bool) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.affects_all_requests = affects_all_requests


class IntermediaryError(RetryLaterError):
    """Something between kiosk and centre (a proxy, a filter, a front-end server) refuses this request. It may refuse
    one request or all."""

    def __init__(self, message: str) -> None:
        super().__init__(message, None, affects_all_requests=False)


class RefusedError(CentreError):
    """The centre refuses this request, and will refuse an identical one again."""


class WrongOffsetError(CentreError):
    """The centre holds `stored_bytes` bytes of the part, not as many as the kiosk assumed."""

    def __init__(self, stored_bytes: int) -> None:
        super().__init__(f"The centre holds {stored_bytes} bytes of the part")
        self.stored_bytes = stored_bytes


def retry_after_s(error: CentreError) -> float | None:
    """The wait in seconds that the centre requires; None when it states none."""
    return error.retry_after_s if isinstance(error, RetryLaterError) else None
