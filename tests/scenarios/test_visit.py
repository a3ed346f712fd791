"""Scenarios of the visit: what a citizen does, what the kiosk shows, and which effects it requests."""

from dataclasses import replace
from uuid import UUID

import pytest

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import RecognisedLine
from journey.complaint.submission_builder import build_submission
from journey.faults import Fault
from journey.screens import Screen
from journey.state import CardPhase, Contrast, Environment, Overlay, PrintPhase, RatingPhase, ScanPhase, TextSize
from protocol.choices import MAX_TEXT_CHARS, ClockQuality, IdentitySource, NameDisclosure
from protocol.messages import BodyToRate, TrackingResponse
from protocol.topics import Topic
from simulators.sample_data import BOONMA, HEALTHY_ENVIRONMENT, SAVED_SUBMISSION, SOMCHAI
from tests.scenarios.scenario import Scenario, letter_page


def test_card_and_typed_complaint_take_seven_taps() -> None:
    scenario = Scenario().insert_card().expect_screen(Screen.NOTICE)
    assert scenario.count_effects(effects.ReadCard) == 0, "nothing is read before the notice is accepted"
    tap: list[events.Event] = [
        events.AcceptNotice(1_790_000_000.0),
        events.Next(),
        events.ChooseTopic(Topic.UTILITIES),
        events.Next(),
        events.Next(),
        events.SubmitComplaint(),
        events.Finish(),
    ]
    scenario.tap(tap[0]).answer_effect(effects.ReadCard, lambda e: events.CardRead(e.request_id, BOONMA, "400106"))
    scenario.tap(tap[1], tap[2]).expect_screen(Screen.PLACE)
    assert scenario.visit.draft.area == "400106", "prefilled from the card"
    scenario.tap(tap[3]).expect_screen(Screen.STORY).tap(events.WriteText("text", "ถนนชำรุด"), tap[4]).expect_screen(
        Screen.REVIEW
    )
    scenario.tap(tap[5]).answer_effect(
        effects.SaveSubmission, lambda e: events.SaveSucceeded(e.request_id, SAVED_SUBMISSION)
    ).expect_screen(Screen.RECEIPT)
    assert scenario.count_effects(effects.PrintReceipt) == 0, "the codes are on the screen before the printer is used"
    scenario.dispatch(events.ScreenShown(Screen.RECEIPT))
    assert scenario.newest_effect(effects.PrintReceipt).print_number == 1
    scenario.answer_effect(
        effects.PrintReceipt, lambda e: events.PrintFinished(e.request_id, PrintVerdict.PRINTED, PrinterStatus.READY)
    )
    scenario.remove_card().tap(tap[6]).expect_screen(Screen.FAREWELL).wait(9).expect_screen(Screen.ATTRACT)
    assert scenario.journey.visit is None
    assert [type(effect) for effect in scenario.requested_effects] == [
        effects.ReadCard,
        effects.SaveSubmission,
        effects.SaveReceiptNote,
        effects.PrintReceipt,
        effects.ConfirmReceipt,
        effects.EraseVisitData,
    ]
    assert scenario.newest_effect(effects.ConfirmReceipt).confirmed
    assert len(tap) <= 8


def _read_well(effect: effects.RecognisePage) -> events.PageRecognised:
    line = RecognisedLine("เรื่อง น้ำประปาไม่ไหล", 91.0, is_uncertain=False)
    return events.PageRecognised(effect.request_id, effect.page_id, (line,), True, 91.0)


def test_no_card_and_a_scanned_letter_of_three_pages() -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard())
        .expect_screen(Screen.TOPIC)
    )
    scenario.tap(events.ChooseTopic(Topic.UNSURE), events.Next(), events.SwitchToScan()).expect_screen(Screen.SCAN)
    for name in ("one", "two", "three"):
        scenario.tap(events.ScanPage())
        request_id = scenario.newest_effect(effects.ScanPages).request_id
        scenario.dispatch(events.ScanProgress(request_id, 0.5))
        assert scenario.visit.scan_progress == 0.5
        scenario.dispatch(events.PageScanned(request_id, letter_page(name)))
        scenario.answer_effect(effects.RecognisePage, _read_well)
    scenario.tap(events.Next()).expect_screen(Screen.REVIEW).confirm_and_print()
    save = scenario.newest_effect(effects.SaveSubmission)
    assert [p.current_text for p in save.draft.pages] == ["เรื่อง น้ำประปาไม่ไหล"] * 3
    assert save.draft.card is None
    assert save.draft.identity_source is IdentitySource.NONE
    assert scenario.count_effects(effects.ReadCard) == 0, "a visit without card never talks to the reader"


def test_removing_the_card_hides_personal_data_and_the_same_card_shows_it() -> None:
    scenario = (
        Scenario().identify_by_card().write_complaint().remove_card().expect_screen(Screen.REVIEW, Overlay.CARD_OUT)
    )
    assert scenario.visit.personal_data_hidden
    assert scenario.visit.draft.text, "the draft stays"
    scenario.insert_card().answer_effect(
        effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, BOONMA.citizen_id)
    )
    scenario.expect_screen(Screen.REVIEW)
    assert not scenario.visit.personal_data_hidden


def test_a_visit_continued_without_the_card_can_send_the_story_but_not_show_or_change_it() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .remove_card()
        .tap(events.DismissOverlay(), events.EditSection(Screen.STORY))
        .expect_screen(Screen.STORY)
    )
    assert scenario.visit.story_hidden
    scenario.tap(events.WriteText("text", "เรื่องอื่น"), events.SwitchToScan(), events.ScanPage())
    assert scenario.visit.draft.text == "ถนนหน้าหมู่บ้านชำรุด"
    assert scenario.count_effects(effects.ScanPages) == 0
    scenario.tap(events.Next()).expect_screen(Screen.REVIEW).confirm_and_print()
    assert scenario.newest_effect(effects.SaveSubmission).draft.text == "ถนนหน้าหมู่บ้านชำรุด"


def test_a_hidden_story_may_be_discarded_and_written_again() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .remove_card()
        .tap(events.DismissOverlay(), events.EditSection(Screen.STORY), events.ReplaceHiddenStory())
    )
    assert scenario.visit.draft.text == ""
    scenario.tap(events.WriteText("text", "เล่าใหม่"), events.Next()).expect_screen(Screen.REVIEW)
    assert scenario.visit.personal_data_hidden, "the person stays hidden"
    assert not scenario.visit.story_hidden, "text entered since then is visible"


def test_a_story_can_be_written_after_the_card_is_removed() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .tap(events.Next(), events.ChooseTopic(Topic.LAND), events.Next())
        .expect_screen(Screen.STORY)
    )
    scenario.remove_card().tap(events.DismissOverlay(), events.WriteText("text", "น้ำท่วม"), events.Next()).expect_screen(
        Screen.REVIEW
    )
    assert not scenario.visit.story_hidden


def test_continuing_without_a_card_shows_no_hidden_data() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.WriteText("phone", "0812345678"), events.WriteText("location_note", "หน้าวัด"))
    )
    scenario.remove_card().tap(events.DismissOverlay(), *[events.Back()] * 4).expect_screen(Screen.IDENTIFY).tap(
        events.ContinueWithoutCard()
    )
    assert (scenario.visit.draft.phone, scenario.visit.draft.location_note, scenario.visit.story_hidden) == (
        "",
        "",
        True,
    )


def test_another_persons_card_offers_to_start_over_or_continue_once_it_is_out() -> None:
    scenario = Scenario().identify_by_card().write_complaint().remove_card().insert_card()
    scenario.answer_effect(effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, SOMCHAI.citizen_id))
    scenario.expect_screen(Screen.REVIEW, Overlay.OTHER_CARD).tap(events.DismissOverlay()).expect_screen(
        Screen.REVIEW, Overlay.OTHER_CARD
    )
    scenario.remove_card().tap(events.DismissOverlay()).expect_screen(Screen.REVIEW)
    assert scenario.visit.personal_data_hidden, "still hidden: the first person's card is not back"


def test_start_over_with_another_persons_card_begins_that_persons_visit() -> None:
    scenario = Scenario().identify_by_card().write_complaint().remove_card().insert_card()
    scenario.answer_effect(effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, SOMCHAI.citizen_id))
    first = scenario.visit.visit_id
    scenario.tap(events.StartOver()).expect_screen(Screen.NOTICE)
    assert scenario.visit.visit_id != first
    assert scenario.visit.draft.card is None
    assert scenario.newest_effect(effects.EraseVisitData).visit_id == first


def test_a_new_card_waits_after_saving_and_then_begins_its_own_visit() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .confirm_and_print()
        .remove_card()
        .insert_card()
        .expect_screen(Screen.RECEIPT)
    )
    scenario.answer_effect(effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, SOMCHAI.citizen_id))
    scenario.tap(events.Finish()).expect_screen(Screen.FAREWELL).tap(events.Finish()).expect_screen(Screen.NOTICE)
    assert scenario.visit.draft.card is None


def test_another_persons_card_compared_only_after_sending_waits_for_the_receipt() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .remove_card()
        .insert_card()
        .tap(events.DismissOverlay(), events.SubmitComplaint())
    )
    scenario.answer_effect(
        effects.SaveSubmission, lambda e: events.SaveSucceeded(e.request_id, SAVED_SUBMISSION)
    ).expect_screen(Screen.RECEIPT)
    scenario.answer_effect(
        effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, SOMCHAI.citizen_id)
    ).expect_screen(Screen.RECEIPT)
    scenario.tap(events.Finish(), events.ConfirmCodeNoted(), events.Finish()).expect_screen(Screen.NOTICE)


def test_another_persons_card_inserted_while_saving_waits_for_the_receipt() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .remove_card()
        .insert_card()
        .tap(events.DismissOverlay(), events.SubmitComplaint())
    )
    scenario.answer_effect(effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, SOMCHAI.citizen_id))
    scenario.answer_effect(
        effects.SaveSubmission, lambda e: events.SaveSucceeded(e.request_id, SAVED_SUBMISSION)
    ).expect_screen(Screen.RECEIPT)
    scenario.tap(events.Finish(), events.ConfirmCodeNoted(), events.Finish()).expect_screen(Screen.NOTICE)


def test_a_card_inserted_while_a_visit_without_card_is_saved_is_not_read() -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard())
        .tap(events.ChooseTopic(Topic.LAND))
    )
    scenario.tap(events.Next(), events.WriteText("text", "เรื่อง"), events.Next(), events.SubmitComplaint()).insert_card()
    scenario.answer_effect(effects.SaveSubmission, lambda e: events.SaveSucceeded(e.request_id, SAVED_SUBMISSION))
    scenario.tap(events.Finish(), events.ConfirmCodeNoted(), events.Finish()).expect_screen(Screen.ATTRACT)
    assert scenario.journey.environment.card_left_behind
    assert scenario.count_effects(effects.ReadCard) == 0


def test_a_read_card_is_never_replaced_by_another_read_again() -> None:
    scenario = Scenario().identify_by_card().remove_card().tap(events.DismissOverlay(), events.ReadCardAgain())
    assert scenario.visit.card_phase is CardPhase.READ
    scenario.insert_card()
    assert scenario.count_effects(effects.ReadCard) == 1
    assert scenario.count_effects(effects.ReadCitizenId) == 1


def test_a_card_inserted_on_the_about_screen_opens_the_notice() -> None:
    Scenario().tap(events.OpenAbout()).expect_screen(Screen.ABOUT).insert_card().expect_screen(Screen.NOTICE)


def test_a_visit_without_card_stays_without_card_after_returning_to_the_notice() -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard(), events.Back(), events.Back())
    )
    scenario.expect_screen(Screen.NOTICE).insert_card().accept_notice().expect_screen(Screen.IDENTIFY)
    assert scenario.count_effects(effects.ReadCard) == 0
    assert scenario.visit.card_phase is CardPhase.DECLINED


def test_a_forgotten_card_does_not_begin_a_visit_by_itself() -> None:
    scenario = Scenario().identify_by_card().write_complaint().confirm_and_print().tap(events.Finish(), events.Finish())
    scenario.expect_screen(Screen.ATTRACT)


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (CardFault.NOT_THAI_ID, Fault.CARD_NOT_THAI_ID),
        (CardFault.MUTE, Fault.CARD_MUTE),
        (CardFault.PULLED_OUT, Fault.CARD_PULLED_OUT),
        (CardFault.BAD_CONTENT, Fault.CARD_UNREADABLE),
    ],
)
def test_a_card_that_cannot_be_read_shows_why_and_both_ways_stay_open(fault: CardFault, shown: Fault) -> None:
    scenario = (
        Scenario()
        .insert_card()
        .accept_notice()
        .answer_effect(effects.ReadCard, lambda e: events.CardReadFailed(e.request_id, fault))
    )
    assert (scenario.visit.card_phase, scenario.visit.card_fault) == (CardPhase.FAILED, shown)
    scenario.tap(events.Next()).expect_screen(Screen.IDENTIFY)
    scenario.tap(events.ReadCardAgain())
    assert scenario.visit.card_phase is CardPhase.READING
    scenario.answer_effect(effects.ReadCard, lambda e: events.CardReadFailed(e.request_id, fault))
    scenario.tap(events.ContinueWithoutCard()).expect_screen(Screen.TOPIC)


def test_a_card_removed_while_it_is_read_is_awaited_again() -> None:
    scenario = Scenario().insert_card().accept_notice().remove_card()
    assert (scenario.visit.card_phase, scenario.visit.card_fault) == (CardPhase.WAITING, Fault.CARD_PULLED_OUT)
    first = scenario.newest_effect(effects.ReadCard)
    scenario.dispatch(events.CardRead(first.request_id, BOONMA, ""))
    assert scenario.visit.draft.card is None, "the late result of the first read is dropped"
    scenario.insert_card()
    assert scenario.newest_effect(effects.ReadCard).request_id != first.request_id


def test_without_a_reader_only_a_visit_without_card_is_possible() -> None:
    scenario = Scenario(environment=Environment(card_reader=CardReaderStatus.NO_READER, enrolled=True))
    scenario.tap(events.BeginVisit()).accept_notice()
    assert (scenario.visit.card_phase, scenario.visit.card_fault) == (CardPhase.FAILED, Fault.CARD_NO_READER)
    scenario.tap(events.ContinueWithoutCard()).expect_screen(Screen.TOPIC)


def test_anonymous_drops_the_identity_before_sealing() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.WriteText("phone", "0812345678"), events.Choose("name_disclosure", NameDisclosure.ANONYMOUS))
    )
    scenario.tap(events.SubmitComplaint())
    save = scenario.newest_effect(effects.SaveSubmission)
    assert (save.draft.card, save.draft.phone, save.draft.typed_name) == (None, "", "")
    assert scenario.visit.draft.card is None, "removed from the state, not only from the message"


def test_after_a_failed_anonymous_save_the_citizens_card_is_not_another_persons() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.Choose("name_disclosure", NameDisclosure.ANONYMOUS), events.SubmitComplaint())
    )
    scenario.answer_effect(effects.SaveSubmission, lambda e: events.SaveFailed(e.request_id, Fault.SAVE_FAILED))
    scenario.remove_card().insert_card().expect_screen(Screen.REVIEW)
    assert scenario.count_effects(effects.ReadCitizenId) == 0


def test_a_receipt_that_is_not_printed_leaves_the_code_on_the_screen() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .dispatch(events.PrinterChanged(PrinterStatus.PAPER_OUT))
        .confirm_and_print()
    )
    scenario.dispatch(events.ScreenShown(Screen.RECEIPT))
    assert (scenario.visit.print_phase, scenario.visit.print_verdict) == (PrintPhase.DONE, PrintVerdict.NOT_PRINTED)
    assert scenario.count_effects(effects.PrintReceipt) == 0
    scenario.dispatch(events.PrinterChanged(PrinterStatus.READY)).tap(events.ReprintReceipt())
    assert not scenario.newest_effect(effects.PrintReceipt).is_copy, "nothing was printed yet: this is the original"


def test_an_uncertain_print_asks_the_citizen_and_a_reprint_is_marked_as_a_copy() -> None:
    scenario = (
        Scenario().identify_by_card().write_complaint().confirm_and_save().dispatch(events.ScreenShown(Screen.RECEIPT))
    )
    unsure = lambda e: events.PrintFinished(e.request_id, PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNKNOWN)  # noqa: E731
    scenario.answer_effect(effects.PrintReceipt, unsure).tap(
        events.ReportReceiptPrinted(printed=True), events.ReprintReceipt()
    )
    assert scenario.newest_effect(effects.PrintReceipt).is_copy
    assert scenario.newest_effect(effects.PrintReceipt).print_number == 2
    scenario.answer_effect(effects.PrintReceipt, unsure).tap(events.ReportReceiptPrinted(printed=False))
    assert scenario.visit.print_verdict is PrintVerdict.NOT_PRINTED


def test_a_failed_save_loses_nothing_and_can_be_repeated() -> None:
    scenario = Scenario().identify_by_card().write_complaint().tap(events.SubmitComplaint(), events.SubmitComplaint())
    assert scenario.count_effects(effects.SaveSubmission) == 1, "pressing twice does not save twice"
    scenario.answer_effect(
        effects.SaveSubmission, lambda e: events.SaveFailed(e.request_id, Fault.SAVE_FAILED)
    ).expect_screen(Screen.REVIEW)
    assert scenario.visit.save_fault is Fault.SAVE_FAILED
    assert scenario.visit.draft.text
    scenario.confirm_and_print()
    assert scenario.count_effects(effects.SaveSubmission) == 2


@pytest.mark.parametrize(
    ("status", "fault"),
    [(ScannerStatus.JAM, Fault.SCANNER_JAM), (ScannerStatus.NO_PAPER, Fault.SCANNER_NO_PAPER)],
)
def test_a_failed_scan_shows_why_and_typing_stays_possible(status: ScannerStatus, fault: Fault) -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND))
    )
    scenario.tap(events.Next(), events.SwitchToScan(), events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.ScanFailed(e.request_id, status))
    assert (scenario.visit.scan_phase, scenario.visit.scan_fault) == (ScanPhase.FAILED, fault)
    scenario.tap(events.SwitchToTyping()).expect_screen(Screen.STORY)


def test_pages_can_be_rotated_and_removed_and_late_results_are_dropped() -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND))
    )
    scenario.tap(events.Next(), events.SwitchToScan(), events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("a")))
    first = scenario.newest_effect(effects.RecognisePage)
    scenario.tap(events.RotatePage("a")).answer_effect(
        effects.RotatePicture, lambda e: events.PageRotated(e.request_id, letter_page("a"))
    )
    line = RecognisedLine("ข้อความ", 90.0, is_uncertain=False)
    before = scenario.journey
    scenario.dispatch(events.ReadingProgress(first.request_id, "a", (line,), 0.5))
    scenario.dispatch(events.PageRecognised(first.request_id, "a", (line,), True, 90.0))
    assert scenario.journey == before
    scenario.tap(events.RemovePage("a"))
    assert scenario.visit.draft.pages == ()
    assert scenario.newest_effect(effects.DropPage).page_id == "a"
    scenario.tap(events.Next()).expect_screen(Screen.SCAN)


def test_a_page_that_is_rotated_is_read_to_its_end_again() -> None:
    scenario = Scenario().tap(events.BeginVisit()).accept_notice()
    scenario.tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND), events.Next(), events.SwitchToScan())
    scenario.tap(events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("a")))
    scenario.answer_effect(effects.RecognisePage, lambda e: replace(_read_well(e), is_complete=False))
    assert not scenario.visit.draft.pages[0].is_complete
    scenario.tap(events.RotatePage("a"))
    assert scenario.visit.draft.pages[0].is_complete


def _at_a_blank_page() -> Scenario:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND))
    )
    scenario.tap(events.Next(), events.SwitchToScan(), events.ScanPage())
    return scenario.answer_effect(
        effects.ScanPages, lambda e: events.PageScanned(e.request_id, replace(letter_page("a"), blank=True))
    )


def test_a_blank_page_is_not_recognised_and_can_be_rescanned() -> None:
    scenario = _at_a_blank_page()
    assert scenario.count_effects(effects.RecognisePage) == 0
    scenario.tap(events.RescanPage("a"))
    assert (scenario.visit.draft.pages, scenario.newest_effect(effects.DropPage).page_id) == ((), "a")
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("b")))
    assert [p.page_id for p in scenario.visit.draft.pages] == ["b"]
    scenario.answer_effect(effects.RecognisePage, _read_well).tap(events.Next()).expect_screen(Screen.REVIEW)


def test_a_page_that_only_looks_blank_can_be_kept_and_is_recognised_then() -> None:
    scenario = _at_a_blank_page().tap(events.KeepBlankPage("a"))
    assert not scenario.visit.draft.pages[0].blank
    scenario.answer_effect(effects.RecognisePage, _read_well).tap(events.Next()).expect_screen(Screen.REVIEW)
    before = scenario.journey
    assert scenario.tap(events.KeepBlankPage("a")).journey == before


def test_a_blank_page_stays_while_nothing_can_be_scanned() -> None:
    scenario = _at_a_blank_page().dispatch(events.ScannerChanged(ScannerStatus.ABSENT)).tap(events.RescanPage("a"))
    assert [p.page_id for p in scenario.visit.draft.pages] == ["a"]
    assert scenario.visit.scan_fault is Fault.SCANNER_ABSENT


def test_rotating_a_blank_page_leaves_it_blank() -> None:
    scenario = _at_a_blank_page().tap(events.RotatePage("a"))
    scenario.answer_effect(effects.RotatePicture, lambda e: events.PageRotated(e.request_id, letter_page("a")))
    assert scenario.visit.draft.pages[0].blank
    assert scenario.count_effects(effects.RecognisePage) == 0


def test_a_letter_and_typed_text_are_sent_together_in_either_order() -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND))
    )
    scenario.tap(events.Next(), events.WriteText("text", "ดูจดหมายแนบ"), events.SwitchToScan(), events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("a")))
    scenario.answer_effect(effects.RecognisePage, _read_well)
    scenario.tap(events.SwitchToTyping(), events.WriteText("text", "ดูจดหมายแนบ ขอบคุณ")).expect_screen(Screen.STORY)
    scenario.tap(events.Next()).expect_screen(Screen.REVIEW)
    scenario.tap(events.EditSection(Screen.STORY), events.SwitchToScan(), events.Next()).expect_screen(Screen.REVIEW)
    scenario.tap(events.SubmitComplaint())
    draft = scenario.newest_effect(effects.SaveSubmission).draft
    assert (draft.text, len(draft.pages)) == ("ดูจดหมายแนบ ขอบคุณ", 1)
    sealed = build_submission(
        draft,
        submission_id=UUID(SAVED_SUBMISSION.submission_id),
        tracking_code=SAVED_SUBMISSION.code,
        case_number=SAVED_SUBMISSION.number,
        language="th",
        clock_quality=ClockQuality.SYNCHRONISED,
    )
    assert (sealed.text, len(sealed.pages)) == (draft.text, 1)


def test_without_recognition_only_the_picture_is_sent() -> None:
    scenario = (
        Scenario()
        .dispatch(events.EnvironmentChanged(ocr_available=False))
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard())
    )
    scenario.tap(events.ChooseTopic(Topic.LAND), events.Next(), events.SwitchToScan(), events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("a")))
    assert scenario.count_effects(effects.RecognisePage) == 0
    assert scenario.visit.draft.pages[0].is_readable is False
    scenario.tap(events.Next()).expect_screen(Screen.REVIEW)


def test_each_part_is_edited_from_the_review_and_leads_back_to_it() -> None:
    scenario = Scenario().identify_by_card().write_complaint()
    for screen in (Screen.TOPIC, Screen.PLACE, Screen.STORY, Screen.CONTACT, Screen.PHONE, Screen.DETAILS):
        scenario.tap(events.EditSection(screen)).expect_screen(screen).tap(events.Next()).expect_screen(Screen.REVIEW)
        scenario.tap(events.EditSection(screen), events.Back()).expect_screen(Screen.REVIEW)
    scenario.tap(events.Back()).expect_screen(Screen.STORY)


def test_an_invalid_phone_number_is_reported_on_next() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.EditSection(Screen.PHONE), events.WriteText("phone", "12"), events.Next())
    )
    scenario.expect_screen(Screen.PHONE)
    assert scenario.visit.phone_invalid
    scenario.tap(events.WriteText("phone", "๐๘๑-๒๓๔ ๕๖๗๘"), events.Next()).expect_screen(Screen.REVIEW)
    assert scenario.visit.draft.phone == "0812345678"


def test_an_invalid_phone_number_left_by_back_is_reported_before_sending() -> None:
    scenario = Scenario().identify_by_card().write_complaint()
    scenario.tap(events.EditSection(Screen.PHONE), events.WriteText("phone", "12"), events.Back()).expect_screen(
        Screen.REVIEW
    )
    scenario.tap(events.SubmitComplaint()).expect_screen(Screen.PHONE)
    assert scenario.visit.phone_invalid
    assert scenario.count_effects(effects.SaveSubmission) == 0
    scenario.tap(events.WriteText("phone", ""), events.Next(), events.SubmitComplaint())
    assert scenario.count_effects(effects.SaveSubmission) == 1


def test_a_citizen_without_a_tambon_continues_with_the_district() -> None:
    scenario = Scenario().identify_by_card().write_complaint()
    scenario.tap(events.EditSection(Screen.PLACE), events.ChooseArea("4001", subareas_unknown=True), events.Next())
    scenario.expect_screen(Screen.REVIEW)
    assert (scenario.visit.draft.area, scenario.visit.draft.subareas_unknown) == ("4001", True)
    scenario.tap(events.EditSection(Screen.PLACE), events.ChooseArea("400115"), events.Next(), events.SubmitComplaint())
    assert (scenario.visit.draft.area, scenario.visit.draft.subareas_unknown) == ("400115", False)


def test_a_text_that_is_too_long_is_cut_between_letters() -> None:
    scenario = Scenario().identify_by_card().write_complaint()
    scenario.tap(events.EditSection(Screen.STORY), events.WriteText("text", "ก" * (MAX_TEXT_CHARS - 1) + "กี่"))
    assert scenario.visit.draft.text == "ก" * (MAX_TEXT_CHARS - 1)


def test_idle_time_asks_and_then_ends_the_visit_unless_touched() -> None:
    scenario = Scenario().identify_by_card().write_complaint()
    scenario.wait(123).expect_screen(Screen.REVIEW, Overlay.STILL_THERE).tap(events.DismissOverlay()).expect_screen(
        Screen.REVIEW
    )
    scenario.wait(246).expect_screen(Screen.REVIEW, Overlay.STILL_THERE).wait(31).expect_screen(Screen.ATTRACT)
    assert scenario.journey.visit is None
    assert isinstance(scenario.requested_effects[-1], effects.EraseVisitData)


def test_a_reply_to_still_there_makes_the_next_idle_time_longer() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .wait(123)
        .expect_screen(Screen.REVIEW, Overlay.STILL_THERE)
        .tap(events.DismissOverlay())
    )
    scenario.wait(200).expect_screen(Screen.REVIEW).wait(45).expect_screen(Screen.REVIEW, Overlay.STILL_THERE)


def test_reading_aloud_extends_the_idle_time() -> None:
    scenario = Scenario().identify_by_card().write_complaint().tap(events.ToggleReadAloud())
    scenario.wait(180).expect_screen(Screen.REVIEW).wait(5).expect_screen(Screen.REVIEW, Overlay.STILL_THERE)


def test_accessibility_options_reset_idle_time_and_lead_back() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.OpenAccessibility())
        .expect_screen(Screen.REVIEW, Overlay.ACCESSIBILITY)
    )
    for _ in range(5):
        scenario.wait(80).tap(events.NextContrast()).expect_screen(Screen.REVIEW, Overlay.ACCESSIBILITY)
    scenario.tap(events.ToggleLeftHanded(), events.DismissOverlay()).expect_screen(Screen.REVIEW)
    assert scenario.journey.accessibility.left_handed
    scenario.tap(events.OpenAccessibility()).wait(91).expect_screen(Screen.REVIEW, Overlay.STILL_THERE)


def test_typing_is_not_idle() -> None:
    scenario = Scenario().identify_by_card().tap(events.Next(), events.ChooseTopic(Topic.LAND), events.Next())
    for second in range(100):
        scenario.wait(10).tap(events.WriteText("text", "ก" * second))
    scenario.expect_screen(Screen.STORY)


def test_time_outs_grow_with_the_text_size() -> None:
    scenario = Scenario().identify_by_card().write_complaint()
    while scenario.journey.accessibility.text_size is not TextSize.LARGEST:
        scenario.tap(events.NextTextSize())
    scenario.wait(123).expect_screen(Screen.REVIEW)


def test_time_outs_grow_with_the_length_of_the_story() -> None:
    scenario = Scenario().identify_by_card().write_complaint().tap(events.WriteText("text", "ก" * 600))
    scenario.wait(179).expect_screen(Screen.REVIEW).wait(2).expect_screen(Screen.REVIEW, Overlay.STILL_THERE)


def test_a_staff_call_extends_the_idle_time_and_adds_a_warning() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.RequestStaff())
        .expect_screen(Screen.REVIEW, Overlay.STAFF)
    )
    scenario.wait(179).expect_screen(Screen.REVIEW, Overlay.STAFF).wait(2).expect_screen(
        Screen.REVIEW, Overlay.STILL_THERE
    )
    scenario.wait(31).expect_screen(Screen.ATTRACT)


def test_sending_becomes_received_while_the_receipt_is_shown() -> None:
    scenario = Scenario().identify_by_card().write_complaint().confirm_and_print()
    assert not scenario.visit.acknowledged
    scenario.dispatch(events.EnvironmentChanged(acknowledged_ids=("another-id",)))
    assert not scenario.visit.acknowledged
    scenario.dispatch(events.EnvironmentChanged(acknowledged_ids=("another-id", SAVED_SUBMISSION.submission_id)))
    assert scenario.visit.acknowledged
    scenario.dispatch(events.EnvironmentChanged(acknowledged_ids=("a-later-id",))).tap(events.Finish()).expect_screen(
        Screen.FAREWELL
    )
    assert scenario.visit.acknowledged, "the status stays when a later list lacks the submission"


def test_an_acknowledgement_before_the_receipt_screen_is_shown_on_it() -> None:
    scenario = Scenario().identify_by_card().write_complaint().tap(events.SubmitComplaint())
    scenario.dispatch(events.EnvironmentChanged(acknowledged_ids=(SAVED_SUBMISSION.submission_id,)))
    scenario.answer_effect(
        effects.SaveSubmission, lambda e: events.SaveSucceeded(e.request_id, SAVED_SUBMISSION)
    ).expect_screen(Screen.RECEIPT)
    assert scenario.visit.acknowledged


def test_a_revocation_blocks_new_visits_but_not_the_running_one() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .dispatch(events.EnvironmentChanged(revoked=True))
        .expect_screen(Screen.REVIEW)
    )
    scenario.confirm_and_print().tap(events.Finish(), events.Finish()).expect_screen(Screen.FAULT)
    assert scenario.journey.fault is Fault.REVOKED
    scenario.remove_card().insert_card().tap(events.BeginVisit()).expect_screen(Screen.FAULT)
    scenario.tap(events.OpenTracking()).expect_screen(Screen.TRACK).tap(events.Back()).expect_screen(Screen.FAULT)
    scenario.dispatch(events.EnvironmentChanged(revoked=False)).expect_screen(Screen.ATTRACT)


def test_an_abandoned_receipt_is_recorded_as_unconfirmed() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .confirm_and_print()
        .wait(200)
        .expect_screen(Screen.RECEIPT, Overlay.STILL_THERE)
        .wait(31)
    )
    scenario.expect_screen(Screen.ATTRACT)
    assert scenario.newest_effect(effects.ConfirmReceipt).confirmed is False


def test_only_enrolment_and_store_stop_a_new_visit() -> None:
    scenario = Scenario().dispatch(events.EnvironmentChanged(enrolled=False)).expect_screen(Screen.FAULT)
    assert scenario.journey.fault is Fault.NOT_ENROLLED
    scenario.insert_card().expect_screen(Screen.FAULT).remove_card()
    scenario.dispatch(events.EnvironmentChanged(enrolled=True)).expect_screen(Screen.ATTRACT)
    scenario.dispatch(events.EnvironmentChanged(outbox_writable=False)).expect_screen(Screen.FAULT)
    assert scenario.journey.fault is Fault.STORE_FULL
    scenario.tap(events.OpenTracking()).expect_screen(Screen.TRACK).tap(events.Back()).expect_screen(Screen.FAULT)
    scenario.dispatch(events.EnvironmentChanged(outbox_writable=True)).expect_screen(Screen.ATTRACT)
    for broken in (
        events.PrinterChanged(PrinterStatus.PAPER_OUT),
        events.ScannerChanged(ScannerStatus.ABSENT),
        events.CardReaderChanged(CardReaderStatus.NO_SERVICE),
        events.EnvironmentChanged(ocr_available=False, centre_reachable=False, clock_trusted=False),
    ):
        scenario.dispatch(broken).expect_screen(Screen.ATTRACT)
    scenario.tap(events.BeginVisit()).expect_screen(Screen.NOTICE)


def test_a_running_visit_is_never_stopped_by_a_fault() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .dispatch(events.EnvironmentChanged(enrolled=False, outbox_writable=False))
        .write_complaint()
        .confirm_and_print()
    )
    scenario.tap(events.Finish(), events.Finish()).expect_screen(Screen.FAULT)


def test_an_opened_fault_closes_when_its_cause_is_gone() -> None:
    scenario = Scenario().dispatch(events.PrinterChanged(PrinterStatus.PAPER_OUT))
    scenario.tap(events.ShowFault(Fault.PRINTER_PAPER_OUT)).expect_screen(Screen.FAULT)
    scenario.dispatch(events.PrinterChanged(PrinterStatus.READY)).expect_screen(Screen.ATTRACT)


def test_with_an_untrusted_clock_the_receipt_has_no_date() -> None:
    scenario = (
        Scenario()
        .dispatch(events.EnvironmentChanged(clock_trusted=False))
        .identify_by_card()
        .write_complaint()
        .confirm_and_print()
    )
    scenario.dispatch(events.ScreenShown(Screen.RECEIPT))
    assert scenario.newest_effect(effects.PrintReceipt).date_known is False


def test_tracking_by_typed_code_and_by_receipt() -> None:
    scenario = (
        Scenario()
        .tap(events.OpenTracking())
        .expect_screen(Screen.TRACK)
        .tap(events.SubmitTrackingCode("7KQ2-M9XD-4TBVX"))
    )
    assert scenario.visit.look_up_phase.value == "bad_code"
    assert scenario.count_effects(effects.LookUp) == 0
    scenario.tap(events.ScanReceiptCode()).answer_effect(
        effects.ReadReceiptCode, lambda e: events.ReceiptCodeReadFailed(e.request_id)
    )
    assert scenario.visit.look_up_phase.value == "paper_unreadable"
    scenario.tap(events.SubmitTrackingCode("KKN07A0001235"))
    assert scenario.visit.look_up_phase.value == "case_number", (
        "the case number on the receipt: thirteen of its fourteen characters"
    )
    scenario.tap(events.ScanReceiptCode(), events.SubmitTrackingCode(SAVED_SUBMISSION.code))
    assert scenario.count_effects(effects.LookUp) == 0, "one request at a time: the receipt is still being scanned"
    scenario.answer_effect(
        effects.ReadReceiptCode, lambda e: events.ReceiptCodeRead(e.request_id, SAVED_SUBMISSION.code)
    )
    scenario.answer_effect(
        effects.LookUp, lambda e: events.LookUpSucceeded(e.request_id, TrackingResponse(found=False, sentence="-"))
    )
    scenario.expect_screen(Screen.TRACKING_RESULT).tap(events.Back()).expect_screen(Screen.TRACK)


CLOSED_CASE = TrackingResponse(
    found=True,
    sentence="ยุติเรื่องแล้ว",
    closed=True,
    to_rate=(BodyToRate(key="7", name="อบต.บ้านเป็ด"), BodyToRate(key="9", name="การไฟฟ้า")),
)


def track_closed_case() -> Scenario:
    scenario = Scenario().tap(events.OpenTracking(), events.SubmitTrackingCode(SAVED_SUBMISSION.code))
    return scenario.answer_effect(effects.LookUp, lambda e: events.LookUpSucceeded(e.request_id, CLOSED_CASE))


def test_a_closed_case_is_rated_with_stars_for_each_agency() -> None:
    scenario = track_closed_case().tap(events.OpenRating()).expect_screen(Screen.RATING)
    scenario.tap(events.ChooseStars("7", 4), events.SubmitRating(), events.ChooseStars("7", 9))
    assert scenario.count_effects(effects.SendRating) == 0, "one agency has no stars yet"
    scenario.tap(events.ChooseStars("9", 1), events.ChooseStars("9", 2), events.ChooseStars("11", 5))
    scenario.tap(events.SubmitRating(), events.SubmitRating(), events.ChooseStars("7", 1))
    sent = scenario.newest_effect(effects.SendRating)
    assert (sent.code, sent.stars) == (SAVED_SUBMISSION.code, (("7", 4), ("9", 2)))
    assert scenario.count_effects(effects.SendRating) == 1
    rated = CLOSED_CASE.model_copy(update={"to_rate": (), "has_rated": True})
    scenario.answer_effect(effects.SendRating, lambda e: events.RatingSent(e.request_id, rated))
    scenario.expect_screen(Screen.TRACKING_RESULT).tap(events.OpenRating()).expect_screen(Screen.TRACKING_RESULT)
    assert scenario.visit.tracking_response == rated
    scenario.tap(events.Finish()).expect_screen(Screen.ATTRACT)


def test_the_survey_follows_the_rating_when_the_centre_sends_it() -> None:
    questions = (BodyToRate(key="survey-1", name="รวดเร็ว"), BodyToRate(key="survey-2", name="เชื่อมั่น"))
    rated = CLOSED_CASE.model_copy(update={"to_rate": (), "has_rated": True, "survey": questions})
    scenario = track_closed_case().tap(events.OpenRating(), events.ChooseStars("7", 4), events.ChooseStars("9", 2))
    scenario.tap(events.ChooseStars("survey-1", 4), events.SubmitRating())
    scenario.answer_effect(effects.SendRating, lambda e: events.RatingSent(e.request_id, rated))
    scenario.expect_screen(Screen.TRACKING_RESULT).tap(events.OpenRating()).expect_screen(Screen.RATING)
    scenario.tap(events.ChooseStars("survey-1", 5), events.ChooseStars("7", 1), events.SubmitRating())
    assert scenario.count_effects(effects.SendRating) == 1, "a question has no answer yet"
    scenario.tap(events.ChooseStars("survey-2", 3), events.SubmitRating())
    assert scenario.newest_effect(effects.SendRating).stars == (("survey-1", 5), ("survey-2", 3))
    answered = rated.model_copy(update={"survey": ()})
    scenario.answer_effect(effects.SendRating, lambda e: events.RatingSent(e.request_id, answered))
    scenario.expect_screen(Screen.TRACKING_RESULT).tap(events.OpenRating()).expect_screen(Screen.TRACKING_RESULT)


def test_a_rating_that_was_not_sent_keeps_its_stars_and_is_sent_again() -> None:
    scenario = track_closed_case().tap(events.OpenRating(), events.ChooseStars("7", 4), events.ChooseStars("9", 2))
    scenario.tap(events.SubmitRating()).answer_effect(effects.SendRating, lambda e: events.RatingFailed(e.request_id))
    assert scenario.visit.rating_phase is RatingPhase.NOT_SENT
    scenario.expect_screen(Screen.RATING).tap(events.SubmitRating())
    assert scenario.newest_effect(effects.SendRating).stars == (("7", 4), ("9", 2))


def test_an_open_case_offers_no_rating() -> None:
    scenario = Scenario().tap(events.OpenTracking(), events.SubmitTrackingCode(SAVED_SUBMISSION.code))
    is_open = TrackingResponse(found=True, sentence="-")
    scenario.answer_effect(effects.LookUp, lambda e: events.LookUpSucceeded(e.request_id, is_open))
    scenario.tap(events.OpenRating()).expect_screen(Screen.TRACKING_RESULT)


def test_after_a_restart_the_receipt_is_shown_again_and_its_print_asked_about() -> None:
    scenario = Scenario().dispatch(events.ReceiptRestored(SAVED_SUBMISSION, "en")).expect_screen(Screen.RECEIPT)
    scenario.dispatch(events.ScreenShown(Screen.RECEIPT))
    assert scenario.count_effects(effects.PrintReceipt) == 0, "a reprint is requested, never automatic"
    assert scenario.visit.print_verdict is PrintVerdict.PROBABLY_PRINTED
    scenario.tap(events.ReportReceiptPrinted(printed=True), events.Finish()).expect_screen(Screen.FAREWELL)
    assert scenario.newest_effect(effects.ConfirmReceipt).confirmed


def test_a_receipt_printed_after_a_restart_still_has_the_page_count() -> None:
    scenario = (
        Scenario()
        .dispatch(events.ReceiptRestored(replace(SAVED_SUBMISSION, pages=3)))
        .tap(events.ReportReceiptPrinted(printed=False))
    )
    assert scenario.tap(events.ReprintReceipt()).newest_effect(effects.PrintReceipt).page_count == 3


def test_a_feeder_fills_the_letter_page_by_page_until_it_is_empty() -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND))
    )
    scenario.tap(events.Next(), events.SwitchToScan(), events.ScanPage())
    scan = scenario.newest_effect(effects.ScanPages)
    assert scan.max_pages == 20
    for name in ("a", "b"):
        scenario.dispatch(events.PageScanned(scan.request_id, letter_page(name), more_pages_follow=True))
        assert scenario.visit.scan_phase is ScanPhase.SCANNING
    scenario.dispatch(events.ScanEnded(scan.request_id))
    assert (scenario.visit.scan_phase, len(scenario.visit.draft.pages)) == (ScanPhase.IDLE, 2)
    assert scenario.tap(events.ScanPage()).newest_effect(effects.ScanPages).max_pages == 18


def test_a_paper_jam_in_the_feeder_keeps_the_pages_before_it() -> None:
    scenario = (
        Scenario()
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND))
    )
    scenario.tap(events.Next(), events.SwitchToScan(), events.ScanPage())
    request_id = scenario.newest_effect(effects.ScanPages).request_id
    scenario.dispatch(
        events.PageScanned(request_id, letter_page("a"), more_pages_follow=True),
        events.ScanFailed(request_id, ScannerStatus.JAM),
    )
    assert (scenario.visit.scan_fault, len(scenario.visit.draft.pages)) == (Fault.SCANNER_JAM, 1)


def test_start_over_asks_only_when_something_would_be_lost() -> None:
    Scenario().tap(events.BeginVisit(), events.StartOver()).expect_screen(Screen.ATTRACT)
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .tap(events.StartOver())
        .expect_screen(Screen.REVIEW, Overlay.START_OVER)
    )
    scenario.tap(events.DismissOverlay()).expect_screen(Screen.REVIEW).tap(
        events.StartOver(), events.ConfirmStartOver()
    )
    scenario.expect_screen(Screen.ATTRACT)
    scenario = Scenario().identify_by_card().write_complaint()
    scenario.tap(*[events.Back()] * 4).expect_screen(Screen.IDENTIFY).tap(events.StartOver())
    scenario.expect_screen(Screen.IDENTIFY, Overlay.START_OVER).tap(
        events.DismissOverlay(), events.Back()
    ).expect_screen(Screen.NOTICE)
    scenario.tap(events.Back()).expect_screen(Screen.NOTICE, Overlay.START_OVER)


def test_accessibility_options_are_reset_after_the_visit() -> None:
    scenario = Scenario(environment=HEALTHY_ENVIRONMENT).tap(
        events.SetLanguage("en"), events.BeginVisit(), events.NextContrast()
    )
    assert scenario.journey.accessibility.language == "en"
    assert not scenario.journey.accessibility.long_press_keys, "a slow tap types the key's character"
    assert scenario.tap(events.ToggleLongPressKeys()).journey.accessibility.long_press_keys
    scenario.tap(events.Back())
    assert not scenario.journey.accessibility.long_press_keys
    assert scenario.journey.accessibility.language == "th"
    assert scenario.journey.accessibility.contrast is Contrast.NORMAL


def test_an_unexpected_error_stays_readable_and_closes_by_time() -> None:
    scenario = Scenario()
    scenario.journey = replace(scenario.journey, screen=Screen.FAULT, fault=Fault.UNEXPECTED)
    scenario.wait(5).expect_screen(Screen.FAULT).wait(120).expect_screen(Screen.ATTRACT)
