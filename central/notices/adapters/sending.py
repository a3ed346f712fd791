"""Chooses the adapter of a channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from central.notices.adapters.email import send_email
from central.notices.adapters.line import send_line
from central.notices.adapters.result import Gateway, OutgoingNotice, SendResult
from central.notices.adapters.sms import send_sms
from central.notices.adapters.web_push import send_web_push
from central.notices.codes import NoticeChannel

ADAPTERS: Mapping[NoticeChannel, Callable[[Gateway, OutgoingNotice], SendResult]] = {
    NoticeChannel.SMS: send_sms,
    NoticeChannel.LINE: send_line,
    NoticeChannel.EMAIL: send_email,
    NoticeChannel.WEB_PUSH: send_web_push,
}


@dataclass(frozen=True)
class ReadyNotice:
    """A claimed notice with everything that a thread needs to send it. `attempt` identifies the claim."""

    notice_id: int
    attempt: int
    route_id: int
    channel: NoticeChannel
    gateway: Gateway
    outgoing: OutgoingNotice


def send(notice: ReadyNotice) -> SendResult:
    """Send it through its gateway."""
    return ADAPTERS[notice.channel](notice.gateway, notice.outgoing)
