"""The way to the centre: whether it hears how this kiosk is, and whether it answers."""

import ssl
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from kiosk_app.health.finding import Finding, HealthContext, Severity
from kiosk_app.outbox import Enrolment, OutboxBrokenError
from kiosk_app.outbox.reports import LinkReport
from machine.deadline import call_with_deadline
from protocol.bilingual_text import BilingualText

CENTRE_TIMEOUT_S = 5.0


def check_report_written(kiosk: HealthContext) -> Iterator[Finding]:
    """Does the centre hear how this kiosk is: the heartbeat carries what the interface could write down."""
    if kiosk.report_error:
        yield Finding(
            "K-14",
            Severity.HINDERS,
            BilingualText(
                f"บันทึกสถานะตู้ไม่ได้ ศูนย์จึงไม่เห็นอุปกรณ์ ({kiosk.report_error})",
                f"The state of this kiosk cannot be written, so the centre does not see it: {kiosk.report_error}",
            ),
            BilingualText("ตรวจพื้นที่ดิสก์และสิทธิ์ของไฟล์", "Look with: df -h and df -i, and check the files' permissions"),
        )


def check_centre(kiosk: HealthContext) -> Iterator[Finding]:
    """Does the centre answer: as the forwarder found last, or asked now."""
    state, url = kiosk.settings.paths.state, kiosk.settings.centre.url
    link = LinkReport.read(state)
    if link is not None:
        if not link.centre_answers:
            yield _unreachable_finding(link.trouble)
    elif kiosk.may_contact_centre:
        try:
            enrolment = Enrolment.load(state)
        except OutboxBrokenError:  # what is wrong with it is said under Enrolment
            enrolment = None
        address = enrolment.centre_url if enrolment else url
        if not address:
            yield Finding(
                "N-03",
                Severity.STOPS,
                BilingualText("ยังไม่ได้ตั้งที่อยู่ของศูนย์", "The address of the centre is not set"),
                BilingualText("ใส่ centre.url ใน kiosk.toml", "Set centre.url in kiosk.toml"),
            )
        else:
            try:
                _request_head(address, kiosk.settings.centre.ca_file, enrolment.authority if enrolment else "")
            except HTTPError:
                pass  # whatever it says, it answers
            except OSError as error:
                yield _unreachable_finding(str(getattr(error, "reason", error)))
    else:
        yield Finding(
            "N-04",
            Severity.HINDERS,
            BilingualText("โปรแกรมส่งเรื่องไม่ทำงาน", "The forwarder does not report"),
            BilingualText(
                "systemctl status damrongdham-kiosk-forwarder", "systemctl status damrongdham-kiosk-forwarder"
            ),
        )


def _request_head(address: str, ca_file: str, ca_pem: str) -> None:
    """Send the centre a HEAD request, trusting the authority that delivery trusts. Raises OSError; TimeoutError, which
    is one, when the whole exchange takes longer than CENTRE_TIMEOUT_S."""
    context = ssl.create_default_context(cafile=ca_file or None, cadata=None if ca_file else ca_pem or None)
    request = Request(address, method="HEAD")  # noqa: S310 - https by settings
    try:
        call_with_deadline(
            CENTRE_TIMEOUT_S,
            lambda: urlopen(request, timeout=CENTRE_TIMEOUT_S, context=context).close(),  # noqa: S310
        )
    except HTTPException as error:
        raise OSError(f"no answer of a web server ({type(error).__name__})") from error


def _unreachable_finding(reason: str) -> Finding:
    return Finding(
        "N-01",
        Severity.HINDERS,
        BilingualText(f"ส่งถึงศูนย์ไม่ได้ ({reason})", f"Nothing reaches the centre: {reason}"),
        BilingualText(
            "ตรวจสายเครือข่าย centre.url และถามว่าศูนย์เพิกถอนตู้นี้หรือไม่",
            "Check the network cable, centre.url, and that the centre has not revoked this kiosk",
        ),
    )
