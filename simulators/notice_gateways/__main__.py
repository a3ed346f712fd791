"""`python -m simulators.notice_gateways`: an SMS gateway, LINE and a push service on this machine, for a demonstration.

Each message is printed as the phone would show it. With --receipts, the address that the desk shows for delivery
receipts, each SMS is reported as delivered. With --webhook, the address that it shows for LINE, each line that is typed
here is a message of a LINE user; the name of a button presses it."""

import argparse
import sys
import threading
from collections.abc import Mapping, Sequence

import requests

from simulators.notice_gateways import line, push, sms
from simulators.notice_gateways.line_user import LineUser
from simulators.notice_gateways.message_log import watch_messages
from simulators.notice_gateways.server import GatewayServer, Service

KEY = "demonstration-key"  # of the SMS gateway, its receipts, and LINE


def main(arguments: Sequence[str]) -> int:
    """Serve until the process is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m simulators.notice_gateways")
    parser.add_argument("--port", type=int, default=8899, help="of the services, on this machine (default: 8899)")
    parser.add_argument("--receipts", default="", help="address for delivery receipts, from the page of the channel")
    parser.add_argument("--webhook", default="", help="address of LINE's webhook, from the page of the channel")
    options = parser.parse_args(arguments)
    sms_service, line_service = sms.SmsService(KEY), line.LineService(KEY, KEY)
    services: dict[str, Service] = {sms.PATH: sms_service, line.PREFIX: line_service, push.PATH: push.PushService()}
    with GatewayServer(services, options.port) as server:
        print(f"SMS gateway: {server.url}{sms.PATH}  key: {KEY}  key of receipts: {KEY}")
        print(f"LINE: {server.url}{line.PATH}  channel access token: {KEY}  channel secret: {KEY}", flush=True)
        if options.webhook:
            user = LineUser(line_service, lambda body, headers: _post(options.webhook, body, headers))
            threading.Thread(target=_chat, args=(user,), daemon=True).start()

        def report_delivered(message: sms.SentMessage) -> None:
            if options.receipts:
                threading.Timer(1.0, _report_delivered, (options.receipts, message.message_id)).start()

        try:
            watch_messages(sms_service, line_service, _print, threading.Event(), report_delivered)
        except KeyboardInterrupt:
            return 0
    return 0


def _chat(user: LineUser) -> None:
    """Each line of standard input is a message."""
    for text in sys.stdin:
        typed = text.strip()
        if typed:
            status = user.press(typed) if typed in user.buttons else user.write(typed)
            _print(f"webhook: {status}")


def _print(text: str) -> None:
    print(text, flush=True)


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    try:
        return requests.post(url, data=body, headers=dict(headers), timeout=10).status_code
    except requests.RequestException:
        return 0


def _report_delivered(receipts: str, message_id: str) -> None:
    body, headers = sms.signed_receipt(KEY, message_id, "delivered")
    status = _post(receipts, body, {**headers, "Content-Type": "application/json"})
    _print(f"receipt of {message_id}: {status}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
