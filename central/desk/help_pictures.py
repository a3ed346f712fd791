"""The pictures of the officers' handbook: what each shows. `./run handbook` takes them (tools/desk_handbook)."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from PIL import Image

import central
from central.desk.technician_pictures import TECHNICIAN_PICTURES
from protocol.bilingual_text import BilingualText

_STATIC = Path(central.__file__).parent / "static"
DIRECTORY = _STATIC / "help"
TECHNICIAN_DIRECTORY = _STATIC / "technician"

# Name of the file without its ending -> what a reader who does not see the picture has to know.
PICTURES: Mapping[str, BilingualText] = {
    "sign-in": BilingualText(
        "หน้าเข้าสู่ระบบ มีช่องชื่อผู้ใช้และรหัสผ่าน", "The sign-in page with the fields for user name and password"
    ),
    "second-factor": BilingualText(
        "หน้าตั้งการยืนยันขั้นที่สอง มีรหัสคิวอาร์และช่องใส่รหัส 6 หลัก",
        "Setting up the second factor: a QR code and a field for six digits",
    ),
    "menu": BilingualText("แถบเมนู ส่วนจัดการเปิดอยู่", "The menu bar with its folded part open"),
    "home": BilingualText("หน้าแรก มีช่องตัวเลขของแต่ละคิวงาน", "The home: a tile with a number for each queue of work"),
    "list": BilingualText("รายการเรื่อง มีแถบค้นหาด้านบน", "The list of cases with the search bar above it"),
    "new-case": BilingualText(
        "หน้าเรื่องใหม่ ทางขวาเป็นแบบฟอร์มขั้นตอนต่อไป", "The page of a new case, with the form for the next step at the right"
    ),
    "filing": BilingualText(
        "หน้าบันทึกเรื่องแทนผู้ร้อง ซ้ายเป็นผู้ร้อง ขวาเป็นเรื่อง",
        "Entering a case: the complainant at the left, the case at the right",
    ),
    "finding": BilingualText(
        "หน้าค้นเรื่องให้ผู้ร้อง มีวิธีค้น คำค้น และเหตุผล", "Finding a case: the way to search, what to find, and the reason"
    ),
    "new-code": BilingualText(
        "หน้าออกรหัสใหม่ มีวิธีตรวจสอบตัวผู้ร้องและเหตุผล", "A new code: how the citizen is identified, and the reason"
    ),
    "ask": BilingualText("แบบฟอร์มขั้นตอน เลือกขอรายละเอียดจากผู้ร้องไว้", "The form of steps with “Ask for details” chosen"),
    "order": BilingualText(
        "แบบฟอร์มสั่งการ มีหน่วยงานและกำหนดที่ระบบเสนอ", "The form of an order with the proposed agency and due date"
    ),
    "proposal": BilingualText("แบบฟอร์มเสนอสั่งการ มีช่องความเห็น", "The form that proposes an order, with the opinion"),
    "decision": BilingualText(
        "หน้าพิจารณา มีสิ่งที่เสนอ ความเห็น และปุ่มพิจารณา", "A decision: the proposal, the opinions and the buttons"
    ),
    "imports": BilingualText("หน้านำเข้าเรื่องเดิม มีช่องเลือกศูนย์และไฟล์", "Earlier cases: the choice of centre and file"),
    "activity": BilingualText("แบบเขียนข่าวกิจกรรม", "The form of an activity"),
    "decision-phone": BilingualText("หน้าพิจารณาบนโทรศัพท์", "A decision on a phone"),
    "referrals": BilingualText(
        "กรอบคำสั่งการในหน้าเรื่อง บอกหน่วยงาน สถานะ และกำหนด", "The orders of a case with agency, state and due date"
    ),
    "delivery": BilingualText(
        "หน้าการส่งถึงหน่วยงาน มีสถานะอีเมลและปุ่มของลิงก์", "The delivery to an agency: state of the mail, buttons for the link"
    ),
    "deadline": BilingualText(
        "กรอบกำหนดแล้วเสร็จ แสดงแต่ละวันพร้อมเหตุผล", "The deadline of a case, each day with its reason"
    ),
    "closing": BilingualText("แบบฟอร์มยุติเรื่อง มีช่องผลการดำเนินการ", "The form that closes a case, with its outcome"),
    "complainant": BilingualText(
        "กรอบผู้ร้อง ต้องใส่เหตุผลก่อนแสดงชื่อ", "The complainant: a reason is needed before the name is shown"
    ),
    "name-request": BilingualText(
        "กรอบผู้ร้องที่ปกปิดชื่อ มีปุ่มขออนุญาต", "A complainant whose name is withheld, with the button to request it"
    ),
    "agency-answer": BilingualText(
        "หน้าตอบของหน่วยงานบนโทรศัพท์ มีแบบรับเรื่อง", "The agency's page on a phone, with the form to accept"
    ),
    "agency-report": BilingualText(
        "แบบรายงานผลของหน่วยงาน มีช่องแนบภาพถ่าย", "The agency's report with the field for photos"
    ),
    "agency-queue": BilingualText("รายการงานของหน่วยงาน", "The list of an agency's cases"),
    "supervision": BilingualText(
        "หน้ากำกับดูแล นับงานค้างของแต่ละหน่วยงาน", "Supervision: the open work of each agency is counted"
    ),
    "registration": BilingualText("แบบขึ้นทะเบียนเจ้าหน้าที่", "The form to register as an officer"),
    "person": BilingualText(
        "หน้าเจ้าหน้าที่หนึ่งคน มีบทบาทและขั้นตอนของบัญชี", "The page of an officer with roles and account steps"
    ),
    "centres": BilingualText("รายการศูนย์ใต้สังกัด", "The list of centres below"),
    "agencies": BilingualText("ทะเบียนหน่วยงาน มีปุ่มเพิ่มและปุ่มไฟล์ CSV", "The register of agencies with its buttons"),
    "routing": BilingualText("รายการกฎการส่งเรื่อง เรียงจากข้อ 1", "The routing rules in their order"),
    "holidays": BilingualText("วันหยุดราชการของปี", "The holidays of a year"),
    "kiosks": BilingualText("หน้าตู้ทั้งหมด ด้านบนเป็นการเรียกเจ้าหน้าที่", "The kiosks, with a call for staff at the top"),
    "enrolments": BilingualText(
        "ตู้ที่รอการตัดสินใจ มีช่องใส่รหัสบนจอตู้", "A waiting kiosk with the field for the code on its screen"
    ),
    "audit": BilingualText("หน้าการตรวจสอบ มีตัวกรองและรายการ", "The audit page with its filter and rows"),
}


def picture_text(name: str) -> BilingualText:
    """What a picture of either handbook shows. Raises KeyError."""
    return PICTURES.get(name) or TECHNICIAN_PICTURES[name]


def picture_file(name: str) -> Path:
    """The file of a picture."""
    return (DIRECTORY if name in PICTURES else TECHNICIAN_DIRECTORY) / f"{name}.webp"


@cache
def picture_size(name: str) -> tuple[int, int]:
    """Width and height in pixels."""
    with Image.open(picture_file(name)) as picture:
        return picture.size


@cache
def picture_url(name: str) -> str:
    """The address of a picture. Browsers keep static files for a year, so it changes with the content."""
    file = picture_file(name)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    return f"{static(file.relative_to(_STATIC).as_posix())}?v={digest}"
