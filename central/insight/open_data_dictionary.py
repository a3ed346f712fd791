"""What each field of open data means, and the description of the data set as DCAT has it. Pure: no Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from protocol.bilingual_text import BilingualText

_NEVER = BilingualText("ไม่เผยแพร่ (เว้นว่างเสมอ)", "Not published (always empty)")
TITLE = BilingualText("เรื่องร้องเรียนร้องทุกข์ รายเดือน", "Complaints, by month")
DESCRIPTION = BilingualText(
    "หนึ่งแถวต่อหนึ่งเรื่องที่รับในเดือน ยกเว้นประเภทที่เป็นความลับ (ทุจริต ยาเสพติด หนี้สิน) จำนวนที่น้อยกว่า 5 รวมไว้กับพื้นที่ที่ใหญ่กว่าหรือตัดออก "
    "ไฟล์ของแต่ละเดือนจัดทำครั้งเดียวและไม่แก้ไข",
    "One row for each case received in the month, without confidential topics (corruption, drugs, debt). Counts below "
    "5 are merged into the larger area or left out. The file of a month is made once and never changed.",
)
MEANINGS: Mapping[str, BilingualText] = {
    "service_request_id": BilingualText(
        "เดือนและลำดับของแถวในไฟล์ ไม่ใช่เลขเรื่อง", "Month and number of the row in the file; not the number of the case"
    ),
    "status": BilingualText(
        "closed ยุติแล้ว หรือ open ยังไม่ยุติ ณ วันที่จัดทำไฟล์ เว้นว่างเมื่อกลุ่มเดียวกันมีสถานะใดน้อยกว่า 5 เรื่อง",
        "closed or open on the day the file was made; empty where a state has fewer than 5 cases of the area and topic",
    ),
    "service_name": BilingualText("ชื่อประเภทเรื่อง", "Name of the topic, in Thai"),
    "service_code": BilingualText("รหัสประเภทเรื่อง", "Code of the topic"),
    "requested_datetime": BilingualText("วันแรกของเดือนที่รับเรื่อง", "First day of the month in which it was received"),
    "address": BilingualText(
        "ตำบลที่เกิดเหตุ หากมีตั้งแต่ 5 เรื่องในประเภทเดียวกัน มิฉะนั้นเป็นอำเภอหรือจังหวัดของศูนย์ที่รับผิดชอบ",
        "Tambon of the incident where it has at least 5 cases of the topic, else district or province of the centre",
    ),
    "address_id": BilingualText("รหัสพื้นที่ของกรมการปกครอง 2, 4 หรือ 6 หลัก", "Code of the area (DOPA), 2, 4 or 6 digits"),
}


def meaning(field: str) -> BilingualText:
    """What a field has; the standard's other fields are always empty."""
    return MEANINGS.get(field, _NEVER)


@dataclass(frozen=True)
class Distribution:
    """One file of the data set."""

    month: str  # '2026-11'
    issued: str  # ISO 8601
    rows: int
    licence_url: str
    csv_url: str
    json_url: str


def catalogue(page_url: str, publisher: str, fields: Sequence[str], files: Sequence[Distribution]) -> dict[str, object]:
    """The data set as JSON-LD in the terms of DCAT, with what each field means."""
    return {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@type": "dcat:Dataset",
        "@id": page_url,
        "dct:title": {"th": TITLE.th, "en": TITLE.en},
        "dct:description": {"th": DESCRIPTION.th, "en": DESCRIPTION.en},
        "dct:publisher": publisher,
        "dct:accrualPeriodicity": "http://purl.org/cld/freq/monthly",
        "dct:conformsTo": "https://wiki.open311.org/GeoReport_v2/",
        "dictionary": {field: {"th": meaning(field).th, "en": meaning(field).en} for field in fields},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": each.month,
                "dct:issued": each.issued,
                "dct:license": each.licence_url,
                "dcat:mediaType": media_type,
                "dcat:downloadURL": url,
                "rows": each.rows,
            }
            for each in files
            for media_type, url in (("text/csv", each.csv_url), ("application/json", each.json_url))
        ],
    }
