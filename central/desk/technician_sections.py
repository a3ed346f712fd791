"""The sections of the technicians' handbook, in its order. The text of each is a template
(`templates/desk/technician`)."""

from enum import Enum

from central.desk.help_sections import HelpSection
from protocol.bilingual_text import BilingualText


class TechnicianGroup(Enum):
    """The parts of the table of contents."""

    INSTALL = BilingualText("ติดตั้งตู้ใหม่", "A new kiosk")
    REPAIR = BilingualText("เมื่อตู้มีปัญหา", "When something is wrong")
    CARE = BilingualText("ดูแลและเลิกใช้", "Care and removal")


def _section(anchor: str, th: str, en: str, group: TechnicianGroup) -> HelpSection:
    return HelpSection(anchor, BilingualText(th, en), group, directory="technician")


_GROUP = TechnicianGroup
TECHNICIAN_SECTIONS = (
    _section("before", "เตรียมก่อนออกเดินทาง", "Before you leave", _GROUP.INSTALL),
    _section("unpack", "แกะกล่องและตั้งตู้", "Unpack and place it", _GROUP.INSTALL),
    _section("wire", "ต่อสาย", "Wire it", _GROUP.INSTALL),
    _section("install", "ลงระบบ", "Install the system", _GROUP.INSTALL),
    _section("set-up", "ตั้งค่าบนจอ", "Set it up on the screen", _GROUP.INSTALL),
    _section("enrol", "ลงทะเบียนกับศูนย์", "Enrol it at the centre", _GROUP.INSTALL),
    _section("try", "ลองใช้ก่อนส่งมอบ", "Try it", _GROUP.INSTALL),
    _section("hand-over", "ส่งมอบ", "Hand it over", _GROUP.INSTALL),
    _section("technician-screen", "หน้าช่าง", "The technician’s screen", _GROUP.REPAIR),
    _section("codes", "รหัสบนจอ สาเหตุ และวิธีแก้", "Codes on the screen: cause and cure", _GROUP.REPAIR),
    _section("from-the-centre", "ให้ศูนย์ช่วยจากทางไกล", "Help from the centre", _GROUP.REPAIR),
    _section("usb", "ใช้แป้นพิมพ์หรือแฟลชไดรฟ์ที่ตู้", "A keyboard or a stick at the kiosk", _GROUP.REPAIR),
    _section("replace", "เปลี่ยนอุปกรณ์", "Replace a device", _GROUP.REPAIR),
    _section("new-disk", "เปลี่ยนดิสก์หรือเปลี่ยนทั้งตู้", "Replace the disk or the whole kiosk", _GROUP.REPAIR),
    _section("recovery", "ตู้เปิดไม่ขึ้น หรืออยู่นอกเครือข่ายนาน", "It does not start, or stays without network", _GROUP.REPAIR),
    _section("theft", "ตู้ถูกขโมย", "A stolen kiosk", _GROUP.REPAIR),
    _section("service", "ตรวจประจำปี", "Yearly service", _GROUP.CARE),
    _section("uninstall", "เลิกใช้ตู้", "Take it out of service", _GROUP.CARE),
)
