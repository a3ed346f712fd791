"""Buttons that several steps have."""

from collections.abc import Mapping

from central.line_account.messages import Choice, ChoiceKind
from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure

FILE = Choice(BilingualText("ยื่นเรื่องใหม่", "File a complaint"), "file")
TRACK = Choice(BilingualText("ติดตามเรื่อง", "Follow my case"), "track")
MENU = Choice(BilingualText("เมนูหลัก", "Main menu"), "menu")
RESUME = Choice(BilingualText("ทำเรื่องเดิมต่อ", "Go on with my draft"), "resume")
CANCEL = Choice(BilingualText("ยกเลิก", "Cancel"), "cancel")
CODE_AGAIN = Choice(BilingualText("ขอดูรหัสอีกครั้ง", "Show the code again"), "code-again")
ERASE = Choice(BilingualText("เลิกรับและลบข้อมูล", "Stop and erase"), "erase")
OTHER_LANGUAGE = Choice(BilingualText("English", "ภาษาไทย"), "language")
YES = Choice(BilingualText("ตกลง", "Yes"), "yes")
NO = Choice(BilingualText("ไม่", "No"), "no")
SKIP = Choice(BilingualText("ข้าม", "Skip"), "skip")
DONE = Choice(BilingualText("เสร็จแล้ว", "Done"), "done")
SEND = Choice(BilingualText("ส่งให้ศูนย์", "Send to the centre"), "send")
SHARE_PLACE = Choice(BilingualText("ส่งตำแหน่งบนแผนที่", "Share a place"), kind=ChoiceKind.PLACE)
CAMERA = Choice(BilingualText("ถ่ายภาพ", "Camera"), kind=ChoiceKind.CAMERA)
PHOTOS = Choice(BilingualText("เลือกภาพ", "Photos"), kind=ChoiceKind.PHOTOS)

NAMING_CHOICES: Mapping[NameDisclosure, Choice] = {
    NameDisclosure.NAMED: Choice(BilingualText("เปิดเผยชื่อ", "Show my name"), "naming:named"),
    NameDisclosure.WITHHELD: Choice(BilingualText("ปิดชื่อต่อหน่วยงาน", "Hide from the agency"), "naming:withheld"),
    NameDisclosure.ANONYMOUS: Choice(BilingualText("ไม่ประสงค์ออกนาม", "Stay anonymous"), "naming:anonymous"),
}
# What people type for the same thing.
STOP_WORDS = frozenset({"ยกเลิก", "หยุด", "เลิกรับ", "ลบข้อมูล", "cancel", "stop", "unsubscribe"})
MENU_WORDS = frozenset({"เมนู", "เมนูหลัก", "menu", "start", "เริ่ม", "help"})
