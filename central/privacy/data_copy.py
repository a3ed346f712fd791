"""A copy of everything that the centre has of a complainant and has received from them, as JSON and as PDF.

It has what is about the person: not the internal notes of officers, and of those who read the data the role only."""

import json
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from central.cases.coordinates import DECIMALS
from central.cases.event_kinds import CITIZENS_WORDS, EVENT_NAMES, EventKind
from central.cases.models import Case, CasePoint, Complainant
from central.channels import CHANNELS
from central.documents.models import DocumentPage
from central.identity_crypto import decrypt_citizen_id
from central.notices.codes import CHANNEL_NAMES
from central.printed_letters import write_pdf
from central.submission_labels import topic_name
from protocol.bilingual_text import BilingualText, name_of
from thai import dates, places

_PERSON_FIELDS: Mapping[str, BilingualText] = {
    "full_name": BilingualText("ชื่อ", "Name"),
    "citizen_id": BilingualText("เลขประจำตัวประชาชน", "Citizen ID"),
    "birth_date": BilingualText("วันเกิด (พ.ศ. ปี เดือน วัน)", "Date of birth"),
    "sex": BilingualText("เพศ", "Sex"),
    "address": BilingualText("ที่อยู่", "Address"),
    "phone": BilingualText("โทรศัพท์", "Phone"),
}
_SEXES = {"male": "ชาย", "female": "หญิง"}
_CASE_TEXTS: Mapping[str, BilingualText] = {
    "text": BilingualText("ข้อความร้องเรียน", "Complaint"),
    "topic_note": BilingualText("เพิ่มเติมเรื่องประเภท", "About the topic"),
    "about_note": BilingualText("ผู้ถูกร้อง", "About whom"),
    "location_note": BilingualText("สถานที่", "Place"),
    "for_whom_note": BilingualText("ร้องแทน", "On behalf of"),
}


def collect_copy(case: Case, complainant: Complainant | None) -> dict[str, Any]:
    """Everything, as JSON has it. The caller has read it by `reading.open_copy`."""
    return {
        "case_number": case.case_number,
        "centre": case.centre.name_th,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "filed_at": case.filed_at.isoformat(timespec="seconds"),
        "channel": case.channel,
        "topic": case.topic,
        "place": places.full_name(case.area, "th"),
        "point": _point(case),
        "person": _person(complainant) if complainant else {},
        "texts": {name: getattr(case, name) for name in _CASE_TEXTS if getattr(case, name)},
        "letters": _letters(case),
        "history": _history(case),
        "files": [{"name": row.name, "type": row.media_type, "bytes": row.size} for row in case.attachments.all()],
        "consents": [
            {"channel": row.channel, "address": row.address, "text": row.text, "given_at": row.given_at.isoformat()}
            for row in case.notice_consents.all()
        ],
        "agencies": [
            {"name": row.agency.name_th, "since": row.sent_at.isoformat(timespec="seconds")}
            for row in case.referrals.select_related("agency")
        ],
        "read_by": [
            {"who": row.agency.name_th if row.agency else case.centre.name_th, "what": row.data_kind,
             "at": row.at.isoformat(timespec="seconds")}
            for row in case.reads.select_related("agency")
        ],
    }  # fmt: skip


def copy_json(copy: Mapping[str, Any]) -> bytes:
    """The copy for a machine (Personal Data Protection Act B.E. 2562, section 31)."""
    return json.dumps(copy, ensure_ascii=False, indent=2).encode()


def copy_pdf(copy: Mapping[str, Any]) -> bytes:
    """The copy for a person, in Thai."""
    person = copy["person"] | {"sex": _SEXES.get(copy["person"].get("sex", ""), "")}
    context = {
        **copy,
        "person_rows": [(label.th, person[name]) for name, label in _PERSON_FIELDS.items() if person.get(name)],
        "consent_rows": [(name_of(CHANNEL_NAMES, row["channel"]).th, row["address"]) for row in copy["consents"]],
        "text_rows": [(label.th, copy["texts"][name]) for name, label in _CASE_TEXTS.items() if name in copy["texts"]],
        "channel_name": name_of(CHANNELS, copy["channel"]).th,
        "topic_name": topic_name(copy["topic"], "th"),
        "made_on": dates.long_date(timezone.now()),
    }
    return write_pdf(render_to_string("privacy/data_copy.html", context))


def _point(case: Case) -> str:
    """Latitude and longitude of the incident, '' without a point."""
    point: CasePoint | None = getattr(case, "point", None)
    return f"{point.latitude:.{DECIMALS}f}, {point.longitude:.{DECIMALS}f}" if point else ""


def _person(complainant: Complainant) -> dict[str, str]:
    encrypted = bytes(complainant.citizen_id_encrypted)
    values = {name: str(getattr(complainant, name)) for name in _PERSON_FIELDS if name != "citizen_id"}
    return values | {"citizen_id": decrypt_citizen_id(encrypted) if encrypted else ""}


def _letters(case: Case) -> list[str]:
    """What the citizen has checked at the kiosk, or what a worker has recognised where there is no such text."""
    texts = []
    for page in case.pages.all():
        recognised = DocumentPage.objects.filter(document__letter_page=page).values_list("text", flat=True)
        texts.append(page.text or "\n".join(recognised))
    return texts


def _history(case: Case) -> list[dict[str, str]]:
    """What the citizen can read, and the citizen's own words."""
    rows = []
    for event in case.events.filter(is_public=True).select_related("texts").order_by("seq"):
        texts, kind = getattr(event, "texts", None), EventKind(event.kind)
        own_words = texts.note if texts and kind in CITIZENS_WORDS else ""
        rows.append(
            {
                "at": event.at.isoformat(timespec="seconds"),
                "day": dates.short_date(event.at),
                "what": EVENT_NAMES[kind].th,
                "text": "\n".join(filter(None, (texts.public_text if texts else "", own_words))),
            }
        )
    return rows
