"""What the words in braces of a letter become: values of a case, and sample values for a preview."""

from datetime import date, datetime

from central import submission_labels
from central.cases.codes import ReferralKind
from central.cases.coordinates import cover_coordinates
from central.cases.models import Case, Complainant, Referral
from central.cases.points import is_confidential
from central.centres.models import Centre
from central.centres.wording import head_of, official_text
from central.letters.kinds import Audience
from protocol.bilingual_text import name_of
from thai import dates, places

_MAX_STATEMENT_CHARS = 1200
_REQUESTS = {
    ReferralKind.LEAD.value: "ดำเนินการเป็นหน่วยงานหลัก",
    ReferralKind.SUPPORT.value: "สนับสนุนหน่วยงานหลัก",
    ReferralKind.COPY.value: "ทราบและกำกับดูแล",
}
_NAMELESS = "ผู้ร้องเรื่องเลขที่ {}"


def case_values(
    case: Case, referral: Referral | None, complainant: Complainant | None, audience: Audience
) -> dict[str, str]:
    """The values of a case. The name is that of a `complainant` whom `cases.reading` has opened. The statement stays
    within the office: an agency reads it under its own rules."""
    name = " ".join(complainant.full_name.split()) if complainant else ""
    due = (referral.due if referral is not None and referral.kind != "lead" else None) or case.due
    return {
        "{case}": case.case_number,
        "{nature}": name_of(submission_labels.NATURE, case.nature).th,
        "{topic}": name_of(submission_labels.TOPIC, case.topic).th,
        "{place}": places.full_name(case.area, "th") if case.area else "",
        "{received}": _date(case.received_at),
        "{status}": official_text(case.current_status, case.centre, "th"),
        "{agency}": referral.agency.name_th if referral else case.agency_name,
        "{sent}": _date(referral.sent_at) if referral else "",
        "{request}": _REQUESTS.get(referral.kind, "") if referral else "",
        "{order}": referral.order_text.strip() if referral else "",
        "{due}": _date(due) if due else "",
        "{outcome}": case.outcome.strip(),
        "{statement}": _statement(case) if audience is Audience.OFFICE else "",
        "{complainant}": (name or _NAMELESS.format(case.case_number)) if audience is Audience.COMPLAINANT else "",
        "{head}": head_of(case.centre),
        "{centre}": case.centre.name_th,
    }


def sample_values(centre: Centre) -> dict[str, str]:
    """Invented values, for the preview of a template."""
    return {
        "{case}": "KKN07A-000123-41",
        "{nature}": "ร้องเรียน",
        "{topic}": "สาธารณูปโภค (ไฟฟ้า ประปา ถนน)",
        "{place}": "ตำบลในเมือง อำเภอเมืองขอนแก่น จังหวัดขอนแก่น",
        "{received}": _date(date(2026, 11, 2)),
        "{status}": "สั่งการให้หน่วยงานตรวจสอบข้อเท็จจริง",
        "{agency}": "เทศบาลตำบลตัวอย่าง",
        "{sent}": _date(date(2026, 11, 4)),
        "{request}": _REQUESTS[ReferralKind.LEAD.value],
        "{order}": "ตรวจสอบไฟฟ้าสาธารณะในซอยที่ได้รับแจ้ง ซ่อมแซมจุดที่ชำรุด และแจ้งผลพร้อมภาพถ่าย",
        "{due}": _date(date(2026, 11, 24)),
        "{outcome}": "เทศบาลเปลี่ยนหลอดไฟและสายไฟที่ชำรุดแล้ว ไฟฟ้าสาธารณะใช้งานได้ตามปกติ",
        "{statement}": "ไฟฟ้าสาธารณะหน้าหมู่บ้านดับมาสองสัปดาห์ เวลากลางคืนมืดมาก เกิดอุบัติเหตุแล้วหนึ่งครั้ง",
        "{complainant}": "นางสาวตัวอย่าง ใจดี",
        "{head}": head_of(centre),
        "{centre}": centre.name_th,
    }


def _date(moment: date | datetime) -> str:
    """A date that no line breaks."""
    return dates.long_date(moment).replace(" ", "\u00a0")


def _statement(case: Case) -> str:
    """What was typed, without the point of a confidential case: everybody who sees the case may read the letter."""
    return _shortened(cover_coordinates(case.text) if is_confidential(case) else case.text)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_STATEMENT_CHARS else f"{text[:_MAX_STATEMENT_CHARS]} …"
