"""How talking to the centre can fail, by what to do about it. Messages carry no personal data."""


class CentreError(Exception):
    """Any of the below."""


class UnreachableError(CentreError):
    """Nobody answers, or someone who is not the centre (a captive portal): nothing can be sent now."""


class IncompatibleVersionError(UnreachableError):
    """The centre reads no protocol version that this kiosk writes: nothing can be sent until one of them is updated."""


class NotAdmittedError(CentreError):
    """The centre does not know this kiosk's key, or has revoked it: nothing can be sent until that is settled there."""


class RetryLaterError(CentreError):
    """The centre asks to try later, or has a fault of its own. `retry_after_s`: how long it asked to wait, None: not
    said. `affects_all_requests`: not only this request is meant."""

    def __init__(self, message: str, retry_after_s: float | None, *, affects_all_requests: bool) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.affects_all_requests = affects_all_requests


class IntermediaryError(RetryLaterError):
    """Something on the way, not the centre, says that this request will not do: a proxy, a filter, a server in front
    of it. It may mean one request or all."""

    def __init__(self, message: str) -> None:
        super().__init__(message, None, affects_all_requests=False)


class RefusedError(CentreError):
    """The centre will not take this as it is; the same again will be refused again."""


class WrongOffsetError(CentreError):
    """The centre holds another number of a part's bytes than was thought: `stored_bytes`."""

    def __init__(self, stored_bytes: int) -> None:
        super().__init__(f"The centre holds {stored_bytes} bytes of the part")
        self.stored_bytes = stored_bytes
