"""The desk's names for the values of the protocol, in both languages."""

from central.cases.filing_time import FilingQuality
from central.fleet.attention import Need
from central.language import Text
from central.people.models import OfficerEvent
from protocol.case_status import CaseStatus
from protocol.choices import AboutWhom, ForWhom, IdentitySource, Naming, Nature
from protocol.staff_call import CallAnswer
from protocol.topics import TOPICS, Topic

NATURE = {
    Nature.COMPLAINT: Text("ร้องเรียน", "Complaint"),
    Nature.HELP: Text("ขอความช่วยเหลือ", "Request for help"),
    Nature.TIP_OFF: Text("แจ้งเบาะแส", "Tip-off"),
    Nature.SUGGESTION: Text("เสนอแนะ", "Suggestion"),
    Nature.PRAISE: Text("ชมเชย", "Praise"),
}
ABOUT = {
    AboutWhom.NOBODY: Text("ไม่เจาะจงผู้ใด", "Nobody in particular"),
    AboutWhom.OFFICIAL: Text("เจ้าหน้าที่หรือหน่วยงานของรัฐ", "An official or an agency"),
    AboutWhom.PERSON: Text("บุคคล", "A person"),
}
FOR_WHOM = {
    ForWhom.SELF: Text("ตนเอง", "Themselves"),
    ForWhom.ANOTHER: Text("ผู้อื่น", "Someone else"),
    ForWhom.GROUP: Text("กลุ่มหรือนิติบุคคล", "A group or a company"),
}
NAMING = {
    Naming.NAMED: Text("เปิดเผยชื่อ", "Named"),
    Naming.WITHHELD: Text("ปกปิดชื่อต่อหน่วยงาน", "Name withheld from the agency"),
    Naming.ANONYMOUS: Text("ไม่ประสงค์ออกนาม", "Anonymous"),
}
SOURCE = {
    IdentitySource.CHIP: Text("อ่านจากบัตรประชาชน (ไม่ได้ตรวจสอบ)", "Read from the ID card (not verified)"),
    IdentitySource.TYPED: Text("พิมพ์เอง", "Typed"),
    IdentitySource.NONE: Text("ไม่ได้ให้ไว้", "Not given"),
}
FILED = {
    FilingQuality.KIOSK_CLOCK: Text("ตามนาฬิกาของตู้", "by the kiosk's clock"),
    FilingQuality.MEASURED: Text("คำนวณจากเวลาที่ผ่านไป", "calculated from the time elapsed"),
    FilingQuality.UNCERTAIN: Text("นาฬิกาของตู้ไม่แน่นอน", "the kiosk's clock was unreliable"),
}
STATUS = {
    CaseStatus.RECEIVED: Text("รอรับเรื่อง", "Waiting"),
    CaseStatus.CHECKING: Text("กำลังตรวจสอบ", "Checking"),
    CaseStatus.TO_DIRECTOR: Text("เสนอ ผอ.ศูนย์ฯ", "To the director"),
    CaseStatus.TO_CHIEF: Text("เสนอ หน.สนจ.", "To the provincial chief"),
    CaseStatus.TO_GOVERNOR: Text("เสนอ รอง ผวจ./ผวจ.", "To the governor"),
    CaseStatus.ORDERED: Text("สั่งการหน่วยงาน", "Agency ordered"),
    CaseStatus.IN_PROGRESS: Text("กำลังดำเนินการ", "In progress"),
    CaseStatus.UNCLEAR: Text("รอรายละเอียดเพิ่ม", "Unclear"),
    CaseStatus.CLOSED: Text("ยุติเรื่อง", "Closed"),
}

EVENTS = {
    OfficerEvent.Kind.SIGNED_IN: Text("เข้าสู่ระบบ", "Signed in"),
    OfficerEvent.Kind.SIGNED_OUT: Text("ออกจากระบบ", "Signed out"),
    OfficerEvent.Kind.FAILED: Text("รหัสผ่านไม่ถูกต้อง", "Wrong password"),
    OfficerEvent.Kind.REFUSED: Text("ลองผิดหลายครั้งเกินไป", "Too many wrong tries"),
    OfficerEvent.Kind.CHANGED: Text("เปลี่ยนรหัสผ่าน", "Password changed"),
    OfficerEvent.Kind.OLD_WRONG: Text("รหัสผ่านเดิมไม่ถูกต้อง", "Wrong old password"),
    OfficerEvent.Kind.CODE_WRONG: Text("รหัสเทียบของตู้ไม่ตรง", "A kiosk's code did not match"),
    OfficerEvent.Kind.SUSPENDED: Text("ระงับการใช้งาน", "Suspended"),
    OfficerEvent.Kind.ACTIVATED: Text("เปิดให้ใช้งานอีกครั้ง", "Activated again"),
    OfficerEvent.Kind.RESET: Text("ตั้งรหัสผ่านใหม่โดยผู้ดูแล", "Password reset by an administrator"),
}
NEEDS = {
    Need.CALLED: Text("ประชาชนเรียกเจ้าหน้าที่", "A citizen is asking for staff"),
    Need.SILENT: Text("ขาดการติดต่อ", "No contact"),
    Need.STUCK: Text("มีเรื่องที่ส่งไม่สำเร็จ", "Cases cannot be sent"),
    Need.PRINTER: Text("พิมพ์ใบรับไม่ได้", "Cannot print receipts"),
    Need.FAULTS: Text("มีข้อขัดข้อง", "Faults"),
    Need.PAPER: Text("กระดาษใกล้หมด", "Paper low"),
    Need.CLOCK: Text("นาฬิกาไม่แน่นอน", "Clock unreliable"),
}
ANSWERS = {  # what the desk can answer to a citizen's call for staff
    CallAnswer.COMING: Text("กำลังไป", "On my way"),
    CallAnswer.SOON: Text("อีกไม่กี่นาที", "In a few minutes"),
    CallAnswer.TO_DESK: Text("เชิญมาที่เคาน์เตอร์", "Please come to the desk"),
    CallAnswer.DONE: Text("เสร็จแล้ว", "Done"),
}
DEVICES = {
    "card_reader": Text("อ่านบัตร", "Card reader"),
    "scanner": Text("สแกน", "Scanner"),
}
# What devices are reported to be; one that this version does not know is shown as it came.
STATES = {
    "ready": Text("พร้อม", "ready"),
    "empty": Text("พร้อม", "ready"),
    "card_present": Text("มีบัตรอยู่", "card inserted"),
    "card_mute": Text("มีบัตรที่อ่านไม่ได้", "unreadable card"),
    "no_reader": Text("ไม่พบเครื่อง", "not found"),
    "no_service": Text("บริการไม่ทำงาน", "service not running"),
    "not_allowed": Text("ไม่มีสิทธิ์ใช้", "no permission"),
    "paper_near_end": Text("กระดาษใกล้หมด", "paper low"),
    "paper_out": Text("กระดาษหมด", "out of paper"),
    "cover_open": Text("ฝาเปิด", "cover open"),
    "cutter_error": Text("ใบมีดตัดติด", "cutter jammed"),
    "error": Text("ขัดข้อง", "error"),
    "offline": Text("หยุดพัก", "offline"),
    "absent": Text("ไม่พบเครื่อง", "not found"),
    "holds_old_data": Text("ต้องปิดแล้วเปิดใหม่", "needs restarting"),
    "unresponsive": Text("ไม่ตอบ", "not responding"),
    "unknown": Text("ไม่บอกสถานะ", "status unknown"),
    "busy": Text("กำลังทำงาน", "busy"),
    "no_paper": Text("ไม่มีกระดาษ", "no paper"),
    "jam": Text("กระดาษติด", "paper jam"),
    "io_error": Text("ขัดข้อง", "error"),
    "bad_picture": Text("ภาพเสีย", "bad image"),
    "disk_full": Text("ที่เก็บเต็ม", "storage full"),
    "cancelled": Text("ยกเลิก", "cancelled"),
}


def device(name: str, language: str) -> str:
    """A device's name."""
    return DEVICES[name].in_language(language) if name in DEVICES else name


def state(value: str, language: str) -> str:
    """What a device is reported to be."""
    return STATES[value].in_language(language) if value in STATES else value


def topic(code: str) -> Text:
    """The official name of a topic in Thai, the short one in English."""
    facts = TOPICS[Topic(code)]
    return Text(facts.official, facts.en)
