"""Invented people and one complaint: the sample data of tests, gallery, benchmarks and developer panel.

The citizen ids begin with 9, which no registry office gives out; their check digits are right. The cards that can be
put into the simulated reader are in `simulators/card_profiles.py`.
"""

from typing import Final

from drivers.ports.card_reader import CardAddress, CardReaderStatus, CitizenCard, PersonName
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from journey.state import Environment, KioskProfile, SavedSubmission
from thai.id_number import CitizenId

TRACKING_CODE: Final = "7KQ2M9XD4TBVS"  # well-formed; no case has it
CASE_NUMBER: Final = "KKN07A-000123-41"
PHONE: Final = "0812345678"
COMPLAINT_TEXT: Final = (
    "ถนนหน้าหมู่บ้านชำรุดเป็นหลุมเป็นบ่อมาสองเดือน รถจักรยานยนต์ล้มหลายคัน ผู้สูงอายุเดินทางไม่สะดวก ขอให้ช่วยซ่อมก่อนน้ำท่วมซ้ำ"
)

BOONMA: Final = CitizenCard(
    citizen_id=CitizenId("9000000000039"),
    name=PersonName("นาง", "บุญมา", "", "ใจดี"),
    birth_date="24940000",
    sex="2",
    address=CardAddress(raw="99 หมู่ที่ 7 ตำบลบ้านเป็ด อำเภอเมืองขอนแก่น จังหวัดขอนแก่น", area="400115"),
)
SOMCHAI: Final = CitizenCard(citizen_id=CitizenId("9000000000233"), name=PersonName("นาย", "สมชาย", "", "ตัวอย่าง"))

SAVED_SUBMISSION: Final = SavedSubmission(
    submission_id="0199aaaa-0000-7000-8000-000000000001",
    code=TRACKING_CODE,
    number=CASE_NUMBER,
    saved_at_epoch_s=1_795_225_920.0,  # 21 November 2026
)
KIOSK_PROFILE: Final = KioskProfile(
    kiosk_id="KKN07",
    centre_name_th="ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
    centre_name_en="Khon Kaen Damrongdham Centre",
    area="4001",
    public_url="https://damrongdham.example.go.th",
    technician_pin_hash="x",
)
HEALTHY_ENVIRONMENT: Final = Environment(
    card_reader=CardReaderStatus.EMPTY,
    printer=PrinterStatus.READY,
    scanner=ScannerStatus.READY,
    centre_reachable=True,
    enrolled=True,
)
