"""The desk's names for stored codes, in both languages: one table for each set of codes."""

from collections.abc import Mapping
from typing import Any

from central import submission_labels
from central.agencies.models import AgencyContact, RegisterChange
from central.alarms.models import Alarm
from central.cases.filing_time import FilingQuality
from central.cases.models import PersonalDataRead
from central.fleet.attention import AttentionReason
from central.people.models import OfficerEvent
from protocol.bilingual_text import BilingualText, name_of
from protocol.centre_kind import CentreKind
from protocol.choices import IdentitySource, NameDisclosure, OnBehalfOf
from protocol.messages import EnrolmentStatus
from protocol.release_request import OLDER_REQUEST
from protocol.remote_command import CommandKind, CommandOutcome
from protocol.staff_call import StaffCallResponse

# Codes of a submission.
NATURE, TOPIC, ABOUT = submission_labels.NATURE, submission_labels.TOPIC, submission_labels.ABOUT
FOR_WHOM = {
    OnBehalfOf.SELF: BilingualText("ตนเอง", "Themselves"),
    OnBehalfOf.ANOTHER: BilingualText("ผู้อื่น", "Someone else"),
    OnBehalfOf.GROUP: BilingualText("กลุ่มหรือนิติบุคคล", "A group or a company"),
}
NAME_DISCLOSURE = {
    NameDisclosure.NAMED: BilingualText("เปิดเผยชื่อ", "Named"),
    NameDisclosure.WITHHELD: BilingualText("ปกปิดชื่อต่อหน่วยงาน", "Name withheld from the agency"),
    NameDisclosure.ANONYMOUS: BilingualText("ไม่ประสงค์ออกนาม", "Anonymous"),
}
IDENTITY_SOURCE = {
    IdentitySource.CHIP: BilingualText("อ่านจากบัตรประชาชน (ไม่ได้ตรวจสอบ)", "Read from the ID card (not verified)"),
    IdentitySource.STATED: BilingualText(
        "อ่านจากบัตรหรือพิมพ์ ตามที่เจ้าหน้าที่ระบุ", "From the ID card or typed, as stated by the officer"
    ),
    IdentitySource.TYPED: BilingualText("พิมพ์เอง", "Typed"),
    IdentitySource.NONE: BilingualText("ไม่ได้ให้ไว้", "Not given"),
}

# Codes of centres.
CENTRE_KIND = {
    CentreKind.MINISTRY: BilingualText("กระทรวง", "Ministry"),
    CentreKind.PROVINCE: BilingualText("จังหวัด", "Province"),
    CentreKind.DISTRICT: BilingualText("อำเภอ", "District"),
}
CENTRE_FIELD = {  # of `central.centres.values.CentreRow`
    "slug": BilingualText("ชื่อย่อ", "Short name"),
    "area_code": BilingualText("พื้นที่", "Area"),
    "name_th": BilingualText("ชื่อภาษาไทย", "Thai name"),
    "name_en": BilingualText("ชื่อภาษาอังกฤษ", "English name"),
    "parent": BilingualText("อยู่ใต้ศูนย์", "Below the centre"),
    "public_url": BilingualText("ที่อยู่เว็บ", "Web address"),
    "is_active": BilingualText("เปิดใช้งาน", "Active"),
}

# Codes of the case system.
FILING_TIME_QUALITY = {
    FilingQuality.KIOSK_CLOCK: BilingualText("ตามนาฬิกาของตู้", "by the kiosk's clock"),
    FilingQuality.MEASURED: BilingualText("คำนวณจากเวลาที่ผ่านไป", "calculated from the time elapsed"),
    FilingQuality.UNCERTAIN: BilingualText("นาฬิกาของตู้ไม่แน่นอน", "the kiosk's clock was unreliable"),
    FilingQuality.CENTRE_CLOCK: BilingualText("ตามเวลาของระบบ", "by the clock of the centre"),
    FilingQuality.STATED: BilingualText("ตามวันที่ที่ระบุย้อนหลัง", "as entered later"),
}
DATA_KIND = {
    PersonalDataRead.DataKind.CASE: BilingualText("เรื่อง", "Case"),
    PersonalDataRead.DataKind.PERSON: BilingualText("ชื่อและการติดต่อ", "Name and contact"),
    PersonalDataRead.DataKind.PAGE: BilingualText("หน้าหนังสือ", "Letter page"),
    PersonalDataRead.DataKind.ATTACHMENT: BilingualText("ไฟล์แนบ", "Attached file"),
    PersonalDataRead.DataKind.LETTER: BilingualText("หนังสือถึงผู้ร้อง", "Letter to the citizen"),
    PersonalDataRead.DataKind.FOUND: BilingualText("ค้นเรื่องจากตัวบุคคล", "Found by person"),
    PersonalDataRead.DataKind.CITIZEN_ID: BilingualText("เลขประจำตัวประชาชน", "Citizen ID"),
    PersonalDataRead.DataKind.COPY: BilingualText("สำเนาข้อมูลทั้งหมด", "Copy of all data"),
    PersonalDataRead.DataKind.INQUIRY: BilingualText("สำนวนสืบสวน", "Investigation file"),
    PersonalDataRead.DataKind.COMPARED: BilingualText("ตรวจสอบตัวผู้ร้อง", "Identity compared"),
}
ALARM_KIND = {
    Alarm.Kind.QUARANTINED: BilingualText("รอเปิด: เก็บไว้โดยยังปิดผนึก", "Waiting to be opened: stored sealed"),
    Alarm.Kind.CONFLICT: BilingualText("รหัสซ้ำ เนื้อหาต่างกัน", "Same ID, different content"),
    Alarm.Kind.FULL: BilingualText(
        "ที่เก็บเรื่องที่เปิดไม่ได้ของตู้นี้เต็ม ตู้เก็บเรื่องไว้เอง", "The quarantine of this kiosk is full. The kiosk keeps its cases"
    ),
    Alarm.Kind.SILENT: BilingualText("ตู้ขาดการติดต่อ", "The kiosk is out of contact"),
    Alarm.Kind.SCANNER_AWAY: BilingualText(
        "โปรแกรมตรวจไวรัสไม่ตอบ ขณะนี้รับไฟล์แนบไม่ได้", "The virus scanner does not answer: no file can be received now"
    ),
    Alarm.Kind.TASK_FAILED: BilingualText(
        "งานเบื้องหลังล้มเหลว โปรดแจ้งผู้ดูแลระบบ", "A background task failed; please inform the system administrator"
    ),
}
ACCOUNT_EVENT = {
    OfficerEvent.Kind.SIGNED_IN: BilingualText("เข้าสู่ระบบ", "Signed in"),
    OfficerEvent.Kind.SIGNED_OUT: BilingualText("ออกจากระบบ", "Signed out"),
    OfficerEvent.Kind.SIGN_IN_FAILED: BilingualText("รหัสผ่านไม่ถูกต้อง", "Wrong password"),
    OfficerEvent.Kind.SIGN_IN_THROTTLED: BilingualText("ลองผิดหลายครั้งเกินไป", "Too many wrong attempts"),
    OfficerEvent.Kind.PASSWORD_CHANGED: BilingualText("เปลี่ยนรหัสผ่าน", "Password changed"),
    OfficerEvent.Kind.OLD_PASSWORD_WRONG: BilingualText("รหัสผ่านเดิมไม่ถูกต้อง", "Wrong old password"),
    OfficerEvent.Kind.COMPARE_CODE_WRONG: BilingualText("รหัสเทียบของตู้ไม่ตรง", "A kiosk's code did not match"),
    OfficerEvent.Kind.SUSPENDED: BilingualText("ระงับการใช้งาน", "Suspended"),
    OfficerEvent.Kind.ACTIVATED: BilingualText("เปิดให้ใช้งานอีกครั้ง", "Activated again"),
    OfficerEvent.Kind.PASSWORD_RESET: BilingualText("ตั้งรหัสผ่านใหม่โดยผู้ดูแล", "Password reset by an administrator"),
    OfficerEvent.Kind.CREATED: BilingualText("สร้างบัญชี", "Account created"),
    OfficerEvent.Kind.INVITED: BilingualText("ออกลิงก์ตั้งรหัสผ่าน", "One-time link issued"),
    OfficerEvent.Kind.INVITATION_REVOKED: BilingualText("ยกเลิกลิงก์ตั้งรหัสผ่าน", "One-time link revoked"),
    OfficerEvent.Kind.INVITATION_USED: BilingualText("ตั้งรหัสผ่านด้วยลิงก์", "Password set with the link"),
    OfficerEvent.Kind.FACTOR_ADDED: BilingualText("เพิ่มการยืนยันขั้นที่สอง", "Second factor added"),
    OfficerEvent.Kind.FACTOR_REMOVED: BilingualText("ลบการยืนยันขั้นที่สอง", "Second factor removed"),
    OfficerEvent.Kind.FACTOR_RESET: BilingualText("ล้างการยืนยันขั้นที่สองโดยผู้ดูแล", "Second factor reset by an administrator"),
    OfficerEvent.Kind.FACTOR_FAILED: BilingualText("การยืนยันขั้นที่สองไม่ถูกต้อง", "Wrong second factor"),
    OfficerEvent.Kind.FACTOR_THROTTLED: BilingualText("ยืนยันขั้นที่สองผิดหลายครั้งเกินไป", "Too many wrong second factors"),
    OfficerEvent.Kind.RECOVERY_CODE_USED: BilingualText("ใช้รหัสกู้คืน", "Recovery code used"),
    OfficerEvent.Kind.RECOVERY_CODES_RENEWED: BilingualText("ออกรหัสกู้คืนใหม่", "Recovery codes renewed"),
    OfficerEvent.Kind.KIOSK_COMMANDED: BilingualText("สั่งงานตู้", "Commanded a kiosk"),
    OfficerEvent.Kind.RELEASE_PLANNED: BilingualText("กำหนดรุ่นของตู้", "Planned a release of kiosks"),
    OfficerEvent.Kind.BUNDLE_OPENED: BilingualText("เปิดชุดข้อมูลตู้", "Opened a support bundle"),
    OfficerEvent.Kind.SESSIONS_ENDED: BilingualText("ออกจากระบบเครื่องอื่น", "Sessions ended"),
    OfficerEvent.Kind.PROFILE_CHANGED: BilingualText("แก้ข้อมูลส่วนตัว", "Profile changed"),
    OfficerEvent.Kind.ROLE_ADDED: BilingualText("เพิ่มบทบาท", "Role added"),
    OfficerEvent.Kind.ROLE_REMOVED: BilingualText("ถอนบทบาท", "Role removed"),
    OfficerEvent.Kind.TRANSFERRED: BilingualText("ย้ายศูนย์", "Transferred"),
    OfficerEvent.Kind.ENDED: BilingualText("ปิดบัญชี", "Account ended"),
    OfficerEvent.Kind.UNLOCKED: BilingualText("ปลดล็อกหลังลองผิดหลายครั้ง", "Unlocked after wrong attempts"),
}

# Codes of the register of agencies.
AGENCY_CONTACT = {
    AgencyContact.Kind.CONTACT_POINT: BilingualText("ผู้ประสานงาน", "Contact point"),
    AgencyContact.Kind.CCEO: BilingualText("ผู้บริหาร (CCEO)", "Executive (CCEO)"),
    AgencyContact.Kind.OTHER: BilingualText("ผู้ติดต่ออื่น", "Further contact"),
}
REGISTER_CHANGE = {
    RegisterChange.Kind.REGISTERED: BilingualText("หน่วยงานลงทะเบียนเอง", "Registered by the agency"),
    RegisterChange.Kind.CREATED: BilingualText("เพิ่มหน่วยงาน", "Added"),
    RegisterChange.Kind.EDITED: BilingualText("แก้ไข", "Edited"),
    RegisterChange.Kind.CONFIRMED: BilingualText("ยืนยันการลงทะเบียน", "Registration confirmed"),
    RegisterChange.Kind.REFUSED: BilingualText("ไม่รับการลงทะเบียน", "Registration refused"),
    RegisterChange.Kind.DEACTIVATED: BilingualText("ปิดใช้งาน", "Taken out of use"),
    RegisterChange.Kind.REACTIVATED: BilingualText("เปิดใช้งานอีกครั้ง", "In use again"),
    RegisterChange.Kind.IMPORTED: BilingualText("นำเข้าจากไฟล์", "Imported"),
    RegisterChange.Kind.RULE_ADDED: BilingualText("เพิ่มกฎ", "Rule added"),
    RegisterChange.Kind.RULE_EDITED: BilingualText("แก้ไขกฎ", "Rule edited"),
    RegisterChange.Kind.RULE_MOVED: BilingualText("เลื่อนลำดับกฎ", "Rule moved"),
    RegisterChange.Kind.RULE_DELETED: BilingualText("ลบกฎ", "Rule deleted"),
}

# Codes of kiosks.
ENROLMENT_STATUS = {
    EnrolmentStatus.PENDING: BilingualText("รอการตัดสินใจ", "Waiting"),
    EnrolmentStatus.APPROVED: BilingualText("ใช้งาน", "Enrolled"),
    EnrolmentStatus.REFUSED: BilingualText("ไม่รับ", "Refused"),
    EnrolmentStatus.REVOKED: BilingualText("เพิกถอน", "Revoked"),
}
ATTENTION_REASON = {
    AttentionReason.STAFF_CALLED: BilingualText("ประชาชนเรียกเจ้าหน้าที่", "A citizen is asking for staff"),
    AttentionReason.SILENT: BilingualText("ขาดการติดต่อ", "No contact"),
    AttentionReason.OUTBOX_STUCK: BilingualText("มีเรื่องที่ส่งไม่สำเร็จ", "Cases cannot be sent"),
    AttentionReason.CANNOT_PRINT: BilingualText("พิมพ์ใบติดตามเรื่องไม่ได้", "Cannot print receipts"),
    AttentionReason.HAS_FINDINGS: BilingualText("มีข้อขัดข้อง", "Findings"),
    AttentionReason.PAPER_LOW: BilingualText("กระดาษใกล้หมด", "Paper low"),
    AttentionReason.UPDATE_FAILED: BilingualText("อัปเดตไม่สำเร็จ", "Update failed"),
    AttentionReason.CLOCK: BilingualText("นาฬิกาไม่แน่นอน", "Clock unreliable"),
}
RELEASE_FAILURE = {  # why a release does not work on a kiosk; an unknown code is shown as it is
    "self_test": BilingualText("ไม่ผ่านการทดสอบตัวเอง", "its self-test failed"),
    "crash": BilingualText("โปรแกรมหยุดทำงาน", "it crashed"),
    "hang": BilingualText("โปรแกรมค้าง", "it hung"),
    "no_frame": BilingualText("ไม่ขึ้นภาพ", "it showed no picture"),
    "crash_loop": BilingualText("เริ่มใหม่ซ้ำ ๆ", "it was started again and again"),
    "power_cut": BilingualText("ไฟดับระหว่างทดลองใช้", "the power failed during its trial"),
    "devices": BilingualText("อุปกรณ์ไม่ตอบสนอง", "a device did not answer"),
    "repository": BilingualText("อ่านแหล่งแพ็กเกจไม่ได้", "the repository cannot be read"),
    "signature": BilingualText("ลายเซ็นของแพ็กเกจไม่ถูกต้อง", "the repository's signature is not valid"),
    "not_offered": BilingualText("แหล่งแพ็กเกจไม่มีรุ่นนี้", "the repository does not have it"),
    "disk_full": BilingualText("ที่ว่างในดิสก์ไม่พอ", "too little space on the disk"),
    "package": BilingualText("ติดตั้งแพ็กเกจไม่สำเร็จ", "the package cannot be installed"),
    OLDER_REQUEST: BilingualText(
        "ตู้เคยรับคำขอที่ใหม่กว่า ให้บันทึกแผนอีกครั้ง", "the kiosk has had a newer request: save the plan again"
    ),
}
STAFF_CALL_RESPONSES = {  # what an officer can respond to a citizen's call
    StaffCallResponse.COMING: BilingualText("กำลังไป", "On my way"),
    StaffCallResponse.SOON: BilingualText("อีกไม่กี่นาที", "In a few minutes"),
    StaffCallResponse.TO_DESK: BilingualText("เชิญมาที่เคาน์เตอร์", "Please come to the desk"),
    StaffCallResponse.DONE: BilingualText("เสร็จแล้ว", "Done"),
}
REMOTE_COMMAND = {
    CommandKind.SUPPORT_BUNDLE: BilingualText("ขอชุดข้อมูลเพื่อตรวจสอบ", "Ask for a support bundle"),
    CommandKind.RESTART_INTERFACE: BilingualText("เริ่มโปรแกรมหน้าจอใหม่", "Restart the screen"),
    CommandKind.REBOOT: BilingualText("เริ่มเครื่องใหม่", "Restart the machine"),
    CommandKind.VERBOSE_LOG: BilingualText("บันทึกการทำงานละเอียด", "Log in detail"),
    CommandKind.NORMAL_LOG: BilingualText("บันทึกการทำงานตามปกติ", "Log normally again"),
    CommandKind.OPEN_USB_PORTS: BilingualText("เปิดช่อง USB ให้ช่าง", "Open the USB ports for a technician"),
    CommandKind.CLOSE_USB_PORTS: BilingualText("ปิดช่อง USB", "Close the USB ports"),
}
COMMAND_OUTCOME = {
    CommandOutcome.DONE: BilingualText("สำเร็จ", "Done"),
    CommandOutcome.FAILED: BilingualText("ไม่สำเร็จ", "Failed"),
    CommandOutcome.UNSUPPORTED: BilingualText("ตู้รุ่นนี้ยังไม่รองรับ", "This kiosk's version does not know it"),
}
DEVICE = {
    "card_reader": BilingualText("อ่านบัตร", "Card reader"),
    "scanner": BilingualText("สแกน", "Scanner"),
}
# Statuses that devices report. A status that this version does not know is shown as its code.
DEVICE_STATUS = {
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
    "unresponsive": BilingualText("ไม่ตอบสนอง", "not responding"),
    "unknown": BilingualText("ไม่ทราบสถานะ", "status unknown"),
    "busy": BilingualText("กำลังทำงาน", "busy"),
    "no_paper": BilingualText("ไม่มีกระดาษ", "no paper"),
    "jam": BilingualText("กระดาษติด", "paper jam"),
    "io_error": BilingualText("ขัดข้อง", "error"),
    "bad_picture": BilingualText("ภาพเสีย", "bad image"),
    "disk_full": BilingualText("ที่เก็บเต็ม", "storage full"),
    "cancelled": BilingualText("ยกเลิก", "cancelled"),
}


def label(table: Mapping[Any, BilingualText], code: str, language: str) -> str:
    """The name of a stored code; the code itself when the table does not have it."""
    return name_of(table, code).in_language(language)
