"""Health checks of the connection to the centre and of the report that the heartbeat carries."""

import ssl
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from kiosk_app.outbox import Enrolment, OutboxBrokenError
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.settings import Settings
from machine.deadline import call_with_deadline
from protocol.bilingual_text import BilingualText

CENTRE_TIMEOUT_S = 5.0


def check_report_written(context: HealthContext) -> Iterator[Finding]:
    """Can the interface write its report? Its content is sent in the heartbeat."""
    if context.report_error:
        yield Finding(
            "K-14",
            Severity.HINDERS,
            BilingualText(
                f"บันทึกสถานะตู้ไม่ได้ ศูนย์จึงไม่เห็นอุปกรณ์ ({context.report_error})",
                f"The state of this kiosk cannot be written, so the centre does not see it: {context.report_error}",
            ),
            cure_of("K-14"),
        )


def check_centre(context: HealthContext) -> Iterator[Finding]:
    """Does the centre answer? Decided by the forwarder's last report, or without one by a request of this process."""
    link = LinkReport.read(context.settings.paths.state)
    if link is not None:
        if not link.centre_answers:
            yield _unreachable_finding(link.trouble)
    elif context.may_contact_centre:
        yield from _contact_centre(context.settings)
    else:
        yield Finding(
            "N-04",
            Severity.HINDERS,
            BilingualText("โปรแกรมส่งเรื่องไม่ทำงาน", "The forwarder does not report"),
            cure_of("N-04"),
        )


def _contact_centre(settings: Settings) -> Iterator[Finding]:
    try:
        enrolment = Enrolment.load(settings.paths.state)
    except OutboxBrokenError:  # the check of the enrolment reports it
        enrolment = None
    address = enrolment.centre_url if enrolment else settings.centre.url
    if not address:
        yield Finding(
            "N-03",
            Severity.STOPS,
            BilingualText("ยังไม่ได้ตั้งที่อยู่ของศูนย์", "The address of the centre is not set"),
            cure_of("N-03"),
        )
        return
    try:
        _request_head(address, settings.centre.ca_file, enrolment.authority if enrolment else "")
    except HTTPError:
        pass  # any status is a response
    except OSError as error:
        yield _unreachable_finding(str(getattr(error, "reason", error)))


def _request_head(address: str, ca_file: str, ca_pem: str) -> None:
    """Send a HEAD request, trusting the certificate authority that delivery trusts.

    Raises OSError; TimeoutError, which is one, when name look-up, connection and response together take longer than
    CENTRE_TIMEOUT_S."""
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
        BilingualText(f"ส่งถึงศูนย์ไม่ได้ ({reason})", f"The centre cannot be reached: {reason}"),
        cure_of("N-01"),
    )
