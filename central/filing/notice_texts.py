"""The privacy notice that an officer gives to somebody before entering the case. A text never changes: a new wording
gets a new version, and the earlier one stays, because cases refer to it."""

from collections.abc import Mapping

from protocol.bilingual_text import BilingualText

OFFICE_NOTICE = "office-1"  # the version in use
OFFICE_NOTICES: Mapping[str, BilingualText] = {
    "office-1": BilingualText(
        "ศูนย์ดำรงธรรมบันทึกชื่อ เลขประจำตัวประชาชน เบอร์โทรศัพท์ ที่อยู่ และเรื่องที่ท่านแจ้ง เท่าที่ท่านให้ "
        "เพื่อตรวจสอบและแก้ไขเรื่องนี้ตามหน้าที่ของทางราชการ เฉพาะเจ้าหน้าที่และหน่วยงานที่รับผิดชอบเรื่องนี้เห็น "
        "ท่านขอปกปิดชื่อต่อหน่วยงาน หรือไม่บอกชื่อก็ได้ ศูนย์เก็บเรื่องไว้ตามระเบียบงานสารบรรณ "
        "ท่านขอดู แก้ไข ลบ หรือคัดค้านการใช้ข้อมูลได้ โทร 1567 หรือที่หน้าติดตามเรื่อง",
        "The Damrongdham Centre records your name, citizen ID, phone number, address and what you tell us, as far as "
        "you give them, to examine and resolve this case as a public duty. Only the officers and agencies responsible "
        "for this case see them. You can have your name withheld from the agency, or give no name. The centre keeps "
        "the case by the rules for official records. To see, correct or erase your data, or to object, call 1567 or "
        "use the tracking page.",
    ),
}


def notice_text(version: str, language: str) -> str:
    """The text of this version; '' for the notices of other channels, which are not given by officers."""
    text = OFFICE_NOTICES.get(version)
    return text.in_language(language) if text else ""
