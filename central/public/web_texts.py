"""The sentences of filing on the web that the kiosk does not have."""

from central.cases.attachments import MAX_FILES
from central.files_field import FILES_HINT
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_NOTE_CHARS, MAX_TEXT_CHARS

# The notice of the web, stored with each case. A new wording gets a new version.
NOTICE_VERSION = "web-1"
STORAGE_TEXT = BilingualText(
    "ในเครื่องนี้เก็บถึงเมื่อส่งแล้ว หรือไม่เกิน 7 วัน ที่ศูนย์ตามระเบียบงานสารบรรณ",
    "On this device until it is sent, or for 7 days. The centre follows the rules for official records",
)
RIGHTS_TEXT = BilingualText(
    "ขอดู แก้ไข ลบ หรือคัดค้านได้ โทร 1567 หรือใช้หน้าติดตามเรื่อง",
    "To see, correct or erase your data, or to object, call 1567 or use the tracking page",
)
TITLE = BilingualText("ยื่นเรื่องร้องทุกข์", "File a complaint")
CENTRE = BilingualText("ศูนย์ดำรงธรรม", "Damrongdham Centre")
NAMING_QUESTION = BilingualText("ให้ใครเห็นชื่อท่าน", "Who sees your name?")
CHECK_TITLE = BilingualText("ตรวจดูก่อนส่ง", "Check before you send")
FILES_LABEL = BilingualText("ภาพถ่ายหรือ PDF (ไม่บังคับ)", "Photos or PDF (optional)")
FILES_TEXT = BilingualText(FILES_HINT.th.strip("()"), FILES_HINT.en.strip("()").replace("at most", "At most"))

NOT_ACCEPTED = BilingualText("โปรดอ่านข้อความก่อนเริ่ม แล้วเลือก «รับทราบ»", "Read the notice first and tick “I understand”")
NO_STORY = BilingualText("โปรดเล่าเรื่อง หรือแนบภาพถ่ายหรือ PDF", "Tell us what happened, or attach photos or a PDF")
TEXT_TOO_LONG = BilingualText(
    f"เรื่องยาวเกิน {MAX_TEXT_CHARS:,} ตัวอักษร โปรดย่อ หรือแนบเป็น PDF",
    f"The text is longer than {MAX_TEXT_CHARS:,} characters. Shorten it, or attach it as a PDF",
)
NOTE_TOO_LONG = BilingualText(
    f"ข้อความยาวเกิน {MAX_NOTE_CHARS} ตัวอักษร โปรดย่อ",
    f"This is longer than {MAX_NOTE_CHARS} characters. Please shorten it",
)
ONE_KIND = BilingualText(
    f"แนบภาพถ่ายได้ไม่เกิน {MAX_FILES} ภาพ หรือ PDF 1 ไฟล์", f"Attach up to {MAX_FILES} photos, or one PDF"
)
FILES_AGAIN = BilingualText("โปรดเลือกไฟล์อีกครั้งก่อนส่ง", "Please choose the files again before you send")
TOO_EARLY = BilingualText(
    "เพื่อป้องกันการส่งโดยโปรแกรม โปรดรอ {seconds} วินาทีแล้วกดส่งอีกครั้ง ข้อความยังอยู่",
    "To keep programs out, wait {seconds} seconds and press Send again. Nothing you typed is lost",
)
STALE = BilingualText(
    "หน้านี้เปิดไว้นานเกินไป โปรดกดส่งอีกครั้ง ข้อความยังอยู่", "This page was open for too long. Press Send again; nothing is lost"
)
TOO_OFTEN = BilingualText(
    "มีการส่งจากเครือข่ายนี้หลายครั้ง โปรดรอ 10 นาทีแล้วกดส่งอีกครั้ง หรือโทร 1567 ข้อความยังอยู่",
    "Many complaints were sent from this network. Wait 10 minutes and press Send again, or call 1567. Nothing is lost",
)
OTHER_CONTENT = BilingualText(
    "เรื่องนี้ส่งไปแล้วก่อนหน้านี้ สิ่งที่แก้ไขภายหลังยังไม่ได้ส่ง เพิ่มเติมได้ที่หน้าติดตามเรื่อง",
    "This complaint had been sent before. What you changed later was not sent; add it on the tracking page",
)
NO_CODE_NOW = BilingualText(
    "เรื่องนี้ส่งไปแล้ว และท่านเปลี่ยนรหัสติดตามแล้ว โปรดใช้รหัสใหม่",
    "This complaint had been sent before, and its code was replaced. Use the new code",
)

# Of the script of the form.
CHANGE = BilingualText("แก้ไข", "Change")
SENDING = BilingualText("กำลังส่ง…", "Sending…")
NOT_SENT = BilingualText(
    "ยังส่งไม่ได้ เพราะไม่มีสัญญาณ เรื่องเก็บไว้ในเครื่องนี้แล้ว เปิดหน้านี้ไว้ เมื่อมีสัญญาณจะส่งเอง",
    "Not sent yet: there is no connection. It is kept on this device. Leave the page open; it sends by itself",
)
NO_PLACES = BilingualText(
    "โหลดรายชื่ออำเภอไม่ได้ เพราะไม่มีสัญญาณ ข้ามได้ แล้วเขียนสถานที่ในช่องข้างล่าง",
    "The districts cannot be loaded without a connection. You can go on and write the place below",
)
FINDING_POSITION = BilingualText("กำลังหาตำแหน่ง…", "Finding the position…")
POSITION = BilingualText("พิกัด", "Position")
POSITION_ADDED = BilingualText("ใส่ตำแหน่งในช่องข้างบนแล้ว", "The position is in the field above")
NO_POSITION = BilingualText(
    "ไม่ได้ตำแหน่งจากเครื่องนี้ โปรดเขียนสถานที่แทน", "This device gives no position. Please write the place instead"
)
