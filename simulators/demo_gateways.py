"""The SMS gateway and the LINE account of the demonstration, and a conversation that files a case."""

import io
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import requests
from PIL import Image

from simulators.demo_environment import CENTRE_SLUG, DemoEnvironment, DemoEnvironmentError, wait_until
from simulators.notice_gateways import line, sms
from simulators.notice_gateways.line_user import LineUser
from simulators.notice_gateways.message_log import watch_messages
from simulators.notice_gateways.server import GatewayServer

_KEY, _CHANNEL_SECRET, _LINE_ID = "demonstration-key", "demonstration-secret", "@000demo"
_CASE_NUMBER = re.compile(r"[A-Z]{3}00[A-Z]-\d{6}-\d{2}")
ANSWER_TIMEOUT_S = 60.0


class DemoGateways:
    """Serves while it is a context. Each message is reported as a phone would show it."""

    def __init__(self, environment: DemoEnvironment, on_progress: Callable[[str], None]) -> None:
        self._environment, self._on_progress = environment, on_progress
        self._sms, self._line = sms.SmsService(_KEY), line.LineService(_KEY, _CHANNEL_SECRET)
        self._server = GatewayServer({sms.PATH: self._sms, line.PREFIX: self._line})
        self._stopped = threading.Event()
        self._webhook = ""

    def __enter__(self) -> Self:
        self._server.__enter__()
        try:
            self._set_up_routes()
        except BaseException:
            self._server.__exit__()
            raise
        watch = threading.Thread(
            target=watch_messages, args=(self._sms, self._line, self._on_progress, self._stopped), daemon=True
        )
        watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.__exit__()

    def new_line_user(self) -> LineUser:
        """Somebody who writes to the account."""

        def post(body: bytes, headers: Mapping[str, str]) -> int:
            return requests.post(self._webhook, data=body, headers=dict(headers), timeout=20).status_code

        return LineUser(self._line, post)

    def play_line_conversation(self, output: Path) -> str:
        """File a complaint with a photo on LINE and open it with its code; returns the case number. The conversation is
        written to `output`. Raises DemoEnvironmentError."""
        user = self.new_line_user()
        steps: list[tuple[str, Callable[[], int]]] = [
            ("[เพิ่มเพื่อน]", user.follow),
            *((label, _press(user, label)) for label in ("ยื่นเรื่องใหม่", "รับทราบ เริ่มเลย", "ไฟฟ้า ประปา ถนน")),
            (
                "[ตำแหน่ง]",
                lambda: user.send_place(16.7123, 102.8571, "ตำบลน้ำพอง อำเภอน้ำพอง ขอนแก่น 40140 ประเทศไทย"),
            ),
            ("ถนนหน้าหมู่บ้านเป็นหลุมลึก", lambda: user.write("ถนนหน้าหมู่บ้านเป็นหลุมลึก")),
            ("[ภาพถ่าย]", lambda: user.send_photo(_photo())),
            *((label, _press(user, label)) for label in ("เสร็จแล้ว", "เปิดเผยชื่อ")),
            ("สมหญิง ใจงาม", lambda: user.write("สมหญิง ใจงาม")),
            *((label, _press(user, label)) for label in ("ข้าม", "ตกลง", "ส่งให้ศูนย์")),
            ("[วางรหัส]", lambda: user.write(user.texts[-1])),
        ]
        shown: list[str] = []
        for text, step in steps:
            before = len(user.texts)
            if step() != requests.codes.ok:
                raise DemoEnvironmentError("The webhook of LINE did not accept an event.")
            wait_until(lambda before=before: len(user.texts) > before, "LINE gets an answer", ANSWER_TIMEOUT_S)  # type: ignore[misc]
            shown += [f"> {text}", *user.texts[before:], f"  [{' | '.join(user.buttons)}]", ""]
        output.write_text("\n".join(shown), encoding="utf-8")
        match = _CASE_NUMBER.search(user.texts[-1])
        if match is None:
            raise DemoEnvironmentError("LINE does not show the case that was filed there.")
        self._on_progress(f"on LINE somebody has filed case {match[0]} and opened it with its code")
        return match[0]

    def play_call_with_sms(self) -> str:
        """An officer enters a call of somebody who agrees to SMS; returns the case number once the first SMS is at the
        gateway. Raises DemoEnvironmentError."""
        case_number = self._environment.desk.enter_case(
            phone="0812345678", name="สมศรี มีทรัพย์", topic="utilities", place="ในเมือง อ.เมืองขอนแก่น",
            text="ท่อประปาแตกหน้าตลาดมาสามวัน น้ำไหลท่วมถนน ขอให้มาซ่อม", sms="on",
        )  # fmt: skip
        wait_until(
            lambda: any(case_number in each.text for each in list(self._sms.messages.values())),
            "an SMS about the case arrives at the gateway",
            ANSWER_TIMEOUT_S,
        )
        self._on_progress(f"at the desk an officer enters call {case_number}; the SMS gateway has its first message")
        return case_number

    def wait_for_line_notice(self, case_number: str) -> None:
        """Wait until LINE has a notice about this case. Raises DemoEnvironmentError."""
        wait_until(
            lambda: any(case_number in text for _, text in list(self._line.messages.values())),
            "a notice of the case arrives on LINE",
            ANSWER_TIMEOUT_S,
        )

    def _set_up_routes(self) -> None:
        run, url = self._environment.run_command, self._server.url
        secrets = f"{_KEY}\n{_CHANNEL_SECRET}\n"
        options = ("--secrets-stdin", "--url")
        run("central", "notice-routes", "set", CENTRE_SLUG, "sms", *options, f"{url}{sms.PATH}", stdin=secrets)
        line_options = ("--sender", _LINE_ID, *options, f"{url}{line.PATH}")
        receipt_id = run("central", "notice-routes", "set", CENTRE_SLUG, "line", *line_options, stdin=secrets).strip()
        hours = ("--quiet-from", "00:00", "--quiet-until", "00:00", "--gather-minutes", "0")
        run("central", "notice-routes", "hours", CENTRE_SLUG, *hours)  # a demonstration at night sends, too
        self._webhook = f"{self._environment.url}/api/v1/line/{receipt_id}"


def _photo() -> bytes:
    """A dark hole in something grey."""
    content = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((800, 600)).save(content, "JPEG")
    return content.getvalue()


def _press(user: LineUser, label: str) -> Callable[[], int]:
    return lambda: user.press(label)
