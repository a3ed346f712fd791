"""A copy of everything that the centre has of a complainant and has received from them, as JSON and as PDF.

It has what is about the person: not the internal notes of officers, and of those who read the data the office only.
`copied_rows` has the tables beside the case."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from central.cases.commands.citizen_rights import DATA_RIGHTS
from central.cases.coordinates import DECIMALS
from central.cases.models import Case, CasePoint, Complainant
from central.channels import CHANNELS
from central.identity_crypto import decrypt_citizen_id
from central.notices.codes import CHANNEL_NAMES
from central.printed_letters import write_pdf
from central.privacy import copied_rows
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
        "nature": case.nature,
        "topic": case.topic,
        "for_whom": case.for_whom,
        "name_disclosure": case.name_disclosure,
        "status": case.status,
        "outcome": case.outcome,
        "notice": {"version": case.notice_version, "accepted_at": case.notice_accepted_at.isoformat()},
        "place": places.full_name(case.area, "th"),
        "point": _point(case),
        "person": _person(complainant) if complainant else {},
        "newer_content": {**case.newer_content, **(complainant.newer_content if complainant else {})},
        "texts": {name: getattr(case, name) for name in _CASE_TEXTS if getattr(case, name)},
        "earlier_number": copied_rows.earlier_number(case),
        "letters": copied_rows.letter_texts(case),
        "history": copied_rows.history(case),
        "files": copied_rows.files(case),
        "official_letters": copied_rows.official_letters(case),
        "ratings": copied_rows.ratings(case),
        "requests": copied_rows.data_requests(case),
        "notices": copied_rows.notices(case),
        "surveys": copied_rows.surveys(case),
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
        "consent_rows": [(_channel(row), row["address"]) for row in copy["consents"]],
        "text_rows": [(label.th, copy["texts"][name]) for name, label in _CASE_TEXTS.items() if name in copy["texts"]],
        "letter_rows": [row | {"day": _day(row["dated"])} for row in copy["official_letters"]],
        "notice_rows": [
            row | {"day": _day(row["at"]), "name": _channel(row)} for row in copy["notices"] if row["text"]
        ],
        "request_rows": [(_day(row["at"]), name_of(DATA_RIGHTS, row["right"]).th) for row in copy["requests"]],
        "channel_name": name_of(CHANNELS, copy["channel"]).th,
        "topic_name": topic_name(copy["topic"], "th"),
        "made_on": dates.long_date(timezone.now()),
    }
    return write_pdf(render_to_string("privacy/data_copy.html", context))


def _channel(row: Mapping[str, Any]) -> str:
    return name_of(CHANNEL_NAMES, row["channel"]).th


def _day(moment: str) -> str:
    if not moment:
        return ""
    return dates.short_date(datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment))


def _point(case: Case) -> str:
    """Latitude and longitude of the incident, '' without a point."""
    point: CasePoint | None = getattr(case, "point", None)
    return f"{point.latitude:.{DECIMALS}f}, {point.longitude:.{DECIMALS}f}" if point else ""


def _person(complainant: Complainant) -> dict[str, str]:
    encrypted = bytes(complainant.citizen_id_encrypted)
    values = {name: str(getattr(complainant, name)) for name in _PERSON_FIELDS if name != "citizen_id"}
    return values | {"citizen_id": decrypt_citizen_id(encrypted) if encrypted else ""}
