"""Kinds of events in the history of a case: one for each step of the workflow, and those of the system. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from central.people.roles import Action
from protocol.bilingual_text import BilingualText


class EventKind(StrEnum):
    """Kinds of events as stored. A step of the workflow has the value of its `Action`."""

    RECEIVED = "received"
    IMPORTED = "imported"  # the state of the case in an earlier system
    TAKE = Action.TAKE.value
    ASSIGN_OWNER = Action.ASSIGN_OWNER.value
    ASK_DETAILS = Action.ASK_DETAILS.value
    RECORD_DETAILS = Action.RECORD_DETAILS.value
    PROPOSE = Action.PROPOSE.value
    APPROVE = Action.APPROVE.value
    SEND_UP = Action.SEND_UP.value
    RETURN_PROPOSAL = Action.RETURN_PROPOSAL.value
    WITHDRAW_PROPOSAL = Action.WITHDRAW_PROPOSAL.value
    ORDER = Action.ORDER.value
    RECALL = Action.RECALL.value
    ACCEPT = Action.ACCEPT.value
    REPORT = Action.REPORT.value
    RETURN_TO_CENTRE = Action.RETURN_TO_CENTRE.value
    CLOSE = Action.CLOSE.value
    CORRECT_OUTCOME = Action.CORRECT_OUTCOME.value
    RATE = Action.RATE.value
    REQUEST_REOPENING = Action.REQUEST_REOPENING.value
    REFUSE_REOPENING = Action.REFUSE_REOPENING.value
    REOPEN = Action.REOPEN.value
    LINK_DUPLICATE = Action.LINK_DUPLICATE.value
    UNLINK_DUPLICATE = Action.UNLINK_DUPLICATE.value
    RECLASSIFY = Action.RECLASSIFY.value
    SET_POINT = Action.SET_POINT.value
    MOVE_CENTRE = Action.MOVE_CENTRE.value
    SET_DUE = Action.SET_DUE.value
    RENEW_CODE = Action.RENEW_CODE.value
    REQUEST_DATA = Action.REQUEST_DATA.value
    ANSWER_DATA_REQUEST = Action.ANSWER_DATA_REQUEST.value
    TAKE_OVER_TEXT = Action.TAKE_OVER_TEXT.value
    ADD_NOTE = Action.ADD_NOTE.value
    ERASED = "erased"  # personal data, texts and files, by the schedule or at the citizen's request
    CORRECT_PERSON = Action.CORRECT_PERSON.value
    INVESTIGATION_OPENED = "investigation_opened"  # its content is in `central.investigation`
    INVESTIGATOR_NAMED = "investigator_named"
    INVESTIGATOR_REMOVED = "investigator_removed"
    INVESTIGATION_CLOSED = "investigation_closed"
    NAME_RESPONDENT = "name_respondent"
    REMOVE_RESPONDENT = "remove_respondent"
    DUE_MOVED = "due_moved"  # by a change of the calendar, a pause or a new classification
    ESCALATED = "escalated"
    REMINDED = "reminded"
    LINK_REVOKED = "link_revoked"  # the personal link of an agency
    LINK_RENEWED = "link_renewed"
    LETTER_PRINTED = "letter_printed"  # with the link: who has it can answer as the agency
    MAIL_FAILED = "mail_failed"  # to an agency
    LETTER_ISSUED = "letter_issued"  # an official letter of the office got its number
    LETTER_CANCELLED = "letter_cancelled"  # its number stays used
    LETTER_SIGNED = "letter_signed"  # the signed scan was filed
    RECORDING_ENCODED = "recording_encoded"  # by a worker; the event has the digest of what is played
    TRANSCRIPT_TYPED = "transcript_typed"  # of a recording, for the first time or in place of an earlier text
    TRANSCRIPT_REMOVED = "transcript_removed"
    # Of versions older than the workflow table.
    OLD_STATUS = "status"
    OLD_ASSIGNMENT = "assignment"
    OLD_DUE = "due"


# Events about a referral that change nothing of its case: its revision stays.
REFERRAL_NOTES = frozenset(
    {
        EventKind.REMINDED,
        EventKind.LINK_REVOKED,
        EventKind.LINK_RENEWED,
        EventKind.LETTER_PRINTED,
        EventKind.MAIL_FAILED,
    }
)

# Events about an official letter of the office, which change nothing of the case either.
LETTER_NOTES = frozenset({EventKind.LETTER_ISSUED, EventKind.LETTER_CANCELLED, EventKind.LETTER_SIGNED})

# Events about a recording and its transcript, which change nothing of the case.
RECORDING_NOTES = frozenset({EventKind.RECORDING_ENCODED, EventKind.TRANSCRIPT_TYPED, EventKind.TRANSCRIPT_REMOVED})

# Events that open a closed case again: a round of closing, rating and request to reopen begins with them.
OPENING = frozenset({EventKind.REOPEN, EventKind.UNLINK_DUPLICATE})

# Events whose internal text and files are the citizen's own words. They are covered like a letter.
CITIZENS_WORDS = frozenset(
    {EventKind.RECORD_DETAILS, EventKind.RATE, EventKind.REQUEST_REOPENING, EventKind.REQUEST_DATA}
)

# Events whose internal text is covered like a letter: the citizen's words, and what the file of an earlier system has
# about the complainant in columns that no column of the case holds.
COVERED_NOTES = CITIZENS_WORDS | {EventKind.IMPORTED}

# Events whose files came from the complainant.
COMPLAINANTS_FILES = CITIZENS_WORDS | {EventKind.RECEIVED}

# Events whose files need what a letter needs: those of the complainant, signed letters of the office, and what officers
# add with a note. Some of them name the complainant.
COVERED_FILES = COMPLAINANTS_FILES | {EventKind.LETTER_SIGNED, EventKind.ADD_NOTE}

EVENT_NAMES: Mapping[EventKind, BilingualText] = {
    EventKind.RECEIVED: BilingualText("ได้รับเรื่อง", "Received"),
    EventKind.IMPORTED: BilingualText("นำเข้าจากระบบเดิม", "Imported from an earlier system"),
    EventKind.TAKE: BilingualText("รับเรื่อง", "Taken"),
    EventKind.ASSIGN_OWNER: BilingualText("มอบหมายเจ้าของเรื่อง", "Owner assigned"),
    EventKind.ASK_DETAILS: BilingualText("ขอรายละเอียดเพิ่มเติม", "More details requested"),
    EventKind.RECORD_DETAILS: BilingualText("ได้รับรายละเอียดเพิ่มเติม", "More details received"),
    EventKind.PROPOSE: BilingualText("เสนอพิจารณา", "Proposed"),
    EventKind.APPROVE: BilingualText("อนุมัติ", "Approved"),
    EventKind.SEND_UP: BilingualText("เสนอต่อผู้บังคับบัญชา", "Sent up"),
    EventKind.RETURN_PROPOSAL: BilingualText("ส่งกลับให้แก้ไข", "Proposal returned"),
    EventKind.WITHDRAW_PROPOSAL: BilingualText("ถอนข้อเสนอ", "Proposal withdrawn"),
    EventKind.ORDER: BilingualText("สั่งการหน่วยงาน", "Agency ordered"),
    EventKind.RECALL: BilingualText("เรียกเรื่องคืนจากหน่วยงาน", "Recalled from the agency"),
    EventKind.ACCEPT: BilingualText("หน่วยงานรับเรื่อง", "Accepted by the agency"),
    EventKind.REPORT: BilingualText("หน่วยงานรายงาน", "Report of the agency"),
    EventKind.RETURN_TO_CENTRE: BilingualText("หน่วยงานส่งคืนศูนย์", "Returned by the agency"),
    EventKind.CLOSE: BilingualText("ยุติเรื่อง", "Closed"),
    EventKind.CORRECT_OUTCOME: BilingualText("แก้ไขผลการดำเนินการ", "Outcome corrected"),
    EventKind.RATE: BilingualText("ผู้ร้องให้คะแนน", "Rated by the citizen"),
    EventKind.REQUEST_REOPENING: BilingualText("ผู้ร้องขอเปิดเรื่องอีกครั้ง", "Reopening requested"),
    EventKind.REFUSE_REOPENING: BilingualText("ไม่เปิดเรื่องอีกครั้ง", "Reopening refused"),
    EventKind.REOPEN: BilingualText("เปิดเรื่องใหม่อีกครั้ง", "Reopened"),
    EventKind.LINK_DUPLICATE: BilingualText("รวมเป็นเรื่องซ้ำ", "Linked as a duplicate"),
    EventKind.UNLINK_DUPLICATE: BilingualText("แยกออกจากเรื่องหลัก", "Unlinked from the main case"),
    EventKind.RECLASSIFY: BilingualText("จัดประเภทใหม่", "Reclassified"),
    EventKind.SET_POINT: BilingualText("ระบุจุดเกิดเหตุ", "Point of the incident set"),
    EventKind.MOVE_CENTRE: BilingualText("ย้ายศูนย์", "Moved to another centre"),
    EventKind.SET_DUE: BilingualText("กำหนดวันแล้วเสร็จ", "Due date set"),
    EventKind.RENEW_CODE: BilingualText("เปลี่ยนรหัสติดตาม", "New tracking code"),
    EventKind.REQUEST_DATA: BilingualText("ขอใช้สิทธิเรื่องข้อมูลส่วนบุคคล", "Request about personal data"),
    EventKind.ANSWER_DATA_REQUEST: BilingualText("ตอบคำขอเรื่องข้อมูลส่วนบุคคล", "Request about personal data answered"),
    EventKind.TAKE_OVER_TEXT: BilingualText("ใช้ข้อความจากหนังสือ", "Text of the letter taken over"),
    EventKind.ADD_NOTE: BilingualText("บันทึก", "Note"),
    EventKind.ERASED: BilingualText("ลบข้อมูลส่วนบุคคลและเนื้อหาแล้ว", "Personal data and texts erased"),
    EventKind.CORRECT_PERSON: BilingualText("แก้ไขข้อมูลผู้ร้อง", "Complainant's data corrected"),
    EventKind.INVESTIGATION_OPENED: BilingualText("เปิดสำนวนสืบสวน", "Investigation opened"),
    EventKind.INVESTIGATOR_NAMED: BilingualText("แต่งตั้งผู้สืบสวน", "Investigator named"),
    EventKind.INVESTIGATOR_REMOVED: BilingualText("ถอนผู้สืบสวน", "Investigator removed"),
    EventKind.INVESTIGATION_CLOSED: BilingualText("ปิดสำนวนสืบสวน", "Investigation closed"),
    EventKind.NAME_RESPONDENT: BilingualText("ระบุผู้ถูกร้อง", "Respondent entered"),
    EventKind.REMOVE_RESPONDENT: BilingualText("นำผู้ถูกร้องออก", "Respondent removed"),
    EventKind.DUE_MOVED: BilingualText("วันแล้วเสร็จเลื่อน", "Due date moved"),
    EventKind.ESCALATED: BilingualText("แจ้งเตือนผู้บังคับบัญชา", "Escalated"),
    EventKind.REMINDED: BilingualText("เตือนหน่วยงาน", "Agency reminded"),
    EventKind.LINK_REVOKED: BilingualText("ยกเลิกลิงก์ของหน่วยงาน", "Link of the agency revoked"),
    EventKind.LINK_RENEWED: BilingualText("ออกลิงก์ใหม่ให้หน่วยงาน", "New link for the agency"),
    EventKind.LETTER_PRINTED: BilingualText("พิมพ์หนังสือสั่งการพร้อมลิงก์", "Letter with the link printed"),
    EventKind.MAIL_FAILED: BilingualText("ส่งอีเมลถึงหน่วยงานไม่สำเร็จ", "Mail to the agency failed"),
    EventKind.LETTER_ISSUED: BilingualText("ออกหนังสือ", "Letter issued"),
    EventKind.LETTER_CANCELLED: BilingualText("ยกเลิกหนังสือ", "Letter cancelled"),
    EventKind.LETTER_SIGNED: BilingualText("จัดเก็บหนังสือที่ลงนามแล้ว", "Signed letter filed"),
    EventKind.RECORDING_ENCODED: BilingualText("เตรียมไฟล์เสียงให้ฟังได้แล้ว", "Recording prepared for listening"),
    EventKind.TRANSCRIPT_TYPED: BilingualText("บันทึกข้อความจากไฟล์เสียง", "Transcript of a recording saved"),
    EventKind.TRANSCRIPT_REMOVED: BilingualText("ลบข้อความจากไฟล์เสียง", "Transcript of a recording removed"),
    EventKind.OLD_STATUS: BilingualText("เปลี่ยนสถานะ", "Status changed"),
    EventKind.OLD_ASSIGNMENT: BilingualText("มอบหมาย", "Assigned to"),
    EventKind.OLD_DUE: BilingualText("กำหนดเสร็จ", "Due"),
}


class ActorKind(StrEnum):
    """Who made an event."""

    OFFICER = "officer"
    AGENCY = "agency"  # by a personal link, without an account
    CITIZEN = "citizen"
    SYSTEM = "system"
