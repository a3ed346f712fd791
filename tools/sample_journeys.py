"""States worth looking at, by name: invented people, every screen, and the turns each screen can take."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from drivers.ports.card_reader import CardAddress, CardReaderStatus, CitizenCard, PersonName
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey.complaint.draft import Draft, LetterPage, RecognisedLine
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from journey.state import (
    AccessibilityOptions,
    CallPhase,
    CardPhase,
    Environment,
    Journey,
    KioskProfile,
    LookUpPhase,
    Overlay,
    PrintPhase,
    SavedSubmission,
    ScanPhase,
    Screen,
    StaffCall,
    Visit,
)
from ocr import pixels
from protocol.case_status import CaseStatus, status_text
from protocol.choices import IdentitySource, NameDisclosure, OnBehalfOf, RespondentKind
from protocol.messages import TrackingResponse, TrackingStep
from protocol.staff_call import StaffCallResponse
from protocol.topics import Topic
from screens.kivy_setup import ASSETS_DIR
from thai.id_number import CitizenId

KIOSK_PROFILE = KioskProfile(
    kiosk_id="KKN07",
    centre_name_th="ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
    centre_name_en="Khon Kaen Damrongdham Centre",
    area="4001",
    public_url="https://damrongdham.example.go.th",
    technician_pin_hash="x",
)
ENVIRONMENT = Environment(
    card_reader=CardReaderStatus.EMPTY,
    printer=PrinterStatus.READY,
    scanner=ScannerStatus.READY,
    centre_reachable=True,
    enrolled=True,
)
CARD = CitizenCard(
    citizen_id=CitizenId("9000000000039"),
    name=PersonName("นาง", "บุญมา", "", "ใจดี"),
    birth_date="24940000",
    sex="2",
    address=CardAddress(raw="99 หมู่ที่ 7 ตำบลบ้านเป็ด อำเภอเมืองขอนแก่น จังหวัดขอนแก่น"),
)
COMPLAINT_TEXT = "ถนนหน้าหมู่บ้านชำรุดเป็นหลุมเป็นบ่อมาสองเดือน รถจักรยานยนต์ล้มหลายคัน ผู้สูงอายุเดินทางไม่สะดวก ขอให้ช่วยซ่อมก่อนน้ำท่วมซ้ำ"
LETTER_LINES = (
    ("เรื่อง ขอให้แก้ไขปัญหาน้ำประปาไม่ไหล", False),
    ("เรียน ผู้ว่าราชการจังหวัดขอนแก่น", False),
    ("ข้าพเจ้าพร้อมด้วยชาวบ้าน", False),
    ("หมู่ที่ ๗ จำนวน ๓๒ ครัวเรือน", True),
    ("ได้รับความเดือดร้อนจากน้ำประปาหมู่บ้านไม่ไหลติดต่อกันมานานกว่าสามสัปดาห์", False),
)
RECOGNISED_PAGE = LetterPage(
    "page-1",
    1240,
    1754,
    lines=tuple(
        RecognisedLine(text, 60.0 if unsure else 93.0, unsure, (104 + 48 * index) / 877)
        for index, (text, unsure) in enumerate(LETTER_LINES)
    ),
    readable=True,
    confidence=90.0,
)
HANDWRITTEN_PAGE = LetterPage("page-2", 1240, 1754, lines=(), readable=False)
PAGE_IN_RECOGNITION = LetterPage("page-3", 1240, 1754)
DRAFT = Draft(
    identity_source=IdentitySource.CHIP,
    card=CARD,
    card_area="400115",
    topic=Topic.UTILITIES,
    area="400115",
    location_note="หน้าวัด หมู่ที่ 7",
    text=COMPLAINT_TEXT,
    phone="0812345678",
)
SAVED_SUBMISSION = SavedSubmission(
    "0199aaaa-0000-7000-8000-000000000001", "7KQ2M9XD4TBVS", "KKN07A-000123-41", 1795225920.0
)


def page_preview(_page_id: str) -> bytes:
    """A page for showing."""
    page = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(ASSETS_DIR / "fonts" / "Sarabun-Regular.ttf"), 22)
    for index, (line, _unsure) in enumerate(LETTER_LINES):
        draw.text((60, 90 + 48 * index), line, fill=0, font=font)
    return pixels.pack(page)


def track_response(language: str = "th") -> TrackingResponse:
    """A case under way."""
    province = "ขอนแก่น" if language == "th" else "Khon Kaen"
    start = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)
    way = (CaseStatus.RECEIVED, CaseStatus.CHECKING, CaseStatus.TO_DIRECTOR, CaseStatus.ORDERED, CaseStatus.IN_PROGRESS)
    steps = tuple(
        TrackingStep(status=status, text=status_text(status, language, province), at=start + timedelta(days=index))
        for index, status in enumerate(way)
    )
    return TrackingResponse(
        found=True,
        sentence="หน่วยงานกำลังดำเนินการ" if language == "th" else "The agency is working on it",
        case_number=SAVED_SUBMISSION.number,
        status=CaseStatus.IN_PROGRESS,
        agency="องค์การบริหารส่วนตำบลบ้านเป็ด",
        officer="นายช่างโยธา สมศักดิ์ ศรีสุข",
        due="2026-12-18",
        steps=steps,
    )


DEVICE_TESTS = (
    DeviceTest(DeviceUnderTest.PRINTER, None, SAVED_SUBMISSION.saved_at_epoch_s),
    DeviceTest(DeviceUnderTest.CARD_READER, passed=True, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s),
    DeviceTest(
        DeviceUnderTest.SOUND, passed=False, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s, fault=Fault.SPEAKER_ABSENT
    ),
    DeviceTest(DeviceUnderTest.TOUCH, passed=True, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s),
)
NOT_FOUND = TrackingResponse(
    found=False,
    sentence="ยังไม่มีเรื่องนี้ที่ศูนย์ ถ้าเพิ่งแจ้งที่ตู้ เรื่องเก็บไว้ปลอดภัยและกำลังส่ง โปรดลองใหม่ภายหลัง หรือโทร 1567 แจ้งเลขเรื่อง",
)


def sample_journeys(language: str = "th") -> dict[str, Journey]:
    """Every state by its name, in the order of a visit."""
    return {
        name: replace(journey, accessibility=replace(journey.accessibility, language=language))
        for name, journey in _iter_journeys(language)
    }


def _iter_journeys(language: str) -> Iterator[tuple[str, Journey]]:
    rest = Journey(kiosk=KIOSK_PROFILE, environment=ENVIRONMENT, now=1000.0, overlay_deadline=1030.0)
    card_in = replace(ENVIRONMENT, card_reader=CardReaderStatus.CARD_PRESENT, card_is_new=True)
    left = replace(ENVIRONMENT, card_reader=CardReaderStatus.CARD_PRESENT)
    no_reader = replace(ENVIRONMENT, card_reader=CardReaderStatus.NO_READER)

    def at(screen: Screen, draft: Draft = DRAFT, **changes: Any) -> Journey:
        fields: dict[str, Any] = {"card_phase": CardPhase.READ, **changes}
        return replace(rest, screen=screen, environment=card_in, visit=Visit(1, draft=draft, **fields))

    empty = Draft(area="4001")
    yield "attract", rest
    yield (
        "attract_notices",
        replace(
            rest,
            environment=replace(ENVIRONMENT, printer=PrinterStatus.PAPER_OUT, card_reader=CardReaderStatus.NO_READER),
        ),
    )
    yield "attract_no_paper", replace(rest, environment=replace(ENVIRONMENT, printer=PrinterStatus.PAPER_OUT))
    yield "attract_card_left", replace(rest, environment=left)
    yield "attract_no_reader", replace(rest, environment=no_reader)
    notice = at(Screen.NOTICE, empty, card_phase=CardPhase.NOT_REQUESTED)
    yield "notice", notice
    yield "notice_card_left", replace(notice, environment=left)
    yield "notice_no_reader", replace(notice, environment=no_reader)
    yield "identify_waiting", replace(at(Screen.IDENTIFY, empty, card_phase=CardPhase.WAITING), environment=ENVIRONMENT)
    chip_down = replace(at(Screen.IDENTIFY, empty, card_phase=CardPhase.WAITING), environment=ENVIRONMENT)
    yield "identify_chip_down", replace(chip_down, kiosk=replace(KIOSK_PROFILE, chip_side="down"))
    yield "identify_reading", at(Screen.IDENTIFY, empty, card_phase=CardPhase.READING)
    yield "identify_read", at(Screen.IDENTIFY, replace(empty, card=CARD))
    no_paper = replace(card_in, printer=PrinterStatus.PAPER_OUT)
    yield "identify_read_no_paper", replace(at(Screen.IDENTIFY, replace(empty, card=CARD)), environment=no_paper)
    yield "identify_covered", at(Screen.IDENTIFY, replace(empty, card=CARD), personal_data_hidden=True)
    yield "identify_failed", at(Screen.IDENTIFY, empty, card_phase=CardPhase.FAILED, card_fault=Fault.CARD_MUTE)
    forgotten = at(Screen.IDENTIFY, empty, card_phase=CardPhase.FAILED, card_fault=Fault.CARD_LEFT_BEHIND)
    yield "identify_card_left", replace(forgotten, environment=left)
    without = at(Screen.IDENTIFY, empty, card_phase=CardPhase.FAILED, card_fault=Fault.CARD_NO_READER)
    yield "identify_no_reader", replace(without, environment=no_reader)
    yield "identify_declined", at(Screen.IDENTIFY, empty, card_phase=CardPhase.DECLINED)
    yield "topic", at(Screen.TOPIC, replace(DRAFT, topic=None))
    yield "topic_chosen", at(Screen.TOPIC)
    yield "topic_other", at(Screen.TOPIC, replace(DRAFT, topic=Topic.OTHER, topic_note="ขอทราบเรื่องบัตรคนพิการ"))
    yield "place", at(Screen.PLACE)
    yield "place_unknown", at(Screen.PLACE, replace(DRAFT, area="4001", subareas_unknown=True))
    yield "tell_empty", at(Screen.STORY, replace(DRAFT, text=""))
    yield "tell", at(Screen.STORY)
    yield "tell_alphabet", replace(at(Screen.STORY), accessibility=AccessibilityOptions(alphabetical_keys=True))
    yield "tell_long", at(Screen.STORY, replace(DRAFT, text=COMPLAINT_TEXT * 12))
    yield "tell_beside_letter", at(Screen.STORY, replace(DRAFT, text="", pages=(RECOGNISED_PAGE, HANDWRITTEN_PAGE)))
    yield "tell_covered", at(Screen.STORY, personal_data_hidden=True, story_hidden=True)
    yield "scan_empty", at(Screen.SCAN, replace(DRAFT, text=""))
    yield "scan_running", at(Screen.SCAN, replace(DRAFT, text=""), scan_phase=ScanPhase.SCANNING, scan_progress=0.6)
    yield (
        "scan_fault",
        at(Screen.SCAN, replace(DRAFT, text=""), scan_phase=ScanPhase.FAILED, scan_fault=Fault.SCANNER_NO_PAPER),
    )
    lid = {"scan_phase": ScanPhase.FAILED, "scan_fault": Fault.SCANNER_COVER_OPEN}
    yield "scan_cover_open", at(Screen.SCAN, replace(DRAFT, text=""), **lid)
    yield "scan_read", at(Screen.SCAN, replace(DRAFT, pages=(RECOGNISED_PAGE,)))
    yield "scan_pages", at(Screen.SCAN, replace(DRAFT, pages=(RECOGNISED_PAGE, HANDWRITTEN_PAGE, PAGE_IN_RECOGNITION)))
    yield "scan_unreadable", at(Screen.SCAN, replace(DRAFT, pages=(HANDWRITTEN_PAGE,)))
    yield "scan_empty_typed", at(Screen.SCAN)
    yield "scan_blank", at(Screen.SCAN, replace(DRAFT, text="", pages=(replace(HANDWRITTEN_PAGE, blank=True),)))
    unread_draft = replace(DRAFT, pages=(replace(HANDWRITTEN_PAGE, page_id="page-1"),))
    yield "scan_unread", at(Screen.SCAN, unread_draft, recognition_fault=Fault.RECOGNITION_FAILED)
    yield (
        "scan_covered",
        at(Screen.SCAN, replace(DRAFT, pages=(RECOGNISED_PAGE,)), personal_data_hidden=True, story_hidden=True),
    )
    yield "review", at(Screen.REVIEW)
    yield (
        "review_letter",
        at(
            Screen.REVIEW,
            replace(
                DRAFT,
                card=None,
                text="",
                phone="",
                pages=(RECOGNISED_PAGE, HANDWRITTEN_PAGE),
                name_disclosure=NameDisclosure.ANONYMOUS,
                about=RespondentKind.OFFICIAL,
                for_whom=OnBehalfOf.GROUP,
            ),
        ),
    )
    yield (
        "review_everything",
        at(
            Screen.REVIEW,
            replace(
                DRAFT,
                text=COMPLAINT_TEXT * 12,
                pages=(RECOGNISED_PAGE, HANDWRITTEN_PAGE, PAGE_IN_RECOGNITION),
                topic=Topic.OTHER,
                topic_note="ขอทราบเรื่องบัตรคนพิการ",
                location_note="หน้าวัด หมู่ที่ 7 ตรงข้ามร้านขายยา ซอยข้างโรงเรียน",
                about=RespondentKind.OFFICIAL,
                about_note="ช่างประปาของเทศบาล",
                for_whom=OnBehalfOf.GROUP,
                for_whom_note="ชาวบ้านหมู่ที่ 7 จำนวน 32 ครัวเรือน",
            ),
        ),
    )
    yield "review_saving", at(Screen.REVIEW, saving=True)
    yield "review_fault", at(Screen.REVIEW, save_fault=Fault.SAVE_FAILED)
    yield "review_store_full", at(Screen.REVIEW, save_fault=Fault.STORE_FULL)
    yield "review_covered", at(Screen.REVIEW, personal_data_hidden=True, story_hidden=True)
    without_card = replace(DRAFT, card=None, identity_source=IdentitySource.TYPED, typed_name="บุญมา ใจดี")
    yield "contact", at(Screen.CONTACT, without_card)
    yield "contact_empty", at(Screen.CONTACT, replace(without_card, typed_name=""))
    yield "phone", at(Screen.PHONE)
    yield "phone_empty", at(Screen.PHONE, replace(DRAFT, phone=""))
    yield "phone_covered", at(Screen.PHONE, personal_data_hidden=True)
    yield "phone_wrong", at(Screen.PHONE, replace(DRAFT, phone="12"), phone_invalid=True)
    yield "details", at(Screen.DETAILS)
    yield (
        "details_notes",
        at(
            Screen.DETAILS,
            replace(DRAFT, about=RespondentKind.OFFICIAL, for_whom=OnBehalfOf.GROUP, about_note="ช่างประปา"),
        ),
    )
    receipt = at(Screen.RECEIPT, saved=SAVED_SUBMISSION, print_phase=PrintPhase.PRINTING)
    yield "receipt_printing", receipt
    done: dict[str, Any] = {"saved": SAVED_SUBMISSION, "print_phase": PrintPhase.DONE, "print_requests": 1}
    printed: dict[str, Any] = {**done, "print_verdict": PrintVerdict.PRINTED, "receipts_out": 1}
    yield "receipt_printed", at(Screen.RECEIPT, **printed)
    asking = at(Screen.RECEIPT, print_verdict=PrintVerdict.PROBABLY_PRINTED, receipts_out=1, **done)
    yield "receipt_asking", asking
    not_printed = at(Screen.RECEIPT, print_verdict=PrintVerdict.NOT_PRINTED, **done)
    yield (
        "receipt_no_paper",
        replace(not_printed, environment=replace(card_in, printer=PrinterStatus.PAPER_OUT, centre_reachable=False)),
    )
    yield "receipt_new_paper", not_printed
    yield "receipt_received", at(Screen.RECEIPT, acknowledged=True, **printed)
    yield "farewell", at(Screen.FAREWELL, **printed)
    yield "farewell_no_paper", at(Screen.FAREWELL, print_verdict=PrintVerdict.NOT_PRINTED, **done)
    yield "farewell_received", replace(at(Screen.FAREWELL, acknowledged=True, **printed), environment=ENVIRONMENT)
    track = replace(rest, screen=Screen.TRACK, visit=Visit(2))
    yield "track", track
    yield "track_bad_code", replace(track, visit=Visit(2, look_up_phase=LookUpPhase.BAD_CODE))
    yield "track_case_number", replace(track, visit=Visit(2, look_up_phase=LookUpPhase.CASE_NUMBER))
    jammed = Visit(2, look_up_phase=LookUpPhase.RECEIPT_UNREADABLE, scan_fault=Fault.SCANNER_JAM)
    yield "track_jam", replace(track, visit=jammed)
    yield "track_asking", replace(track, visit=Visit(2, look_up_phase=LookUpPhase.QUERYING))
    yield "track_no_answer", replace(track, visit=Visit(2, look_up_phase=LookUpPhase.NO_RESPONSE))
    yield (
        "tracked",
        replace(rest, screen=Screen.TRACKING_RESULT, visit=Visit(2, tracking_response=track_response(language))),
    )
    yield "tracked_unknown", replace(rest, screen=Screen.TRACKING_RESULT, visit=Visit(2, tracking_response=NOT_FOUND))
    yield "about", replace(rest, screen=Screen.ABOUT)
    yield "technician_pin", replace(rest, screen=Screen.TECHNICIAN_PIN, pin_failures=1)
    yield "technician_pin_checking", replace(rest, screen=Screen.TECHNICIAN_PIN, pending_pin_check_id=1)
    yield (
        "technician",
        replace(rest, screen=Screen.TECHNICIAN, environment=replace(ENVIRONMENT, printer=PrinterStatus.COVER_OPEN)),
    )
    yield (
        "technician_device_tests",
        replace(
            rest,
            screen=Screen.TECHNICIAN,
            device_tests=DEVICE_TESTS,
            running_test=DeviceUnderTest.SCANNER,
            max_volume_percent=70,
        ),
    )
    yield "dark", replace(rest, asleep=True)
    yield "fault_stop", replace(rest, screen=Screen.FAULT, fault=Fault.NOT_ENROLLED)
    yield "fault_printer_paper_out", replace(rest, screen=Screen.FAULT, fault=Fault.PRINTER_PAPER_OUT)
    yield "overlay_card_out_no_reader", replace(at(Screen.REVIEW), overlay=Overlay.CARD_OUT, environment=no_reader)
    yield "fault_revoked", replace(rest, screen=Screen.FAULT, fault=Fault.REVOKED)
    calling = StaffCall(1, 1000.0)
    calls = {phase.value: replace(calling, phase=phase) for phase in (CallPhase.CALLING, CallPhase.NOT_SENT)}
    answered = replace(calling, phase=CallPhase.ANSWERED)
    calls |= {a.value: replace(answered, answer=a) for a in StaffCallResponse if a is not StaffCallResponse.DONE}
    for name, staff_call in calls.items():
        yield f"call_{name}", replace(at(Screen.REVIEW), overlay=Overlay.STAFF, staff_call=staff_call)
    coming = calls["coming"]
    yield "attract_called", replace(rest, staff_call=coming)
    yield "fault_called", replace(rest, screen=Screen.FAULT, fault=Fault.STORE_FULL, staff_call=coming)
    for name, screen in (("tell", Screen.STORY), ("review", Screen.REVIEW), ("identify", Screen.IDENTIFY)):
        yield f"{name}_called", replace(at(screen), staff_call=coming)
    for overlay in Overlay:
        under = not_printed if overlay is Overlay.NO_RECEIPT else at(Screen.REVIEW)
        yield f"overlay_{overlay.value}", replace(under, overlay=overlay)
    yield "overlay_no_paper_yet", replace(receipt, overlay=Overlay.NO_RECEIPT)
    yield "overlay_no_paper_unsure", replace(asking, overlay=Overlay.NO_RECEIPT)
    yield "overlay_still_there_saved", replace(not_printed, overlay=Overlay.STILL_THERE)
    yield "overlay_still_there_early", replace(at(Screen.TOPIC, replace(empty, card=CARD)), overlay=Overlay.STILL_THERE)


def device_readiness(language: str) -> list[tuple[str, str]]:
    """The technician's lines of a kiosk whose printer is open."""
    english = language == "en"
    return [
        ("Card reader", "Ready") if english else ("เครื่องอ่านบัตร", "พร้อม"),
        ("Printer", "P-03 The printer cover is open. Close it until it clicks")
        if english
        else ("เครื่องพิมพ์", "P-03 ฝาเครื่องพิมพ์เปิดอยู่. ปิดฝาให้สนิท"),
        ("Scanner", "Ready") if english else ("สแกนเนอร์", "พร้อม"),
        ("Centre", "Ready") if english else ("ศูนย์", "พร้อม"),
    ]
