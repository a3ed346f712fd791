"""What an adapter gets and returns."""

from dataclasses import dataclass
from uuid import UUID

from central.notices.codes import NoticeFailure

# The gateway has decided about this notice: trying again changes nothing.
_PERMANENT = frozenset({NoticeFailure.REFUSED, NoticeFailure.GONE})
# Says nothing about the gateway as a whole.
_OF_THE_NOTICE = _PERMANENT | {NoticeFailure.INTERNAL}


@dataclass(frozen=True)
class Gateway:
    """The settings of a route, with its secret in the clear."""

    url: str
    sender: str
    body_template: str
    id_field: str
    secret: str


@dataclass(frozen=True)
class OutgoingNotice:
    """One notice as an adapter sends it. `key` is the same in each attempt."""

    key: UUID
    address: str
    subject: str
    text: str
    url: str
    language: str


@dataclass(frozen=True)
class SendResult:
    """How an attempt ended; `failure` None: accepted. `retry_after_s` is what the gateway asks for."""

    failure: NoticeFailure | None = None
    gateway_id: str = ""
    retry_after_s: float | None = None

    @property
    def is_permanent(self) -> bool:
        """Whether another attempt is useless."""
        return self.failure in _PERMANENT

    @property
    def is_of_the_route(self) -> bool:
        """Whether it says something about the gateway, not only about this notice."""
        return self.failure is not None and self.failure not in _OF_THE_NOTICE
