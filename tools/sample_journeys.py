"""Sample journeys by name: every screen in every state it can show, with invented people.

Gallery, GUI checks, benchmarks and torture tests draw them. They check no other state.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey.complaint.draft import Draft, LetterPage
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from journey.screens import Screen
from journey.state import (
    AccessibilityOptions,
    CallPhase,
    CardPhase,
    Journey,
    LookUpPhase,
    Overlay,
    PrintPhase,
    RatingPhase,
    ScanPhase,
    StaffCall,
    Visit,
)
from protocol.case_status import CaseStatus, status_text, status_wording
from protocol.choices import IdentitySource, NameDisclosure, OnBehalfOf, RespondentKind
from protocol.messages import BodyToRate, TrackingResponse, TrackingStep
from protocol.staff_call import StaffCallResponse
from protocol.topics import Topic
from simulators.sample_data import BOONMA, COMPLAINT_TEXT, HEALTHY_ENVIRONMENT, KIOSK_PROFILE, PHONE, SAVED_SUBMISSION
from tools.sample_pages import (
    FORM_PAGE,
    HANDWRITTEN_PAGE,
    PAGE_IN_RECOGNITION,
    RECOGNISED_PAGE,
    UNREADABLE_PAGE,
)
from tools.sample_setups import TYPICAL_STATES, sample_setups

DRAFT = Draft(
    identity_source=IdentitySource.CHIP,
    card=BOONMA,
    card_area="400115",
    topic=Topic.UTILITIES,
    area="400115",
    location_note="หน้าวัด หมู่ที่ 7",
    text=COMPLAINT_TEXT,
    phone=PHONE,
)


NamedJourneys = Iterator[tuple[str, Journey]]

EMPTY_DRAFT = Draft(area="4001")
TYPED_NAME_DRAFT = replace(DRAFT, card=None, identity_source=IdentitySource.TYPED, typed_name="บุญมา ใจดี")
LETTER_DRAFT = replace(DRAFT, text="")  # a visit whose complaint is a scanned letter

AT_REST = Journey(kiosk=KIOSK_PROFILE, environment=HEALTHY_ENVIRONMENT, now=1000.0, overlay_deadline=1030.0)
CARD_INSERTED = replace(HEALTHY_ENVIRONMENT, card_reader=CardReaderStatus.CARD_PRESENT, card_is_new=True)
CARD_LEFT_BEHIND = replace(HEALTHY_ENVIRONMENT, card_reader=CardReaderStatus.CARD_PRESENT)
NO_CARD_READER = replace(HEALTHY_ENVIRONMENT, card_reader=CardReaderStatus.NO_READER)
PAPER_OUT = replace(HEALTHY_ENVIRONMENT, printer=PrinterStatus.PAPER_OUT)

RATED_BODIES = (
    BodyToRate(key="7", name="องค์การบริหารส่วนตำบลบ้านเป็ด"),
    BodyToRate(key="9", name="การไฟฟ้าส่วนภูมิภาคจังหวัดขอนแก่น"),
)


def track_response(language: str = "th") -> TrackingResponse:
    """The centre's response for a case in progress."""
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
        deadline="กำหนดแล้วเสร็จภายในวันศุกร์ที่ 18 ธันวาคม 2569 (15 วันทำการ ตามระเบียบทั่วไป)"
        if language == "th"
        else "Due by Friday 18 December 2026 (15 working days, the general rule).",
        accepts_details=True,
    )


def question_response(language: str = "th") -> TrackingResponse:
    """The centre's response for a case that waits for the citizen."""
    in_progress, is_thai = track_response(language), language == "th"
    status = CaseStatus.UNCLEAR
    text = status_text(status, language, "ขอนแก่น" if is_thai else "Khon Kaen")
    return in_progress.model_copy(
        update={
            "status": status,
            "sentence": status_wording(status).headline.in_language(language),
            "agency": "",
            "officer": "",
            "due": "",
            "deadline": "หยุดนับเวลาระหว่างรอรายละเอียดจากท่าน"
            if is_thai
            else "The time is not counted while we wait for your details.",
            "steps": (*in_progress.steps[:2], TrackingStep(status=status, text=text, at=in_progress.steps[2].at)),
            "message": "เสาไฟฟ้าที่ดับอยู่ต้นที่เท่าไรจากปากซอย โปรดส่งภาพถ่ายเสาไฟฟ้าถ้ามี",
            "is_question": True,
        }
    )


def survey_questions(language: str = "th") -> tuple[BodyToRate, ...]:
    """Questions of the yearly survey, as long as those of a centre."""
    texts = (
        ("ท่านพอใจกับความรวดเร็วในการดำเนินการเพียงใด", "How satisfied are you with the speed of the work?"),
        ("ท่านพอใจกับการแจ้งความคืบหน้าเพียงใด", "How satisfied are you with how you were kept informed?"),
        ("ท่านพอใจกับผลที่ได้รับเพียงใด", "How satisfied are you with the result?"),
        ("ท่านเชื่อมั่นว่าศูนย์ดำรงธรรมเป็นกลางและเป็นธรรมเพียงใด", "How much do you trust the centre to be fair?"),
        ("ท่านเชื่อมั่นว่าศูนย์จะช่วยได้ หากมีเรื่องเดือดร้อนอีกเพียงใด", "How much do you trust the centre to help you again?"),
    )
    names = [english if language == "en" else thai for thai, english in texts]
    return tuple(BodyToRate(key=f"survey-{number}", name=name) for number, name in enumerate(names, 1))


def closed_response(language: str = "th", **fields: object) -> TrackingResponse:
    """The centre's response for a closed case that can be rated."""
    in_progress, is_thai = track_response(language), language == "th"
    text = status_text(CaseStatus.CLOSED, language, "ขอนแก่น" if is_thai else "Khon Kaen")
    last = in_progress.steps[-1].at + timedelta(days=9)
    return in_progress.model_copy(
        update={
            "status": CaseStatus.CLOSED,
            "sentence": status_wording(CaseStatus.CLOSED).headline.in_language(language),
            "due": "",
            "deadline": "",
            "closed": True,
            "accepts_details": False,
            "outcome": "ซ่อมไฟส่องสว่างหน้าวัดครบ 6 ต้นแล้ว",
            "steps": (*in_progress.steps, TrackingStep(status=CaseStatus.CLOSED, text=text, at=last)),
            "to_rate": RATED_BODIES,
            **fields,
        }
    )


DEVICE_TESTS = (
    DeviceTest(DeviceUnderTest.PRINTER, None, SAVED_SUBMISSION.saved_at_epoch_s),
    DeviceTest(DeviceUnderTest.CARD_READER, passed=True, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s),
    DeviceTest(
        DeviceUnderTest.SPEAKER, passed=False, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s, fault=Fault.SPEAKER_ABSENT
    ),
    DeviceTest(DeviceUnderTest.TOUCH, passed=True, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s),
)
NOT_FOUND = TrackingResponse(
    found=False,
    sentence="ยังไม่มีเรื่องนี้ที่ศูนย์ ถ้าเพิ่งแจ้งที่ตู้ เรื่องเก็บไว้ปลอดภัยและกำลังส่ง โปรดลองใหม่ภายหลัง หรือโทร 1567 แจ้งเลขเรื่อง",
)


def sample_journeys(language: str = "th") -> dict[str, Journey]:
    """Every state by its name, in the order of a visit."""
    parts = (
        _attract(),
        _notice_and_identify(),
        _topic_and_place(),
        _story(),
        _scan(),
        _review(),
        _contact_and_details(),
        _receipt_and_farewell(),
        _tracking(language),
        _staff_and_faults(),
        _staff_calls(),
        _overlays(),
        ((name, state) for name, state in sample_setups(AT_REST) if name in TYPICAL_STATES),
    )
    return _in_language(language, parts)


def gallery_journeys(language: str = "th") -> dict[str, Journey]:
    """The states of `sample_journeys`, and every page of the set-up."""
    return sample_journeys(language) | _in_language(language, (sample_setups(AT_REST),))


def _in_language(language: str, parts: Iterable[Iterable[tuple[str, Journey]]]) -> dict[str, Journey]:
    return {
        name: replace(journey, accessibility=replace(journey.accessibility, language=language))
        for part in parts
        for name, journey in part
    }


def _at(screen: Screen, draft: Draft = DRAFT, **visit_fields: Any) -> Journey:
    """A visit with an inserted and read card on that screen."""
    fields: dict[str, Any] = {"card_phase": CardPhase.READ, **visit_fields}
    return replace(AT_REST, screen=screen, environment=CARD_INSERTED, visit=Visit(1, draft=draft, **fields))


def _receipt_at(screen: Screen, verdict: PrintVerdict, **visit_fields: Any) -> Journey:
    """A saved visit on that screen whose receipt was sent to the printer once."""
    return _at(
        screen,
        saved=SAVED_SUBMISSION,
        print_phase=PrintPhase.DONE,
        print_verdict=verdict,
        print_requests=1,
        receipts_out=int(verdict is not PrintVerdict.NOT_PRINTED),
        **visit_fields,
    )


RECEIPT_PRINTING = _at(Screen.RECEIPT, saved=SAVED_SUBMISSION, print_phase=PrintPhase.PRINTING)
RECEIPT_UNCERTAIN = _receipt_at(Screen.RECEIPT, PrintVerdict.PROBABLY_PRINTED)
RECEIPT_NOT_PRINTED = _receipt_at(Screen.RECEIPT, PrintVerdict.NOT_PRINTED)


def _attract() -> NamedJourneys:
    yield "attract", AT_REST
    yield "attract_notices", replace(AT_REST, environment=replace(NO_CARD_READER, printer=PrinterStatus.PAPER_OUT))
    yield "attract_no_paper", replace(AT_REST, environment=PAPER_OUT)
    yield "attract_card_left", replace(AT_REST, environment=CARD_LEFT_BEHIND)
    yield "attract_no_reader", replace(AT_REST, environment=NO_CARD_READER)
    yield "dark", replace(AT_REST, asleep=True)


def _notice_and_identify() -> NamedJourneys:
    notice = _at(Screen.NOTICE, EMPTY_DRAFT, card_phase=CardPhase.NOT_REQUESTED)
    yield "notice", notice
    yield "notice_card_left", replace(notice, environment=CARD_LEFT_BEHIND)
    yield "notice_no_reader", replace(notice, environment=NO_CARD_READER)

    def failed(fault: Fault) -> Journey:
        return _at(Screen.IDENTIFY, EMPTY_DRAFT, card_phase=CardPhase.FAILED, card_fault=fault)

    waiting = replace(_at(Screen.IDENTIFY, EMPTY_DRAFT, card_phase=CardPhase.WAITING), environment=HEALTHY_ENVIRONMENT)
    card_read = replace(EMPTY_DRAFT, card=BOONMA)
    yield "identify_waiting", waiting
    yield "identify_chip_down", replace(waiting, kiosk=replace(KIOSK_PROFILE, chip_side="down"))
    yield "identify_reading", _at(Screen.IDENTIFY, EMPTY_DRAFT, card_phase=CardPhase.READING)
    yield "identify_read", _at(Screen.IDENTIFY, card_read)
    no_paper = replace(CARD_INSERTED, printer=PrinterStatus.PAPER_OUT)
    yield "identify_read_no_paper", replace(_at(Screen.IDENTIFY, card_read), environment=no_paper)
    yield "identify_covered", _at(Screen.IDENTIFY, card_read, personal_data_hidden=True)
    yield "identify_failed", failed(Fault.CARD_MUTE)
    yield "identify_card_left", replace(failed(Fault.CARD_LEFT_BEHIND), environment=CARD_LEFT_BEHIND)
    yield "identify_no_reader", replace(failed(Fault.CARD_NO_READER), environment=NO_CARD_READER)
    yield "identify_declined", _at(Screen.IDENTIFY, EMPTY_DRAFT, card_phase=CardPhase.DECLINED)


def _topic_and_place() -> NamedJourneys:
    yield "topic", _at(Screen.TOPIC, replace(DRAFT, topic=None))
    yield "topic_chosen", _at(Screen.TOPIC)
    yield "topic_other", _at(Screen.TOPIC, replace(DRAFT, topic=Topic.OTHER, topic_note="ขอทราบเรื่องบัตรคนพิการ"))
    yield "place", _at(Screen.PLACE)
    yield "place_unknown", _at(Screen.PLACE, replace(DRAFT, area="4001", subareas_unknown=True))


def _story() -> NamedJourneys:
    beside_letter = replace(LETTER_DRAFT, pages=(RECOGNISED_PAGE, HANDWRITTEN_PAGE))
    yield "tell_empty", _at(Screen.STORY, LETTER_DRAFT)
    yield "tell", _at(Screen.STORY)
    yield "tell_alphabet", replace(_at(Screen.STORY), accessibility=AccessibilityOptions(alphabetical_keys=True))
    yield "tell_long", _at(Screen.STORY, replace(DRAFT, text=COMPLAINT_TEXT * 12))
    yield "tell_beside_letter", _at(Screen.STORY, beside_letter)
    yield "tell_covered", _at(Screen.STORY, personal_data_hidden=True, story_hidden=True)


def _scan() -> NamedJourneys:
    def failed(fault: Fault) -> Journey:
        return _at(Screen.SCAN, LETTER_DRAFT, scan_phase=ScanPhase.FAILED, scan_fault=fault)

    def scanned(*pages: LetterPage, **visit_fields: Any) -> Journey:
        return _at(Screen.SCAN, replace(DRAFT, pages=pages), **visit_fields)

    yield "scan_empty", _at(Screen.SCAN, LETTER_DRAFT)
    yield "scan_running", _at(Screen.SCAN, LETTER_DRAFT, scan_phase=ScanPhase.SCANNING, scan_progress=0.6)
    yield "scan_fault", failed(Fault.SCANNER_NO_PAPER)
    yield "scan_cover_open", failed(Fault.SCANNER_COVER_OPEN)
    yield "scan_read", scanned(RECOGNISED_PAGE)
    yield "scan_cut_off", scanned(replace(RECOGNISED_PAGE, is_complete=False))
    yield "scan_pages", scanned(RECOGNISED_PAGE, HANDWRITTEN_PAGE, PAGE_IN_RECOGNITION)
    first_lines = (RECOGNISED_PAGE.lines or ())[:3]
    yield "scan_reading", scanned(replace(PAGE_IN_RECOGNITION, lines_so_far=first_lines, read_fraction=0.4))
    yield "scan_handwritten", scanned(HANDWRITTEN_PAGE)
    yield "scan_form", scanned(FORM_PAGE)
    yield "scan_unreadable", scanned(UNREADABLE_PAGE)
    yield "scan_empty_typed", _at(Screen.SCAN)
    blank_page = replace(UNREADABLE_PAGE, page_id="page-2", blank=True)
    yield "scan_blank", _at(Screen.SCAN, replace(LETTER_DRAFT, pages=(blank_page,)))
    yield "scan_unread", scanned(UNREADABLE_PAGE, recognition_fault=Fault.RECOGNITION_FAILED)
    yield "scan_covered", scanned(RECOGNISED_PAGE, personal_data_hidden=True, story_hidden=True)


def _review() -> NamedJourneys:
    anonymous_letter = replace(
        DRAFT,
        card=None,
        text="",
        phone="",
        pages=(RECOGNISED_PAGE, HANDWRITTEN_PAGE),
        name_disclosure=NameDisclosure.ANONYMOUS,
        about=RespondentKind.OFFICIAL,
        for_whom=OnBehalfOf.GROUP,
    )
    everything = replace(
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
    )
    offered = replace(LETTER_DRAFT, phone="", pages=(RECOGNISED_PAGE, FORM_PAGE))
    yield "review", _at(Screen.REVIEW)
    yield "review_offers", _at(Screen.REVIEW, offered)
    yield "review_letter", _at(Screen.REVIEW, anonymous_letter)
    yield "review_everything", _at(Screen.REVIEW, everything)
    yield "review_saving", _at(Screen.REVIEW, saving=True)
    yield "review_fault", _at(Screen.REVIEW, save_fault=Fault.SAVE_FAILED)
    yield "review_store_full", _at(Screen.REVIEW, save_fault=Fault.STORE_FULL)
    yield "review_covered", _at(Screen.REVIEW, personal_data_hidden=True, story_hidden=True)


def _contact_and_details() -> NamedJourneys:
    yield "contact", _at(Screen.CONTACT, TYPED_NAME_DRAFT)
    yield "contact_empty", _at(Screen.CONTACT, replace(TYPED_NAME_DRAFT, typed_name=""))
    yield "phone", _at(Screen.PHONE)
    sms_offered = replace(CARD_INSERTED, sms_offered=True)
    yield "phone_sms", replace(_at(Screen.PHONE, replace(DRAFT, sms_consent=True)), environment=sms_offered)
    yield "phone_empty", _at(Screen.PHONE, replace(DRAFT, phone=""))
    yield "phone_covered", _at(Screen.PHONE, personal_data_hidden=True)
    yield "phone_wrong", _at(Screen.PHONE, replace(DRAFT, phone="12"), phone_invalid=True)
    yield "details", _at(Screen.DETAILS)
    with_notes = replace(DRAFT, about=RespondentKind.OFFICIAL, for_whom=OnBehalfOf.GROUP, about_note="ช่างประปา")
    yield "details_notes", _at(Screen.DETAILS, with_notes)


def _receipt_and_farewell() -> NamedJourneys:
    offline_and_paper_out = replace(CARD_INSERTED, printer=PrinterStatus.PAPER_OUT, centre_reachable=False)
    received = _receipt_at(Screen.FAREWELL, PrintVerdict.PRINTED, acknowledged=True)
    yield "receipt_printing", RECEIPT_PRINTING
    yield "receipt_printed", _receipt_at(Screen.RECEIPT, PrintVerdict.PRINTED)
    yield "receipt_asking", RECEIPT_UNCERTAIN
    yield "receipt_no_paper", replace(RECEIPT_NOT_PRINTED, environment=offline_and_paper_out)
    yield "receipt_new_paper", RECEIPT_NOT_PRINTED
    yield "receipt_received", _receipt_at(Screen.RECEIPT, PrintVerdict.PRINTED, acknowledged=True)
    yield "farewell", _receipt_at(Screen.FAREWELL, PrintVerdict.PRINTED)
    yield "farewell_no_paper", _receipt_at(Screen.FAREWELL, PrintVerdict.NOT_PRINTED)
    yield "farewell_received", replace(received, environment=HEALTHY_ENVIRONMENT)


def _tracking(language: str) -> NamedJourneys:
    def track(**visit_fields: Any) -> Journey:
        return replace(AT_REST, screen=Screen.TRACK, visit=Visit(2, **visit_fields))

    def result(response: TrackingResponse, **visit_fields: Any) -> Journey:
        visit = Visit(2, tracked_code=SAVED_SUBMISSION.code, tracking_response=response, **visit_fields)
        return replace(AT_REST, screen=Screen.TRACKING_RESULT, visit=visit)

    def rate(**visit_fields: Any) -> Journey:
        return replace(result(closed_response(language), **visit_fields), screen=Screen.RATING)

    yield "track", track()
    yield "track_bad_code", track(look_up_phase=LookUpPhase.BAD_CODE)
    yield "track_case_number", track(look_up_phase=LookUpPhase.CASE_NUMBER)
    yield "track_jam", track(look_up_phase=LookUpPhase.RECEIPT_UNREADABLE, scan_fault=Fault.SCANNER_JAM)
    yield "track_asking", track(look_up_phase=LookUpPhase.QUERYING)
    yield "track_no_answer", track(look_up_phase=LookUpPhase.NO_RESPONSE)
    yield "tracked", result(track_response(language))
    yield "tracked_unknown", result(NOT_FOUND)
    yield "tracked_question", result(question_response(language))
    yield "tracked_closed", result(closed_response(language))
    yield "tracked_rated", result(closed_response(language, to_rate=(), has_rated=True))
    survey = closed_response(language, to_rate=(), has_rated=True, survey=survey_questions(language))
    yield "tracked_survey", result(survey)
    yield "survey", replace(result(survey, stars=(("survey-1", 4),)), screen=Screen.RATING)
    not_sent = tuple((question.key, 4) for question in survey.survey)
    yield (
        "survey_not_sent",
        replace(result(survey, stars=not_sent, rating_phase=RatingPhase.NOT_SENT), screen=Screen.RATING),
    )
    yield "rate", rate()
    yield "rate_sending", rate(stars=(("7", 5), ("9", 4)), rating_phase=RatingPhase.SENDING)
    yield "rate_not_sent", rate(stars=(("7", 5), ("9", 4)), rating_phase=RatingPhase.NOT_SENT)


def _staff_and_faults() -> NamedJourneys:
    cover_open = replace(HEALTHY_ENVIRONMENT, printer=PrinterStatus.COVER_OPEN)
    technician = replace(AT_REST, screen=Screen.TECHNICIAN)
    yield "about", replace(AT_REST, screen=Screen.ABOUT)
    yield "technician_pin", replace(AT_REST, screen=Screen.TECHNICIAN_PIN, pin_failures=1)
    yield "technician_pin_checking", replace(AT_REST, screen=Screen.TECHNICIAN_PIN, pending_pin_check_id=1)
    yield "technician", replace(technician, environment=cover_open)
    yield (
        "technician_device_tests",
        replace(technician, device_tests=DEVICE_TESTS, running_test=DeviceUnderTest.SCANNER, max_volume_percent=70),
    )
    yield "fault_stop", replace(AT_REST, screen=Screen.FAULT, fault=Fault.NOT_ENROLLED)
    yield "fault_printer_paper_out", replace(AT_REST, screen=Screen.FAULT, fault=Fault.PRINTER_PAPER_OUT)
    yield "fault_revoked", replace(AT_REST, screen=Screen.FAULT, fault=Fault.REVOKED)


def _staff_calls() -> NamedJourneys:
    call = StaffCall(1, 1000.0)
    responded = replace(call, phase=CallPhase.RESPONDED)
    responses = [response for response in StaffCallResponse if response is not StaffCallResponse.DONE]
    calls = {
        **{phase.value: replace(call, phase=phase) for phase in (CallPhase.CALLING, CallPhase.NOT_SENT)},
        **{response.value: replace(responded, response=response) for response in responses},
    }
    for name, staff_call in calls.items():
        yield f"call_{name}", replace(_at(Screen.REVIEW), overlay=Overlay.STAFF, staff_call=staff_call)
    coming = calls[StaffCallResponse.COMING.value]
    yield "attract_called", replace(AT_REST, staff_call=coming)
    yield "fault_called", replace(AT_REST, screen=Screen.FAULT, fault=Fault.STORE_FULL, staff_call=coming)
    for name, screen in (("tell", Screen.STORY), ("review", Screen.REVIEW), ("identify", Screen.IDENTIFY)):
        yield f"{name}_called", replace(_at(screen), staff_call=coming)


def _overlays() -> NamedJourneys:
    review = _at(Screen.REVIEW)
    for overlay in Overlay:
        journey = RECEIPT_NOT_PRINTED if overlay is Overlay.NO_RECEIPT else review
        yield f"overlay_{overlay.value}", replace(journey, overlay=overlay)
    yield "overlay_card_out_no_reader", replace(review, overlay=Overlay.CARD_OUT, environment=NO_CARD_READER)
    yield "overlay_no_paper_yet", replace(RECEIPT_PRINTING, overlay=Overlay.NO_RECEIPT)
    yield "overlay_no_paper_unsure", replace(RECEIPT_UNCERTAIN, overlay=Overlay.NO_RECEIPT)
    yield "overlay_still_there_saved", replace(RECEIPT_NOT_PRINTED, overlay=Overlay.STILL_THERE)
    topic = _at(Screen.TOPIC, replace(EMPTY_DRAFT, card=BOONMA))
    yield "overlay_still_there_early", replace(topic, overlay=Overlay.STILL_THERE)


def device_readiness(language: str) -> list[tuple[str, str]]:
    """(device, state) lines of the technician's screen for a kiosk whose printer cover is open."""
    english = language == "en"
    return [
        ("Card reader", "Ready") if english else ("เครื่องอ่านบัตร", "พร้อม"),
        ("Printer", "P-03 The printer cover is open. Close it until it clicks")
        if english
        else ("เครื่องพิมพ์", "P-03 ฝาเครื่องพิมพ์เปิดอยู่. ปิดฝาให้สนิท"),
        ("Scanner", "Ready") if english else ("เครื่องสแกน", "พร้อม"),
        ("Centre", "Ready") if english else ("ศูนย์", "พร้อม"),
    ]
