"""The slip that a citizen takes home from the desk: case number, tracking code and QR code, for 80 mm or A4 paper."""

from dataclasses import dataclass
from datetime import datetime

import segno
from django.http import HttpRequest
from django.utils import timezone

from central.cases.models import Case
from central.public_address import service_url
from central.submission_labels import topic_name
from protocol import tracking_code
from protocol.desk_bridge import SlipRequest
from thai import dates


@dataclass(frozen=True)
class CodeSlip:
    """What the slip shows. It names nobody; whoever has it can follow the case."""

    case_number: str
    code: str
    language: str  # of the citizen: that of the PDF
    qr: str  # a picture as a data URI
    address: str
    centre_th: str
    centre_en: str
    topic_th: str
    topic_en: str
    filed: str
    printed: str
    bridge_data: str  # what the bridge prints, as JSON (`protocol.desk_bridge.SlipRequest`)


def code_slip(request: HttpRequest, case: Case, code: str, language: str, now: datetime | None = None) -> CodeSlip:
    """The slip of a case with this canonical code."""
    public_url = (case.centre.public_url or service_url(request)).rstrip("/")
    url = tracking_code.tracking_url(public_url, code)
    return CodeSlip(
        case_number=case.case_number,
        code=tracking_code.display(code),
        language=case.language,
        qr=segno.make(url, error="m", micro=False).svg_data_uri(border=2),
        address=f"{public_url.removeprefix('https://').removeprefix('http://')}/t",
        centre_th=case.centre.name_th,
        centre_en=case.centre.name_en,
        topic_th=topic_name(case.topic, "th"),
        topic_en=topic_name(case.topic, "en"),
        filed=dates.short_date(dates.day_in_thailand(case.filed_at), language),
        printed=dates.short_datetime(now or timezone.now(), language),
        bridge_data=SlipRequest(
            centre_th=case.centre.name_th,
            centre_en=case.centre.name_en,
            case_number=case.case_number,
            code=code,
            url=url,
            filed_at=case.filed_at,
            language=case.language,
            page_count=case.pages.count(),
        ).model_dump_json(),
    )
