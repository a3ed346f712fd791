"""How talking to the centre can fail, by what to do about it. Messages carry no personal data."""


class CentreTroubleError(Exception):
    """Any of the below."""


class UnreachableError(CentreTroubleError):
    """Nobody answers, or someone who is not the centre (a captive portal): nothing can be sent now."""


class NotAdmittedError(CentreTroubleError):
    """The centre does not know this kiosk's key, or has revoked it: nothing can be sent until that is settled there."""


class LaterError(CentreTroubleError):
    """The centre asks to try later, or has a fault of its own. `wait_s`: how long it asked to wait, None: not said.
    `everything`: not only this request is meant."""

    def __init__(self, message: str, wait_s: float | None, *, everything: bool) -> None:
        super().__init__(message)
        self.wait_s = wait_s
        self.everything = everything


class StrangerError(LaterError):
    """Something on the way, not the centre, says that this request will not do: a proxy, a filter, a server in front
    of it. It may mean one request or all."""

    def __init__(self, message: str) -> None:
        super().__init__(message, None, everything=False)


class RefusedError(CentreTroubleError):
    """The centre will not take this as it is; the same again will be refused again."""


class WrongOffsetError(CentreTroubleError):
    """The centre holds another number of a part's bytes than was thought: `held`."""

    def __init__(self, held: int) -> None:
        super().__init__(f"The centre holds {held} bytes of the part")
        self.held = held
