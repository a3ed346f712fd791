"""`python -m simulators.notice_gateways`: an SMS gateway, LINE and a push service on this machine, for a demonstration.

Each message is printed as the phone would show it. With --receipts, the address that the desk shows for delivery
receipts, each SMS is reported as delivered."""

import argparse
import sys
import threading
import time
from collections.abc import Sequence

import requests

from simulators.notice_gateways import line, push, sms
from simulators.notice_gateways.server import GatewayServer, Service

KEY = "demonstration-key"  # of the SMS gateway, its receipts, and LINE


def main(arguments: Sequence[str]) -> int:
    """Serve until the process is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m simulators.notice_gateways")
    parser.add_argument("--port", type=int, default=8899, help="of the services, on this machine (default: 8899)")
    parser.add_argument("--receipts", default="", help="address for delivery receipts, from the page of the channel")
    options = parser.parse_args(arguments)
    sms_service, line_service = sms.SmsService(KEY), line.LineService(KEY)
    services: dict[str, Service] = {sms.PATH: sms_service, line.PREFIX: line_service, push.PATH: push.PushService()}
    with GatewayServer(services, options.port) as server:
        print(f"SMS gateway: {server.url}{sms.PATH}  key: {KEY}  key of receipts: {KEY}")
        print(f"LINE: {server.url}{line.PATH}  channel access token: {KEY}", flush=True)
        try:
            _show_messages(sms_service, line_service, options.receipts)
        except KeyboardInterrupt:
            return 0
    return 0


def _show_messages(sms_service: sms.SmsService, line_service: line.LineService, receipts: str) -> None:
    shown: set[str] = set()
    while True:
        for key, message in list(sms_service.messages.items()):
            if key not in shown:
                print(f"SMS to {message.to}: {message.text}", flush=True)
                if receipts:
                    threading.Timer(1.0, _report_delivered, (receipts, message.message_id)).start()
        for key, (user, text) in list(line_service.messages.items()):
            if key not in shown:
                print(f"LINE to {user}: {text}", flush=True)
        shown.update(sms_service.messages, line_service.messages)
        time.sleep(0.2)


def _report_delivered(receipts: str, message_id: str) -> None:
    body, headers = sms.signed_receipt(KEY, message_id, "delivered")
    response = requests.post(receipts, data=body, headers={**headers, "Content-Type": "application/json"}, timeout=10)
    print(f"receipt of {message_id}: {response.status_code}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
