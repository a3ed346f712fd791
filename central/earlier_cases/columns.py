"""The columns of a file of earlier cases: what each is, and how its heading is recognised. Pure: no Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from central.csv_files import heading_key
from protocol.bilingual_text import BilingualText


class Column(StrEnum):
    """What a column of the file can be, as stored."""

    NUMBER = "number"
    FILED_ON = "filed_on"
    TEXT = "text"
    TOPIC = "topic"
    NAME = "name"
    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    ADDRESS = "address"
    WITHHELD = "withheld"
    PROVINCE = "province"
    DISTRICT = "district"
    TAMBON = "tambon"
    SPOT = "spot"
    AGENCY = "agency"
    HANDLER = "handler"
    STATUS = "status"
    OUTCOME = "outcome"
    CLOSED_ON = "closed_on"


@dataclass(frozen=True)
class ColumnFacts:
    """Name of a column, and the headings by which it is guessed, the likeliest first."""

    name: BilingualText
    headings: tuple[str, ...]


COLUMNS: Mapping[Column, ColumnFacts] = {
    Column.NUMBER: ColumnFacts(
        BilingualText("เลขเรื่องเดิม", "Earlier number"),
        ("เลขเรื่องเดิม", "เลขที่เรื่อง", "เลขเรื่อง", "เลขที่รับ", "เลขรับ", "เลขทะเบียน", "รหัสเรื่อง", "case number", "เลขที่"),
    ),
    Column.FILED_ON: ColumnFacts(
        BilingualText("วันที่ยื่นเรื่อง", "Filing date"),
        ("วันที่ยื่นเรื่อง", "วันที่ยื่น", "วันที่รับเรื่อง", "วันที่ร้องเรียน", "วันที่ร้อง", "วันที่รับ", "วันรับเรื่อง", "filed", "วันเดือนปี", "วันที่"),
    ),
    Column.TEXT: ColumnFacts(
        BilingualText("รายละเอียด", "Complaint"),
        (
            "รายละเอียด",
            "รายละเอียดเรื่อง",
            "เรื่องร้องเรียน",
            "เรื่องร้องทุกข์",
            "ข้อร้องเรียน",
            "สาระสำคัญ",
            "complaint",
            "details",
            "เรื่อง",
        ),
    ),
    Column.TOPIC: ColumnFacts(
        BilingualText("ประเภทเรื่อง", "Topic"), ("ประเภทเรื่อง", "ประเภท", "หมวดเรื่อง", "หมวด", "กลุ่มปัญหา", "topic")
    ),
    Column.NAME: ColumnFacts(
        BilingualText("ชื่อผู้ร้อง", "Name"),
        ("ชื่อผู้ร้อง", "ชื่อสกุลผู้ร้อง", "ชื่อ-สกุลผู้ร้อง", "ผู้ร้องเรียน", "ผู้ร้องทุกข์", "ผู้ร้อง", "ชื่อ-สกุล", "ชื่อ-นามสกุล", "ชื่อสกุล", "name"),
    ),
    Column.CITIZEN_ID: ColumnFacts(
        BilingualText("เลขประจำตัวประชาชน", "Citizen id"),
        ("เลขประจำตัวประชาชน", "เลขบัตรประชาชน", "เลขประชาชน", "เลข 13 หลัก", "citizen id"),
    ),
    Column.PHONE: ColumnFacts(
        BilingualText("โทรศัพท์", "Phone"), ("โทรศัพท์", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์", "เบอร์โทร", "โทร", "phone")
    ),
    Column.ADDRESS: ColumnFacts(BilingualText("ที่อยู่ผู้ร้อง", "Address"), ("ที่อยู่ผู้ร้อง", "ที่อยู่", "address")),
    Column.WITHHELD: ColumnFacts(
        BilingualText("ปกปิดชื่อ", "Name withheld"), ("ปกปิดชื่อ", "ปกปิด", "ชั้นความลับ", "ลับ", "withheld")
    ),
    Column.PROVINCE: ColumnFacts(BilingualText("จังหวัด", "Province"), ("จังหวัด", "จังหวัดที่เกิดเหตุ", "province")),
    Column.DISTRICT: ColumnFacts(BilingualText("อำเภอ", "District"), ("อำเภอ", "อำเภอที่เกิดเหตุ", "district", "amphoe")),
    Column.TAMBON: ColumnFacts(BilingualText("ตำบล", "Tambon"), ("ตำบล", "ตำบลที่เกิดเหตุ", "tambon", "subdistrict")),
    Column.SPOT: ColumnFacts(
        BilingualText("จุดเกิดเหตุ", "Where exactly"), ("จุดเกิดเหตุ", "สถานที่เกิดเหตุ", "สถานที่", "หมู่บ้าน", "location")
    ),
    Column.AGENCY: ColumnFacts(
        BilingualText("หน่วยงานที่รับผิดชอบ", "Agency"),
        ("หน่วยงานที่รับผิดชอบ", "หน่วยงานรับผิดชอบ", "หน่วยงานดำเนินการ", "ส่งหน่วยงาน", "หน่วยงาน", "agency"),
    ),
    Column.HANDLER: ColumnFacts(
        BilingualText("ผู้รับผิดชอบ", "Person in charge"), ("ผู้รับผิดชอบ", "เจ้าหน้าที่ผู้รับผิดชอบ", "เจ้าหน้าที่", "officer")
    ),
    Column.STATUS: ColumnFacts(BilingualText("สถานะ", "Status"), ("สถานะ", "สถานะเรื่อง", "สถานะปัจจุบัน", "status")),
    Column.OUTCOME: ColumnFacts(
        BilingualText("ผลการดำเนินการ", "Outcome"),
        ("ผลการดำเนินการ", "ผลดำเนินการ", "ผลการพิจารณา", "ผล", "outcome", "result"),
    ),
    Column.CLOSED_ON: ColumnFacts(
        BilingualText("วันที่ยุติเรื่อง", "Closing date"),
        ("วันที่ยุติเรื่อง", "วันที่ยุติ", "วันยุติเรื่อง", "วันที่แล้วเสร็จ", "วันที่เสร็จสิ้น", "closed"),
    ),
}
REQUIRED_COLUMNS = (Column.FILED_ON, Column.TEXT)
_MAX_TITLE_ROWS = 10  # above the row of headings


def guess_columns(headings: Sequence[str]) -> dict[Column, int]:
    """Which column of the file is what. Each column of the file is used once; an exact heading goes before one that
    only begins with a known word."""
    keys = [heading_key(heading) for heading in headings]
    guessed: dict[Column, int] = {}
    for matches in (_is_same, _begins):
        for column, facts in COLUMNS.items():
            if column in guessed:
                continue
            wanted = [heading_key(heading) for heading in facts.headings]
            free = [index for index in range(len(keys)) if index not in guessed.values()]
            index = next((candidate for each in wanted for candidate in free if matches(keys[candidate], each)), None)
            if index is not None:
                guessed[column] = index
    return guessed


def find_heading_row(rows: Sequence[Sequence[str]]) -> int:
    """The index of the row with the most known headings: titles may stand above it. 0 when none has any."""
    counts = [len(guess_columns(cells)) for cells in rows[:_MAX_TITLE_ROWS]]
    return counts.index(max(counts))


def _is_same(key: str, wanted: str) -> bool:
    return key == wanted


def _begins(key: str, wanted: str) -> bool:
    return len(wanted) > 3 and key.startswith(wanted)
