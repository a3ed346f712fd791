"""Conversations that tests begin in the middle of."""

from simulators.notice_gateways.line_user import LineUser
from tests.unit.central import sample_files


def write_until_check(user: LineUser, *, naming: str = "เปิดเผยชื่อ", text: str = "ไฟดับทั้งซอย") -> None:
    """File up to the check: topic, place, one text, one photo, person."""
    user.follow()
    user.press("ยื่นเรื่องใหม่")
    user.press("รับทราบ เริ่มเลย")
    user.press("ไฟฟ้า ประปา ถนน")
    user.send_place(16.4419, 102.836, "ตำบลในเมือง อำเภอเมืองขอนแก่น ขอนแก่น 40000 ประเทศไทย")
    user.write(text)
    user.send_photo(sample_files.photo())
    user.press("เสร็จแล้ว")
    user.press(naming)
    if naming != "ไม่ประสงค์ออกนาม":
        user.write("สมศรี ใจดี")
        user.write("081-234-5678")
        user.press("ตกลง")


def file_case_by_line(user: LineUser, **options: str) -> str:
    """File a whole case; returns its tracking code."""
    write_until_check(user, **options)
    user.press("ส่งให้ศูนย์")
    return user.texts[-1]
