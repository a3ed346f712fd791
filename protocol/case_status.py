"""The nine statuses of a case, in the wording the citizen is told (docs/facts.md §1)."""

from enum import Enum


class CaseStatus(Enum):
    """A status code as it travels and is stored, in the order of the usual way."""

    RECEIVED = "received"
    CHECKING = "checking"
    TO_DIRECTOR = "to_director"
    TO_CHIEF = "to_chief"
    TO_GOVERNOR = "to_governor"
    ORDERED = "ordered"
    IN_PROGRESS = "in_progress"
    UNCLEAR = "unclear"
    CLOSED = "closed"


_THAI = {
    CaseStatus.RECEIVED: "รอเจ้าหน้าที่รับเรื่อง",
    CaseStatus.CHECKING: "กำลังตรวจสอบคำร้อง",
    CaseStatus.TO_DIRECTOR: "เสนอผู้อำนวยการกลุ่มงานศูนย์ดำรงธรรมจังหวัด{province}พิจารณา",
    CaseStatus.TO_CHIEF: "เสนอหัวหน้าสำนักงานจังหวัด{province}พิจารณา",
    CaseStatus.TO_GOVERNOR: "เสนอรองผู้ว่าราชการจังหวัด{province}/ผู้ว่าราชการจังหวัด{province}พิจารณา",
    CaseStatus.ORDERED: "สั่งการให้หน่วยงานตรวจสอบข้อเท็จจริง",
    CaseStatus.IN_PROGRESS: "อยู่ระหว่างการดำเนินการของหน่วยงานหรือจังหวัด",
    CaseStatus.UNCLEAR: "รายละเอียดคำร้องไม่ชัดเจน",
    CaseStatus.CLOSED: "ยุติเรื่อง",
}

_ENGLISH = {
    CaseStatus.RECEIVED: "Waiting for an officer to accept the case",
    CaseStatus.CHECKING: "Your complaint is being checked",
    CaseStatus.TO_DIRECTOR: "With the director of the Damrongdham Centre, {province}",
    CaseStatus.TO_CHIEF: "With the head of the provincial office, {province}",
    CaseStatus.TO_GOVERNOR: "With the vice governor or governor of {province}",
    CaseStatus.ORDERED: "An agency has been instructed to investigate",
    CaseStatus.IN_PROGRESS: "The agency or the province is working on it",
    CaseStatus.UNCLEAR: "Details are unclear: please tell us more",
    CaseStatus.CLOSED: "Closed",
}


def status_text(status: CaseStatus, language: str, province: str) -> str:
    """The sentence for the citizen; `language` is 'th' or 'en', `province` its name in that language."""
    table = _THAI if language == "th" else _ENGLISH
    return table[status].format(province=province)
