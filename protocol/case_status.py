"""The statuses of a case and every text that belongs to one (docs/facts.md §1).

A new status is a member of `CaseStatus`, a row of `CASE_STATUSES` and its transitions in central/cases/workflow.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from protocol.bilingual_text import BilingualText
from protocol.centre_kind import CentreKind


class CaseStatus(StrEnum):
    """Status codes as sent and stored, in the order a case usually passes through them."""

    RECEIVED = "received"
    CHECKING = "checking"
    TO_DIRECTOR = "to_director"
    TO_CHIEF = "to_chief"
    TO_GOVERNOR = "to_governor"
    ORDERED = "ordered"
    IN_PROGRESS = "in_progress"
    UNCLEAR = "unclear"
    CLOSED = "closed"


@dataclass(frozen=True)
class StatusWording:
    """The wording of one status at one kind of centre."""

    official: BilingualText  # in the history of the case; `{province}` and `{district}` are replaced by their names
    headline: BilingualText  # plain words at the top of the tracking page
    desk_label: BilingualText  # short, for tables of the desk


@dataclass(frozen=True)
class CaseStatusTexts(StatusWording):
    """The texts of one status. The wording is that of a province, and of other kinds of centres without their own."""

    elsewhere: Mapping[CentreKind, StatusWording] = field(default_factory=dict)
    is_milestone: bool = False  # listed as a coming step of every case, before it is reached


CASE_STATUSES: dict[CaseStatus, CaseStatusTexts] = {
    CaseStatus.RECEIVED: CaseStatusTexts(
        official=BilingualText("รอเจ้าหน้าที่รับเรื่อง", "Waiting for an officer to accept the case"),
        headline=BilingualText(
            "ศูนย์ได้รับเรื่องแล้ว รอเจ้าหน้าที่รับเรื่อง", "The centre has received your case. An officer will take it on"
        ),
        desk_label=BilingualText("รอรับเรื่อง", "Waiting"),
        is_milestone=True,
    ),
    CaseStatus.CHECKING: CaseStatusTexts(
        official=BilingualText("กำลังตรวจสอบคำร้อง", "Your complaint is being checked"),
        headline=BilingualText("เจ้าหน้าที่กำลังตรวจสอบคำร้องของท่าน", "An officer is checking your complaint"),
        desk_label=BilingualText("กำลังตรวจสอบ", "Checking"),
        is_milestone=True,
    ),
    CaseStatus.TO_DIRECTOR: CaseStatusTexts(
        official=BilingualText(
            "เสนอผู้อำนวยการกลุ่มงานศูนย์ดำรงธรรมจังหวัด{province}พิจารณา",
            "With the director of the Damrongdham Centre, {province}",
        ),
        headline=BilingualText("ผู้อำนวยการศูนย์กำลังพิจารณาเรื่องของท่าน", "The director of the centre is reviewing your case"),
        desk_label=BilingualText("เสนอ ผอ.ศูนย์ฯ", "To the director"),
        elsewhere={
            CentreKind.MINISTRY: StatusWording(
                official=BilingualText(
                    "เสนอผู้อำนวยการศูนย์ดำรงธรรมกระทรวงมหาดไทยพิจารณา",
                    "With the director of the Damrongdham Centre, Ministry of Interior",
                ),
                headline=BilingualText(
                    "ผู้อำนวยการศูนย์กำลังพิจารณาเรื่องของท่าน", "The director of the centre is reviewing your case"
                ),
                desk_label=BilingualText("เสนอ ผอ.ศูนย์ฯ", "To the director"),
            )
        },
    ),
    CaseStatus.TO_CHIEF: CaseStatusTexts(
        official=BilingualText(
            "เสนอหัวหน้าสำนักงานจังหวัด{province}พิจารณา", "With the head of the provincial office, {province}"
        ),
        headline=BilingualText(
            "หัวหน้าสำนักงานจังหวัดกำลังพิจารณาเรื่องของท่าน", "The head of the provincial office is reviewing your case"
        ),
        desk_label=BilingualText("เสนอ หน.สนจ.", "To the provincial chief"),
        elsewhere={
            CentreKind.DISTRICT: StatusWording(
                official=BilingualText("เสนอนายอำเภอ{district}พิจารณา", "With the district chief of {district}"),
                headline=BilingualText("นายอำเภอกำลังพิจารณาเรื่องของท่าน", "The district chief is reviewing your case"),
                desk_label=BilingualText("เสนอนายอำเภอ", "To the district chief"),
            )
        },
    ),
    CaseStatus.TO_GOVERNOR: CaseStatusTexts(
        official=BilingualText(
            "เสนอรองผู้ว่าราชการจังหวัด{province}/ผู้ว่าราชการจังหวัด{province}พิจารณา",
            "With the vice governor or governor of {province}",
        ),
        headline=BilingualText("ผู้บริหารจังหวัดกำลังพิจารณาเรื่องของท่าน", "The governor’s office is reviewing your case"),
        desk_label=BilingualText("เสนอ รอง ผวจ./ผวจ.", "To the governor"),
    ),
    CaseStatus.ORDERED: CaseStatusTexts(
        official=BilingualText("สั่งการให้หน่วยงานตรวจสอบข้อเท็จจริง", "An agency has been instructed to investigate"),
        headline=BilingualText("สั่งการให้หน่วยงานตรวจสอบข้อเท็จจริงแล้ว", "An agency has been instructed to investigate"),
        desk_label=BilingualText("สั่งการหน่วยงาน", "Agency ordered"),
        is_milestone=True,
    ),
    CaseStatus.IN_PROGRESS: CaseStatusTexts(
        official=BilingualText("อยู่ระหว่างการดำเนินการของหน่วยงานหรือจังหวัด", "The agency or the province is working on it"),
        headline=BilingualText("หน่วยงานกำลังดำเนินการ", "The agency is working on it"),
        desk_label=BilingualText("กำลังดำเนินการ", "In progress"),
        is_milestone=True,
        elsewhere={
            CentreKind.DISTRICT: StatusWording(
                official=BilingualText(
                    "อยู่ระหว่างการดำเนินการของหน่วยงานหรืออำเภอ", "The agency or the district is working on it"
                ),
                headline=BilingualText("หน่วยงานกำลังดำเนินการ", "The agency is working on it"),
                desk_label=BilingualText("กำลังดำเนินการ", "In progress"),
            ),
            CentreKind.MINISTRY: StatusWording(
                official=BilingualText(
                    "อยู่ระหว่างการดำเนินการของหน่วยงานหรือกระทรวง", "The agency or the ministry is working on it"
                ),
                headline=BilingualText("หน่วยงานกำลังดำเนินการ", "The agency is working on it"),
                desk_label=BilingualText("กำลังดำเนินการ", "In progress"),
            ),
        },
    ),
    CaseStatus.UNCLEAR: CaseStatusTexts(
        official=BilingualText("รายละเอียดคำร้องไม่ชัดเจน", "Details are unclear: please tell us more"),
        headline=BilingualText("ขอรายละเอียดเพิ่มเติมจากท่าน", "Please tell us more"),
        desk_label=BilingualText("รอรายละเอียดเพิ่ม", "Unclear"),
    ),
    CaseStatus.CLOSED: CaseStatusTexts(
        official=BilingualText("ยุติเรื่อง", "Closed"),
        headline=BilingualText("ยุติเรื่องแล้ว", "Your case is closed"),
        desk_label=BilingualText("ยุติเรื่อง", "Closed"),
        is_milestone=True,
    ),
}


def status_wording(status: CaseStatus, kind: CentreKind = CentreKind.PROVINCE) -> StatusWording:
    """The wording of a status at this kind of centre."""
    texts = CASE_STATUSES[status]
    return texts.elsewhere.get(kind, texts)


def status_text(
    status: CaseStatus, language: str, province: str, kind: CentreKind = CentreKind.PROVINCE, district: str = ""
) -> str:
    """The official sentence in 'th' or 'en' at this kind of centre. `province` and `district` are the names of its
    place in that language, without «จังหวัด» and «อำเภอ»."""
    official = status_wording(status, kind).official
    return official.in_language(language).format(province=province, district=district)
