"""The visit told as stories: what a citizen does, and what the kiosk shows and asks for."""

from dataclasses import replace
from uuid import UUID

import pytest

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import RecognisedLine
from journey.complaint.submission_builder import submission
from journey.faults import Fault
from journey.state import CardPhase, Contrast, Overlay, PrintPhase, ScanPhase, Screen, Surroundings, TextSize
from protocol.choices import MAX_TEXT, ClockQuality, IdentitySource, Naming
from protocol.messages import TrackAnswer
from protocol.topics import Topic
from tests.scenarios.scenario import ALL_WELL, BOONMA, MINTED, SOMCHAI, Story, page


def test_card_and_typed_complaint_take_seven_taps() -> None:
    story = Story().card_in().sees(Screen.NOTICE)
    assert story.count(effects.ReadCard) == 0, "nothing is read before the notice is accepted"
    taps = [
        events.AcceptNotice(1_790_000_000.0),
        events.Next(),
        events.ChooseTopic(Topic.UTILITIES),
        events.Next(),
        events.Next(),
        events.Confirm(),
        events.Finish(),
    ]
    story.taps(taps[0]).answers(effects.ReadCard, lambda e: events.CardRead(e.ticket, BOONMA, "400106"))
    story.taps(taps[1], taps[2]).sees(Screen.PLACE)
    assert story.visit.draft.area == "400106", "prefilled from the card"
    story.taps(taps[3]).sees(Screen.TELL).taps(events.WriteText("ถนนชำรุด"), taps[4]).sees(Screen.REVIEW)
    story.taps(taps[5]).answers(effects.Save, lambda e: events.Saved(e.ticket, MINTED)).sees(Screen.RECEIPT)
    assert story.count(effects.PrintReceipt) == 0, "the codes are on the screen before the printer is asked"
    story.happens(events.Painted(Screen.RECEIPT))
    assert story.newest(effects.PrintReceipt).copy == 1
    story.answers(
        effects.PrintReceipt, lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.PRINTED, PrinterStatus.READY)
    )
    story.card_out().taps(taps[6]).sees(Screen.FAREWELL).waits(9).sees(Screen.ATTRACT)
    assert story.journey.visit is None
    assert [type(effect) for effect in story.asked] == [
        effects.ReadCard,
        effects.Save,
        effects.KeepReceiptNote,
        effects.PrintReceipt,
        effects.ConfirmReceipt,
        effects.Wipe,
    ]
    assert story.newest(effects.ConfirmReceipt).confirmed
    assert len(taps) <= 8


def _read_well(effect: effects.RecognisePage) -> events.PageRecognised:
    line = RecognisedLine("เรื่อง น้ำประปาไม่ไหล", 91.0, unsure=False)
    return events.PageRecognised(effect.ticket, effect.page_id, (line,), True, 91.0)


def test_no_card_and_a_scanned_letter_of_three_pages() -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard()).sees(Screen.TOPIC)
    story.taps(events.ChooseTopic(Topic.UNSURE), events.Next(), events.TellByScan()).sees(Screen.SCAN)
    for name in ("one", "two", "three"):
        story.taps(events.ScanPage())
        ticket = story.newest(effects.ScanOnePage).ticket
        story.happens(events.PageProgress(ticket, 0.5))
        assert story.visit.scan_progress == 0.5
        story.happens(events.PageScanned(ticket, page(name)))
        story.answers(effects.RecognisePage, _read_well)
    story.taps(events.Next()).sees(Screen.REVIEW).confirmed()
    save = story.newest(effects.Save)
    assert [p.current_text for p in save.draft.pages] == ["เรื่อง น้ำประปาไม่ไหล"] * 3
    assert save.draft.card is None
    assert save.draft.identity_source is IdentitySource.NONE
    assert story.count(effects.ReadCard) == 0, "a visit without card never talks to the reader"


def test_a_card_pulled_out_covers_the_person_and_the_same_card_uncovers() -> None:
    story = Story().identified().told().card_out().sees(Screen.REVIEW, Overlay.CARD_OUT)
    assert story.visit.covered
    assert story.visit.draft.text, "the draft stays"
    story.card_in().answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, BOONMA.citizen_id))
    story.sees(Screen.REVIEW)
    assert not story.visit.covered


def test_who_goes_on_without_the_card_can_send_the_story_but_not_see_or_change_it() -> None:
    story = Story().identified().told().card_out().taps(events.Dismiss(), events.Edit(Screen.TELL)).sees(Screen.TELL)
    assert story.visit.story_covered
    story.taps(events.WriteText("เรื่องอื่น"), events.TellByScan(), events.ScanPage())
    assert story.visit.draft.text == "ถนนหน้าหมู่บ้านชำรุด"
    assert story.count(effects.ScanOnePage) == 0
    story.taps(events.Next()).sees(Screen.REVIEW).confirmed()
    assert story.newest(effects.Save).draft.text == "ถนนหน้าหมู่บ้านชำรุด"


def test_a_covered_story_may_be_given_up_and_told_anew() -> None:
    story = Story().identified().told().card_out().taps(events.Dismiss(), events.Edit(Screen.TELL), events.TellAnew())
    assert story.visit.draft.text == ""
    story.taps(events.WriteText("เล่าใหม่"), events.Next()).sees(Screen.REVIEW)
    assert story.visit.covered, "the person stays hidden"
    assert not story.visit.story_covered, "what was told since is no secret"


def test_who_takes_the_card_out_before_telling_writes_on() -> None:
    story = Story().identified().taps(events.Next(), events.ChooseTopic(Topic.LAND), events.Next()).sees(Screen.TELL)
    story.card_out().taps(events.Dismiss(), events.WriteText("น้ำท่วม"), events.Next()).sees(Screen.REVIEW)
    assert not story.visit.story_covered


def test_going_on_without_a_card_uncovers_nothing() -> None:
    story = Story().identified().told().taps(events.WritePhone("0812345678"), events.WriteSpot("หน้าวัด"))
    story.card_out().taps(events.Dismiss(), *[events.Back()] * 4).sees(Screen.IDENTIFY).taps(events.WithoutCard())
    assert (story.visit.draft.phone, story.visit.draft.spot, story.visit.story_covered) == ("", "", True)


def test_another_persons_card_is_asked_to_start_over_or_go_on_once_it_is_out() -> None:
    story = Story().identified().told().card_out().card_in()
    story.answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, SOMCHAI.citizen_id))
    story.sees(Screen.REVIEW, Overlay.OTHER_CARD).taps(events.Dismiss()).sees(Screen.REVIEW, Overlay.OTHER_CARD)
    story.card_out().taps(events.Dismiss()).sees(Screen.REVIEW)
    assert story.visit.covered, "still hidden: the first person's card is not back"


def test_start_over_with_another_persons_card_begins_that_persons_visit() -> None:
    story = Story().identified().told().card_out().card_in()
    story.answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, SOMCHAI.citizen_id))
    first = story.visit.visit_id
    story.taps(events.StartOver()).sees(Screen.NOTICE)
    assert story.visit.visit_id != first
    assert story.visit.draft.card is None
    assert story.newest(effects.Wipe).visit_id == first


def test_a_new_card_waits_after_saving_and_then_begins_its_own_visit() -> None:
    story = Story().identified().told().confirmed().card_out().card_in().sees(Screen.RECEIPT)
    story.answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, SOMCHAI.citizen_id))
    story.taps(events.Finish()).sees(Screen.FAREWELL).taps(events.Finish()).sees(Screen.NOTICE)
    assert story.visit.draft.card is None


def test_another_persons_card_known_only_after_send_was_pressed_waits_for_the_receipt() -> None:
    story = Story().identified().told().card_out().card_in().taps(events.Dismiss(), events.Confirm())
    story.answers(effects.Save, lambda e: events.Saved(e.ticket, MINTED)).sees(Screen.RECEIPT)
    story.answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, SOMCHAI.citizen_id)).sees(Screen.RECEIPT)
    story.taps(events.Finish(), events.CodeKept(), events.Finish()).sees(Screen.NOTICE)


def test_another_persons_card_seen_while_saving_waits_for_the_receipt() -> None:
    story = Story().identified().told().card_out().card_in().taps(events.Dismiss(), events.Confirm())
    story.answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, SOMCHAI.citizen_id))
    story.answers(effects.Save, lambda e: events.Saved(e.ticket, MINTED)).sees(Screen.RECEIPT)
    story.taps(events.Finish(), events.CodeKept(), events.Finish()).sees(Screen.NOTICE)


def test_a_card_put_in_while_a_visit_without_card_is_saved_is_not_read() -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard()).taps(events.ChooseTopic(Topic.LAND))
    story.taps(events.Next(), events.WriteText("เรื่อง"), events.Next(), events.Confirm()).card_in()
    story.answers(effects.Save, lambda e: events.Saved(e.ticket, MINTED))
    story.taps(events.Finish(), events.CodeKept(), events.Finish()).sees(Screen.ATTRACT)
    assert story.journey.around.card_left_behind
    assert story.count(effects.ReadCard) == 0


def test_a_read_card_is_never_replaced_by_another_read_again() -> None:
    story = Story().identified().card_out().taps(events.Dismiss(), events.ReadCardAgain())
    assert story.visit.card_phase is CardPhase.READ
    story.card_in()
    assert story.count(effects.ReadCard) == 1
    assert story.count(effects.ReadCardId) == 1


def test_a_card_put_in_while_reading_about_the_kiosk_opens_the_notice() -> None:
    Story().taps(events.OpenAbout()).sees(Screen.ABOUT).card_in().sees(Screen.NOTICE)


def test_the_notice_looked_at_again_leaves_a_visit_without_card_without_card() -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard(), events.Back(), events.Back())
    story.sees(Screen.NOTICE).card_in().accepts().sees(Screen.IDENTIFY)
    assert story.count(effects.ReadCard) == 0
    assert story.visit.card_phase is CardPhase.DECLINED


def test_a_forgotten_card_does_not_begin_a_visit_by_itself() -> None:
    story = Story().identified().told().confirmed().taps(events.Finish(), events.Finish())
    story.sees(Screen.ATTRACT)


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (CardFault.NOT_THAI_ID, Fault.CARD_NOT_THAI_ID),
        (CardFault.MUTE, Fault.CARD_MUTE),
        (CardFault.PULLED_OUT, Fault.CARD_PULLED_OUT),
        (CardFault.BAD_CONTENT, Fault.CARD_UNREADABLE),
    ],
)
def test_a_card_that_cannot_be_read_says_so_and_leaves_both_ways_open(fault: CardFault, shown: Fault) -> None:
    story = Story().card_in().accepts().answers(effects.ReadCard, lambda e: events.CardReadFailed(e.ticket, fault))
    assert (story.visit.card_phase, story.visit.card_fault) == (CardPhase.FAILED, shown)
    story.taps(events.Next()).sees(Screen.IDENTIFY)
    story.taps(events.ReadCardAgain())
    assert story.visit.card_phase is CardPhase.READING
    story.answers(effects.ReadCard, lambda e: events.CardReadFailed(e.ticket, fault))
    story.taps(events.WithoutCard()).sees(Screen.TOPIC)


def test_a_card_pulled_out_while_it_is_read_is_waited_for_again() -> None:
    story = Story().card_in().accepts().card_out()
    assert (story.visit.card_phase, story.visit.card_fault) == (CardPhase.WAITING, Fault.CARD_PULLED_OUT)
    first = story.newest(effects.ReadCard)
    story.happens(events.CardRead(first.ticket, BOONMA, ""))
    assert story.visit.draft.card is None, "the late answer of the first reading is dropped"
    story.card_in()
    assert story.newest(effects.ReadCard).ticket != first.ticket


def test_no_reader_means_without_card_only() -> None:
    story = Story(around=Surroundings(card_reader=CardReaderStatus.NO_READER, enrolled=True))
    story.taps(events.Begin()).accepts()
    assert (story.visit.card_phase, story.visit.card_fault) == (CardPhase.FAILED, Fault.CARD_NO_READER)
    story.taps(events.WithoutCard()).sees(Screen.TOPIC)


def test_anonymous_drops_the_identity_before_sealing() -> None:
    story = Story().identified().told().taps(events.WritePhone("0812345678"), events.ChooseNaming(Naming.ANONYMOUS))
    story.taps(events.Confirm())
    save = story.newest(effects.Save)
    assert (save.draft.card, save.draft.phone, save.draft.typed_name) == (None, "", "")
    assert story.visit.draft.card is None, "dropped from the state, not only from the message"


def test_after_a_failed_anonymous_save_the_own_card_is_nobody_elses() -> None:
    story = Story().identified().told().taps(events.ChooseNaming(Naming.ANONYMOUS), events.Confirm())
    story.answers(effects.Save, lambda e: events.SaveFailed(e.ticket, Fault.SAVE_FAILED))
    story.card_out().card_in().sees(Screen.REVIEW)
    assert story.count(effects.ReadCardId) == 0


def test_no_paper_is_said_and_the_code_stays_to_be_photographed() -> None:
    story = Story().identified().told().happens(events.PrinterChanged(PrinterStatus.PAPER_OUT)).confirmed()
    story.happens(events.Painted(Screen.RECEIPT))
    assert (story.visit.print_phase, story.visit.print_verdict) == (PrintPhase.DONE, PrintVerdict.NOT_PRINTED)
    assert story.count(effects.PrintReceipt) == 0
    story.happens(events.PrinterChanged(PrinterStatus.READY)).taps(events.PrintAgain())
    assert not story.newest(effects.PrintReceipt).is_copy, "no paper is out yet: this one is the original"


def test_a_printer_that_cannot_say_is_asked_about_and_a_reprint_is_marked_a_copy() -> None:
    story = Story().identified().told().saved().happens(events.Painted(Screen.RECEIPT))
    unsure = lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNKNOWN)  # noqa: E731
    story.answers(effects.PrintReceipt, unsure).taps(events.PaperCameOut(yes=True), events.PrintAgain())
    assert story.newest(effects.PrintReceipt).is_copy
    assert story.newest(effects.PrintReceipt).copy == 2
    story.answers(effects.PrintReceipt, unsure).taps(events.PaperCameOut(yes=False))
    assert story.visit.print_verdict is PrintVerdict.NOT_PRINTED


def test_a_failed_save_loses_nothing_and_can_be_pressed_again() -> None:
    story = Story().identified().told().taps(events.Confirm(), events.Confirm())
    assert story.count(effects.Save) == 1, "pressing twice does not save twice"
    story.answers(effects.Save, lambda e: events.SaveFailed(e.ticket, Fault.SAVE_FAILED)).sees(Screen.REVIEW)
    assert story.visit.save_fault is Fault.SAVE_FAILED
    assert story.visit.draft.text
    story.confirmed()
    assert story.count(effects.Save) == 2


@pytest.mark.parametrize(
    ("status", "fault"),
    [(ScannerStatus.JAM, Fault.SCANNER_JAM), (ScannerStatus.NO_PAPER, Fault.SCANNER_NO_PAPER)],
)
def test_a_scan_that_fails_says_why_and_typing_stays_possible(status: ScannerStatus, fault: Fault) -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND))
    story.taps(events.Next(), events.TellByScan(), events.ScanPage())
    story.answers(effects.ScanOnePage, lambda e: events.ScanFailed(e.ticket, status))
    assert (story.visit.scan_phase, story.visit.scan_fault) == (ScanPhase.FAILED, fault)
    story.taps(events.TellByTyping()).sees(Screen.TELL)


def test_pages_can_be_turned_and_removed_and_late_readings_are_dropped() -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND))
    story.taps(events.Next(), events.TellByScan(), events.ScanPage())
    story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, page("a")))
    first = story.newest(effects.RecognisePage)
    story.taps(events.TurnPage("a")).answers(effects.TurnPicture, lambda e: events.PageTurned(e.ticket, page("a")))
    line = RecognisedLine("ข้อความ", 90.0, unsure=False)
    before = story.journey
    story.happens(events.PageRecognised(first.ticket, "a", (line,), True, 90.0))
    assert story.journey == before
    story.taps(events.RemovePage("a"))
    assert story.visit.draft.pages == ()
    assert story.newest(effects.DropPage).page_id == "a"
    story.taps(events.Next()).sees(Screen.SCAN)


def _at_a_blank_page() -> Story:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND))
    story.taps(events.Next(), events.TellByScan(), events.ScanPage())
    return story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, replace(page("a"), blank=True)))


def test_a_blank_page_is_not_read_and_its_other_side_takes_its_place() -> None:
    story = _at_a_blank_page()
    assert story.count(effects.RecognisePage) == 0
    story.taps(events.ScanInstead("a"))
    assert (story.visit.draft.pages, story.newest(effects.DropPage).page_id) == ((), "a")
    story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, page("b")))
    assert [p.page_id for p in story.visit.draft.pages] == ["b"]
    story.answers(effects.RecognisePage, _read_well).taps(events.Next()).sees(Screen.REVIEW)


def test_a_page_that_only_looks_blank_can_be_kept_and_is_read_then() -> None:
    story = _at_a_blank_page().taps(events.KeepPage("a"))
    assert not story.visit.draft.pages[0].blank
    story.answers(effects.RecognisePage, _read_well).taps(events.Next()).sees(Screen.REVIEW)
    before = story.journey
    assert story.taps(events.KeepPage("a")).journey == before


def test_a_blank_page_stays_while_nothing_can_be_scanned() -> None:
    story = _at_a_blank_page().happens(events.ScannerChanged(ScannerStatus.ABSENT)).taps(events.ScanInstead("a"))
    assert [p.page_id for p in story.visit.draft.pages] == ["a"]
    assert story.visit.scan_fault is Fault.SCANNER_ABSENT


def test_turning_a_blank_page_leaves_it_blank() -> None:
    story = _at_a_blank_page().taps(events.TurnPage("a"))
    story.answers(effects.TurnPicture, lambda e: events.PageTurned(e.ticket, page("a")))
    assert story.visit.draft.pages[0].blank
    assert story.count(effects.RecognisePage) == 0


def test_a_letter_and_typed_words_are_sent_together_in_either_order() -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND))
    story.taps(events.Next(), events.WriteText("ดูจดหมายแนบ"), events.TellByScan(), events.ScanPage())
    story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, page("a")))
    story.answers(effects.RecognisePage, _read_well)
    story.taps(events.TellByTyping(), events.WriteText("ดูจดหมายแนบ ขอบคุณ")).sees(Screen.TELL)
    story.taps(events.Next()).sees(Screen.REVIEW)
    story.taps(events.Edit(Screen.TELL), events.TellByScan(), events.Next()).sees(Screen.REVIEW)
    story.taps(events.Confirm())
    draft = story.newest(effects.Save).draft
    assert (draft.text, len(draft.pages)) == ("ดูจดหมายแนบ ขอบคุณ", 1)
    sealed = submission(
        draft,
        submission_id=UUID(MINTED.submission_id),
        tracking_code=MINTED.code,
        case_number=MINTED.number,
        language="th",
        clock_quality=ClockQuality.SYNCHRONISED,
    )
    assert (sealed.text, len(sealed.pages)) == (draft.text, 1)


def test_without_recognition_the_picture_alone_goes() -> None:
    story = Story().happens(events.HealthChanged(ocr=False)).taps(events.Begin()).accepts().taps(events.WithoutCard())
    story.taps(events.ChooseTopic(Topic.LAND), events.Next(), events.TellByScan(), events.ScanPage())
    story.answers(effects.ScanOnePage, lambda e: events.PageScanned(e.ticket, page("a")))
    assert story.count(effects.RecognisePage) == 0
    assert story.visit.draft.pages[0].readable is False
    story.taps(events.Next()).sees(Screen.REVIEW)


def test_each_part_is_edited_from_the_review_and_leads_back_to_it() -> None:
    story = Story().identified().told()
    for screen in (Screen.TOPIC, Screen.PLACE, Screen.TELL, Screen.CONTACT, Screen.PHONE, Screen.DETAILS):
        story.taps(events.Edit(screen)).sees(screen).taps(events.Next()).sees(Screen.REVIEW)
        story.taps(events.Edit(screen), events.Back()).sees(Screen.REVIEW)
    story.taps(events.Back()).sees(Screen.TELL)


def test_a_wrong_phone_number_is_said_on_the_spot() -> None:
    story = Story().identified().told().taps(events.Edit(Screen.PHONE), events.WritePhone("12"), events.Next())
    story.sees(Screen.PHONE)
    assert story.visit.phone_bad
    story.taps(events.WritePhone("๐๘๑-๒๓๔ ๕๖๗๘"), events.Next()).sees(Screen.REVIEW)
    assert story.visit.draft.phone == "0812345678"


def test_a_wrong_phone_number_left_by_back_is_said_before_sending() -> None:
    story = Story().identified().told()
    story.taps(events.Edit(Screen.PHONE), events.WritePhone("12"), events.Back()).sees(Screen.REVIEW)
    story.taps(events.Confirm()).sees(Screen.PHONE)
    assert story.visit.phone_bad
    assert story.count(effects.Save) == 0
    story.taps(events.WritePhone(""), events.Next(), events.Confirm())
    assert story.count(effects.Save) == 1


def test_whoever_does_not_know_the_tambon_goes_on_with_the_district() -> None:
    story = Story().identified().told()
    story.taps(events.Edit(Screen.PLACE), events.ChooseArea("4001", rest_unknown=True), events.Next())
    story.sees(Screen.REVIEW)
    assert (story.visit.draft.area, story.visit.draft.rest_unknown) == ("4001", True)
    story.taps(events.Edit(Screen.PLACE), events.ChooseArea("400115"), events.Next(), events.Confirm())
    assert (story.visit.draft.area, story.visit.draft.rest_unknown) == ("400115", False)


def test_what_is_too_long_is_cut_between_letters() -> None:
    story = Story().identified().told()
    story.taps(events.Edit(Screen.TELL), events.WriteText("ก" * (MAX_TEXT - 1) + "กี่"))
    assert story.visit.draft.text == "ก" * (MAX_TEXT - 1)


def test_idle_asks_and_then_wipes_and_a_touch_saves_it() -> None:
    story = Story().identified().told()
    story.waits(123).sees(Screen.REVIEW, Overlay.STILL_THERE).taps(events.Dismiss()).sees(Screen.REVIEW)
    story.waits(246).sees(Screen.REVIEW, Overlay.STILL_THERE).waits(31).sees(Screen.ATTRACT)
    assert story.journey.visit is None
    assert isinstance(story.asked[-1], effects.Wipe)


def test_who_answers_still_there_is_not_asked_so_soon_again() -> None:
    story = Story().identified().told().waits(123).sees(Screen.REVIEW, Overlay.STILL_THERE).taps(events.Dismiss())
    story.waits(200).sees(Screen.REVIEW).waits(45).sees(Screen.REVIEW, Overlay.STILL_THERE)


def test_who_listens_is_given_time() -> None:
    story = Story().identified().told().taps(events.ToggleReadAloud())
    story.waits(180).sees(Screen.REVIEW).waits(5).sees(Screen.REVIEW, Overlay.STILL_THERE)


def test_choosing_comfort_is_not_idling_and_leads_back() -> None:
    story = Story().identified().told().taps(events.OpenComfort()).sees(Screen.REVIEW, Overlay.COMFORT)
    for _ in range(5):
        story.waits(80).taps(events.NextContrast()).sees(Screen.REVIEW, Overlay.COMFORT)
    story.taps(events.ToggleLeftHanded(), events.Dismiss()).sees(Screen.REVIEW)
    assert story.journey.comfort.left_handed
    story.taps(events.OpenComfort()).waits(91).sees(Screen.REVIEW, Overlay.STILL_THERE)


def test_writing_is_not_idling() -> None:
    story = Story().identified().taps(events.Next(), events.ChooseTopic(Topic.LAND), events.Next())
    for second in range(100):
        story.waits(10).taps(events.WriteText("ก" * second))
    story.sees(Screen.TELL)


def test_time_outs_grow_with_the_text_size() -> None:
    story = Story().identified().told()
    while story.journey.comfort.text_size is not TextSize.LARGEST:
        story.taps(events.NextTextSize())
    story.waits(123).sees(Screen.REVIEW)


def test_time_outs_grow_with_the_story_there_is_to_read_again() -> None:
    story = Story().identified().told().taps(events.WriteText("ก" * 600))
    story.waits(179).sees(Screen.REVIEW).waits(2).sees(Screen.REVIEW, Overlay.STILL_THERE)


def test_who_called_staff_is_waited_for_and_warned_before_anything_is_erased() -> None:
    story = Story().identified().told().taps(events.AskStaff()).sees(Screen.REVIEW, Overlay.STAFF)
    story.waits(179).sees(Screen.REVIEW, Overlay.STAFF).waits(2).sees(Screen.REVIEW, Overlay.STILL_THERE)
    story.waits(31).sees(Screen.ATTRACT)


def test_being_sent_becomes_received_while_the_citizen_stands_there() -> None:
    story = Story().identified().told().confirmed()
    assert not story.visit.received
    story.happens(events.HealthChanged(received=("another-id",)))
    assert not story.visit.received
    story.happens(events.HealthChanged(received=("another-id", MINTED.submission_id)))
    assert story.visit.received
    story.happens(events.HealthChanged(received=("a-later-id",))).taps(events.Finish()).sees(Screen.FAREWELL)
    assert story.visit.received, "it is not taken back when the list has moved on"


def test_what_the_centre_had_before_the_receipt_came_up_is_said_on_it() -> None:
    story = Story().identified().told().taps(events.Confirm())
    story.happens(events.HealthChanged(received=(MINTED.submission_id,)))
    story.answers(effects.Save, lambda e: events.Saved(e.ticket, MINTED)).sees(Screen.RECEIPT)
    assert story.visit.received


def test_a_kiosk_that_is_revoked_stops_new_visits_and_no_running_one() -> None:
    story = Story().identified().told().happens(events.HealthChanged(revoked=True)).sees(Screen.REVIEW)
    story.confirmed().taps(events.Finish(), events.Finish()).sees(Screen.FAULT)
    assert story.journey.fault is Fault.REVOKED
    story.card_out().card_in().taps(events.Begin()).sees(Screen.FAULT)
    story.taps(events.OpenTrack()).sees(Screen.TRACK).taps(events.Back()).sees(Screen.FAULT)
    story.happens(events.HealthChanged(revoked=False)).sees(Screen.ATTRACT)


def test_a_receipt_left_standing_is_recorded_as_not_confirmed() -> None:
    story = Story().identified().told().confirmed().waits(200).sees(Screen.RECEIPT, Overlay.STILL_THERE).waits(31)
    story.sees(Screen.ATTRACT)
    assert story.newest(effects.ConfirmReceipt).confirmed is False


def test_nothing_but_enrolment_and_the_store_stops_a_new_visit() -> None:
    story = Story().happens(events.HealthChanged(enrolled=False)).sees(Screen.FAULT)
    assert story.journey.fault is Fault.NOT_ENROLLED
    story.card_in().sees(Screen.FAULT).card_out()
    story.happens(events.HealthChanged(enrolled=True)).sees(Screen.ATTRACT)
    story.happens(events.HealthChanged(outbox_open=False)).sees(Screen.FAULT)
    assert story.journey.fault is Fault.STORE_FULL
    story.taps(events.OpenTrack()).sees(Screen.TRACK).taps(events.Back()).sees(Screen.FAULT)
    story.happens(events.HealthChanged(outbox_open=True)).sees(Screen.ATTRACT)
    for broken in (
        events.PrinterChanged(PrinterStatus.PAPER_OUT),
        events.ScannerChanged(ScannerStatus.ABSENT),
        events.CardReaderChanged(CardReaderStatus.NO_SERVICE),
        events.HealthChanged(ocr=False, network=False, clock_trusted=False),
    ):
        story.happens(broken).sees(Screen.ATTRACT)
    story.taps(events.Begin()).sees(Screen.NOTICE)


def test_a_running_visit_is_never_stopped() -> None:
    story = Story().identified().happens(events.HealthChanged(enrolled=False, outbox_open=False)).told().confirmed()
    story.taps(events.Finish(), events.Finish()).sees(Screen.FAULT)


def test_a_fault_looked_at_leaves_by_itself_when_its_cause_is_gone() -> None:
    story = Story().happens(events.PrinterChanged(PrinterStatus.PAPER_OUT))
    story.taps(events.ShowFault(Fault.PRINTER_PAPER_OUT)).sees(Screen.FAULT)
    story.happens(events.PrinterChanged(PrinterStatus.READY)).sees(Screen.ATTRACT)


def test_an_untrusted_clock_leaves_the_date_off_the_receipt() -> None:
    story = Story().happens(events.HealthChanged(clock_trusted=False)).identified().told().confirmed()
    story.happens(events.Painted(Screen.RECEIPT))
    assert story.newest(effects.PrintReceipt).date_known is False


def test_tracking_by_code_and_by_paper() -> None:
    story = Story().taps(events.OpenTrack()).sees(Screen.TRACK).taps(events.SubmitCode("7KQ2-M9XD-4TBVX"))
    assert story.visit.look_up.value == "bad_code"
    assert story.count(effects.LookUp) == 0
    story.taps(events.ReadCodeFromPaper()).answers(effects.ReadPaperCode, lambda e: events.CodeNotRead(e.ticket))
    assert story.visit.look_up.value == "paper_unreadable"
    story.taps(events.SubmitCode("KKN07A0001235"))
    assert story.visit.look_up.value == "case_number", "the other number on the paper: thirteen keys of its fourteen"
    story.taps(events.ReadCodeFromPaper(), events.SubmitCode(MINTED.code))
    assert story.count(effects.LookUp) == 0, "one question at a time: the paper is still looked at"
    story.answers(effects.ReadPaperCode, lambda e: events.CodeRead(e.ticket, MINTED.code))
    story.answers(effects.LookUp, lambda e: events.LookedUp(e.ticket, TrackAnswer(found=False, sentence="-")))
    story.sees(Screen.TRACKED).taps(events.Back()).sees(Screen.TRACK)


def test_after_a_restart_the_receipt_is_shown_again_and_its_paper_asked_about() -> None:
    story = Story().happens(events.Restored(MINTED, "en")).sees(Screen.RECEIPT)
    story.happens(events.Painted(Screen.RECEIPT))
    assert story.count(effects.PrintReceipt) == 0, "a reprint is asked for, never automatic"
    assert story.visit.print_verdict is PrintVerdict.PROBABLY_PRINTED
    story.taps(events.PaperCameOut(yes=True), events.Finish()).sees(Screen.FAREWELL)
    assert story.newest(effects.ConfirmReceipt).confirmed


def test_a_receipt_printed_after_a_restart_still_says_how_many_pages_the_letter_has() -> None:
    story = Story().happens(events.Restored(replace(MINTED, pages=3))).taps(events.PaperCameOut(yes=False))
    assert story.taps(events.PrintAgain()).newest(effects.PrintReceipt).pages == 3


def test_a_feeder_fills_the_letter_page_by_page_until_it_is_empty() -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND))
    story.taps(events.Next(), events.TellByScan(), events.ScanPage())
    asked = story.newest(effects.ScanOnePage)
    assert asked.most == 20
    for name in ("a", "b"):
        story.happens(events.PageScanned(asked.ticket, page(name), more=True))
        assert story.visit.scan_phase is ScanPhase.SCANNING
    story.happens(events.ScanEnded(asked.ticket))
    assert (story.visit.scan_phase, len(story.visit.draft.pages)) == (ScanPhase.IDLE, 2)
    assert story.taps(events.ScanPage()).newest(effects.ScanOnePage).most == 18


def test_a_jam_in_the_feeder_keeps_the_pages_before_it() -> None:
    story = Story().taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND))
    story.taps(events.Next(), events.TellByScan(), events.ScanPage())
    ticket = story.newest(effects.ScanOnePage).ticket
    story.happens(events.PageScanned(ticket, page("a"), more=True), events.ScanFailed(ticket, ScannerStatus.JAM))
    assert (story.visit.scan_fault, len(story.visit.draft.pages)) == (Fault.SCANNER_JAM, 1)


def test_start_over_asks_only_when_something_would_be_lost() -> None:
    Story().taps(events.Begin(), events.StartOver()).sees(Screen.ATTRACT)
    story = Story().identified().told().taps(events.StartOver()).sees(Screen.REVIEW, Overlay.START_OVER)
    story.taps(events.Dismiss()).sees(Screen.REVIEW).taps(events.StartOver(), events.StartOverYes())
    story.sees(Screen.ATTRACT)
    story = Story().identified().told()
    story.taps(*[events.Back()] * 4).sees(Screen.IDENTIFY).taps(events.StartOver())
    story.sees(Screen.IDENTIFY, Overlay.START_OVER).taps(events.Dismiss(), events.Back()).sees(Screen.NOTICE)
    story.taps(events.Back()).sees(Screen.NOTICE, Overlay.START_OVER)


def test_comfort_is_forgotten_with_the_visit() -> None:
    story = Story(around=ALL_WELL).taps(events.SetLanguage("en"), events.Begin(), events.NextContrast())
    assert story.journey.comfort.language == "en"
    assert not story.journey.comfort.hold_keys, "a slow finger types what stands on the key"
    assert story.taps(events.ToggleHoldKeys()).journey.comfort.hold_keys
    story.taps(events.Back())
    assert not story.journey.comfort.hold_keys
    assert story.journey.comfort.language == "th"
    assert story.journey.comfort.contrast is Contrast.NORMAL


def test_an_unexpected_error_stays_to_be_read_and_leaves_by_time() -> None:
    story = Story()
    story.journey = replace(story.journey, screen=Screen.FAULT, fault=Fault.UNEXPECTED)
    story.waits(5).sees(Screen.FAULT).waits(120).sees(Screen.ATTRACT)
