"""Reports what the simulated gateways have taken, as a phone would show it."""

import threading
from collections.abc import Callable

from simulators.notice_gateways.line import LineService
from simulators.notice_gateways.sms import SentMessage, SmsService

_LOOK_EACH_S = 0.2


def watch_messages(
    sms_service: SmsService,
    line_service: LineService,
    on_message: Callable[[str], None],
    stopped: threading.Event,
    on_sms: Callable[[SentMessage], None] = lambda message: None,
) -> None:
    """Report each message once, until `stopped` is set. LINE: what was pushed, and what was answered."""
    shown: set[str] = set()
    chats: dict[str, int] = {}
    while not stopped.wait(_LOOK_EACH_S):
        for key, message in list(sms_service.messages.items()):
            if key not in shown:
                shown.add(key)
                on_message(f"SMS to {message.to}: {message.text}")
                on_sms(message)
        for user_id, profile in list(line_service.users.items()):
            messages = profile.chat[chats.get(user_id, 0) :]
            chats[user_id] = chats.get(user_id, 0) + len(messages)
            for each in messages:
                buttons = [item["action"]["label"] for item in each.get("quickReply", {}).get("items", [])]
                shown_buttons = f"\n  [{' | '.join(buttons)}]" if buttons else ""
                on_message(f"LINE to {user_id[:6]}…: {each['text']}{shown_buttons}")
