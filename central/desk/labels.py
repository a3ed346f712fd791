"""The desk's names for the values of the protocol, in both languages."""

from central.cases.filing_time import FilingQuality
from central.fleet.attention import AttentionReason
from central.people.models import OfficerEvent
from protocol.bilingual_text import BilingualText
from protocol.choices import IdentitySource, NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.staff_call import StaffCallResponse

NATURE = {
    Nature.COMPLAINT: BilingualText("ร้องเรียน", "Complaint"),
    Nature.HELP: BilingualText("ขอความช่วยเหลือ", "Request for help"),
    Nature.TIP_OFF: BilingualText("แจ้งเบาะแส", "Tip-off"),
    Nature.SUGGESTION: BilingualText("เสนอแนะ", "Suggestion"),
    Nature.PRAISE: BilingualText("ชมเชย", "Praise"),
}
ABOUT = {
    RespondentKind.NOBODY: BilingualText("ไม่เจาะจงผู้ใด", "Nobody in particular"),
    RespondentKind.OFFICIAL: BilingualText("เจ้าหน้าที่หรือหน่วยงานของรัฐ", "An official or an agency"),
    RespondentKind.PERSON: BilingualText("บุคคล", "A person"),
}
FOR_WHOM = {
    OnBehalfOf.SELF: BilingualText("ตนเอง", "Themselves"),
    OnBehalfOf.ANOTHER: BilingualText("ผู้อื่น", "Someone else"),
    OnBehalfOf.GROUP: BilingualText("กลุ่มหรือนิติบุคคล", "A group or a company"),
}
NAMING = {
    NameDisclosure.NAMED: BilingualText("เปิดเผยชื่อ", "Named"),
    NameDisclosure.WITHHELD: BilingualText("ปกปิดชื่อต่อหน่วยงาน", "Name withheld from the agency"),
    NameDisclosure.ANONYMOUS: BilingualText("ไม่ประสงค์ออกนาม", "Anonymous"),
}
SOURCE = {
    IdentitySource.CHIP: BilingualText("อ่านจากบัตรประชาชน (ไม่ได้ตรวจสอบ)", "Read from the ID card (not verified)"),
    IdentitySource.TYPED: BilingualText("พิมพ์เอง", "Typed"),
    IdentitySource.NONE: BilingualText("ไม่ได้ให้ไว้", "Not given"),
}
FILING_TIME_QUALITY = {
    FilingQuality.KIOSK_CLOCK: BilingualText("ตามนาฬิกาของตู้", "by the kiosk's clock"),
    FilingQuality.MEASURED: BilingualText("คำนวณจากเวลาที่ผ่านไป", "calculated from the time elapsed"),
    FilingQuality.UNCERTAIN: BilingualText("นาฬิกาของตู้ไม่แน่นอน", "the kiosk's clock was unreliable"),
}
ACCOUNT_EVENTS = {
    OfficerEvent.Kind.SIGNED_IN: BilingualText("เข้าสู่ระบบ", "Signed in"),
    OfficerEvent.Kind.SIGNED_OUT: BilingualText("ออกจากระบบ", "Signed out"),
    OfficerEvent.Kind.SIGN_IN_FAILED: BilingualText("รหัสผ่านไม่ถูกต้อง", "Wrong password"),
    OfficerEvent.Kind.SIGN_IN_THROTTLED: BilingualText("ลองผิดหลายครั้งเกินไป", "Too many wrong tries"),
    OfficerEvent.Kind.PASSWORD_CHANGED: BilingualText("เปลี่ยนรหัสผ่าน", "Password changed"),
    OfficerEvent.Kind.OLD_PASSWORD_WRONG: BilingualText("รหัสผ่านเดิมไม่ถูกต้อง", "Wrong old password"),
    OfficerEvent.Kind.COMPARE_CODE_WRONG: BilingualText("รหัสเทียบของตู้ไม่ตรง", "A kiosk's code did not match"),
    OfficerEvent.Kind.SUSPENDED: BilingualText("ระงับการใช้งาน", "Suspended"),
    OfficerEvent.Kind.ACTIVATED: BilingualText("เปิดให้ใช้งานอีกครั้ง", "Activated again"),
    OfficerEvent.Kind.PASSWORD_RESET: BilingualText("ตั้งรหัสผ่านใหม่โดยผู้ดูแล", "Password reset by an administrator"),
}
ATTENTION_REASONS = {
    AttentionReason.STAFF_CALLED: BilingualText("ประชาชนเรียกเจ้าหน้าที่", "A citizen is asking for staff"),
    AttentionReason.SILENT: BilingualText("ขาดการติดต่อ", "No contact"),
    AttentionReason.OUTBOX_STUCK: BilingualText("มีเรื่องที่ส่งไม่สำเร็จ", "Cases cannot be sent"),
    AttentionReason.CANNOT_PRINT: BilingualText("พิมพ์ใบรับไม่ได้", "Cannot print receipts"),
    AttentionReason.HAS_FINDINGS: BilingualText("มีข้อขัดข้อง", "Faults"),
    AttentionReason.PAPER_LOW: BilingualText("กระดาษใกล้หมด", "Paper low"),
    AttentionReason.CLOCK: BilingualText("นาฬิกาไม่แน่นอน", "Clock unreliable"),
}
CALL_ANSWERS = {  # what the desk can answer to a citizen's call for staff
    StaffCallResponse.COMING: BilingualText("กำลังไป", "On my way"),
    StaffCallResponse.SOON: BilingualText("อีกไม่กี่นาที", "In a few minutes"),
    StaffCallResponse.TO_DESK: BilingualText("เชิญมาที่เคาน์เตอร์", "Please come to the desk"),
    StaffCallResponse.DONE: BilingualText("เสร็จแล้ว", "Done"),
}
DEVICES = {
    "card_reader": BilingualText("อ่านบัตร", "Card reader"),
    "scanner": BilingualText("สแกน", "Scanner"),
}
# What devices are reported to be; one that this version does not know is shown as it came.
DEVICE_STATES = {
    "ready": BilingualText("พร้อม", "ready"),
    "empty": BilingualText("พร้อม", "ready"),
    "card_present": BilingualText("มีบัตรอยู่", "card inserted"),
    "card_mute": BilingualText("มีบัตรที่อ่านไม่ได้", "unreadable card"),
    "no_reader": BilingualText("ไม่พบเครื่อง", "not found"),
    "no_service": BilingualText("บริการไม่ทำงาน", "service not running"),
    "not_allowed": BilingualText("ไม่มีสิทธิ์ใช้", "no permission"),
    "paper_near_end": BilingualText("กระดาษใกล้หมด", "paper low"),
    "paper_out": BilingualText("กระดาษหมด", "out of paper"),
    "cover_open": BilingualText("ฝาเปิด", "cover open"),
    "cutter_error": BilingualText("ใบมีดตัดติด", "cutter jammed"),
    "error": BilingualText("ขัดข้อง", "error"),
    "offline": BilingualText("หยุดพัก", "offline"),
    "absent": BilingualText("ไม่พบเครื่อง", "not found"),
    "holds_old_data": BilingualText("ต้องปิดแล้วเปิดใหม่", "needs restarting"),
    "unresponsive": BilingualText("ไม่ตอบ", "not responding"),
    "unknown": BilingualText("ไม่บอกสถานะ", "status unknown"),
    "busy": BilingualText("กำลังทำงาน", "busy"),
    "no_paper": BilingualText("ไม่มีกระดาษ", "no paper"),
    "jam": BilingualText("กระดาษติด", "paper jam"),
    "io_error": BilingualText("ขัดข้อง", "error"),
    "bad_picture": BilingualText("ภาพเสีย", "bad image"),
    "disk_full": BilingualText("ที่เก็บเต็ม", "storage full"),
    "cancelled": BilingualText("ยกเลิก", "cancelled"),
}


def device_label(name: str, language: str) -> str:
    """A device's name."""
    return DEVICES[name].in_language(language) if name in DEVICES else name


def device_state_label(value: str, language: str) -> str:
    """What a device is reported to be."""
    return DEVICE_STATES[value].in_language(language) if value in DEVICE_STATES else value
