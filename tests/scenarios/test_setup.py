"""The set-up on the screen: from page to page, what may be skipped, and where it continues after a power cut."""

from dataclasses import replace

import pytest

from journey import effects, events
from journey.screens import Screen
from journey.setup.navigation import picture_rotation, present_page
from journey.setup.pages import PAGES, REOPENED, PageKind
from journey.setup.sentences import SENTENCES, outcome_text
from journey.setup.setup_state import Setup, SetupTask, TaskOutcome
from journey.state import Journey, KioskProfile
from journey.step import step

RECOVERY_KEY = "gdrelkvu-nbtvifjc-hhlkbujn-ccgtrleh-ibejvdfr-tukgnlhd-cvrdebfu-ntjkhigl"  # invented
ANSWERS = {
    "network.kind": "dhcp",
    "network.login": "none",
    "clock.kind": "usual",
    "centre.url": "https://centre.example",
    "hall.kiosk_id": "KKN07",
    "hall.name_th": "ศาลากลาง",
    "hall.name_en": "Hall",
    "reader.present": "yes",
    "scanner.device": "none",
    "printer.connection": "none",
    "sound.present": "none",
    "pin.new": "471108",
    "pin.again": "471108",
}


class Technician:
    """Answers the pages of a set-up; `tasks` are those that the machine was asked to do."""

    def __init__(self, setup: Setup | None = None) -> None:
        kiosk = KioskProfile(technician_pin_hash="a hash")
        self.journey = Journey(kiosk=kiosk, setup=setup or Setup(), screen=Screen.SETUP)
        self.performed: list[effects.Effect] = []

    @property
    def setup(self) -> Setup:
        assert self.journey.setup is not None
        return self.journey.setup

    @property
    def tasks(self) -> list[SetupTask]:
        return [effect.task for effect in self.performed if isinstance(effect, effects.RunSetupTask)]

    def send(self, event: events.Event) -> None:
        self.journey, performed = step(self.journey, event)
        self.performed += performed

    def end_task(self, passed: bool | None = True, sentence: str = "device.works", **values: object) -> None:
        outcome = TaskOutcome(passed, sentence, **values)  # type: ignore[arg-type]
        self.send(events.SetupTaskEnded(self.setup.task_number, outcome))

    def pass_page(self) -> None:
        """Answer the page, or have its task succeed."""
        page = present_page(self.setup)
        if self.setup.running is not None:
            self.end_task(options=(("a", "A"),) if page.options_task else ())
        match page.kind:
            case PageKind.CHOICE:
                self.send(events.ChooseSetupOption(page.name, ANSWERS[page.name]))
                return
            case PageKind.TEXT:
                self.send(events.AnswerSetup(page.name, ANSWERS.get(page.name, "")))
            case PageKind.RULER:
                self.send(events.AnswerSetup(page.name, "300"))
            case PageKind.TRIAL | PageKind.TOUCH if not page.starts_by_itself:
                self.send(events.TrySetupTask())
                self.end_task()
        self.send(events.NextSetupPage())

    def go_to(self, name: str) -> None:
        for _page in PAGES:
            if self.setup.page == name:
                return
            self.pass_page()
        raise AssertionError(f"{name} is not reached from {self.setup.page}")


def test_every_answer_leads_to_the_end_and_the_kiosk_restarts() -> None:
    technician = Technician()
    technician.go_to("end")
    assert technician.tasks == [
        SetupTask.STICK,
        SetupTask.NETWORK,
        SetupTask.CLOCK,
        SetupTask.CENTRE,
        SetupTask.SAVE,
        SetupTask.SAVE,
        SetupTask.CALIBRATE,
        SetupTask.CARD_READER,
        SetupTask.LIST_SCANNERS,
        SetupTask.LIST_PRINTERS,
        SetupTask.SAVE,
        SetupTask.PIN,
        SetupTask.ENROL,
        SetupTask.RECOVERY_KEY,
    ]
    technician.send(events.NextSetupPage())
    assert technician.setup.running is SetupTask.FINISH
    technician.end_task(sentence="setup.finished")
    assert effects.Restart(reboot=False) in technician.performed


def test_a_kiosk_that_is_not_set_up_shows_nothing_else() -> None:
    technician = Technician()
    for event in (events.Finish(), events.StartOver(), events.OpenTechnician(), events.Tick(100_000.0)):
        technician.send(event)
        assert technician.journey.screen is Screen.SETUP
        assert technician.journey.visit is None


def test_a_wrong_answer_is_named_and_kept() -> None:
    technician = Technician()
    technician.go_to("centre.url")
    technician.send(events.AnswerSetup("centre.url", "http://centre.example"))
    technician.send(events.NextSetupPage())
    assert (technician.setup.page, technician.setup.answer("centre.url")) == ("centre.url", "http://centre.example")
    assert technician.setup.wrong
    technician.send(events.AnswerSetup("centre.url", "https://centre.example"))
    assert not technician.setup.wrong


def test_a_failed_network_is_tried_again_and_never_skipped() -> None:
    technician = Technician()
    technician.go_to("network.try")
    technician.end_task(passed=False, sentence="network.no_address")
    for event in (events.NextSetupPage(), events.SkipSetupPage()):
        technician.send(event)
        assert technician.setup.page == "network.try"
    technician.send(events.TrySetupTask())
    technician.end_task()
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "clock.kind"


def test_only_steps_that_a_kiosk_works_without_can_be_skipped() -> None:
    skippable = {page.name for page in PAGES if page.can_skip}
    assert skippable == {
        "open.key",
        "stick.try",
        "clock.try",
        "screen.touch",
        "reader.try",
        "scanner.try",
        "printer.try",
        "sound.try",
    }
    technician = Technician()
    technician.go_to("reader.try")
    technician.send(events.SkipSetupPage())
    assert technician.setup.page == "scanner.device"
    assert technician.setup.skipped == ("reader.try",)


def test_back_goes_to_the_page_that_asks() -> None:
    technician = Technician()
    technician.go_to("clock.kind")
    technician.send(events.PreviousSetupPage())
    assert technician.setup.page == "network.proxy", "not to the attempt, which would run again"


def test_a_late_result_of_an_earlier_attempt_is_dropped() -> None:
    technician = Technician()
    technician.go_to("network.try")
    first = technician.setup.task_number
    technician.end_task(passed=False, sentence="network.timeout")
    technician.send(events.TrySetupTask())
    technician.send(events.SetupTaskEnded(first, TaskOutcome(True, "network.connected", "10.0.0.1/8")))
    assert technician.setup.running is SetupTask.NETWORK
    assert technician.setup.outcome("network.try") is None


def test_the_code_of_the_enrolment_stays_until_the_officer_decides() -> None:
    technician = Technician()
    technician.go_to("enrol.try")
    for _news in range(3):
        technician.end_task(passed=None, sentence="enrol.waiting", detail="7KQ2-M9XD")
        outcome = technician.setup.outcome("enrol.try")
        assert outcome is not None
        assert outcome.detail == "7KQ2-M9XD"
    assert technician.tasks[-3:] == [SetupTask.ENROL_STATUS] * 3
    technician.end_task(sentence="enrol.approved")
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "key.show"


def test_the_recovery_key_is_in_no_log_and_no_progress() -> None:
    technician = Technician()
    technician.go_to("key.show")
    technician.end_task(sentence="key.shown", detail=RECOVERY_KEY)
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "end"
    assert RECOVERY_KEY not in repr((technician.journey, technician.performed))
    saved = [effect for effect in technician.performed if isinstance(effect, effects.SaveSetupProgress)]
    assert RECOVERY_KEY not in str([effect.answers for effect in saved])


def test_a_recovery_key_is_shown_again_only_when_it_is_asked_for() -> None:
    technician = Technician(Setup(page="open.try", reopened=True).with_answers({REOPENED: "yes"}))
    technician.send(events.TrySetupTask())
    technician.end_task(sentence="setup.opened")
    technician.send(events.NextSetupPage())
    assert (technician.setup.page, technician.setup.running) == ("open.key", None)
    technician.send(events.TrySetupTask())
    assert technician.setup.running is SetupTask.RECOVERY_KEY


def rotation_of(journey: Journey) -> int:
    return picture_rotation(journey.setup, journey.kiosk.rotation)


def turn(technician: Technician) -> None:
    """What the button does."""
    turned = (rotation_of(technician.journey) + 90) % 360
    technician.send(events.AnswerSetup("screen.rotation", str(turned)))


def test_the_picture_turns_at_once_and_stays_turned_after_a_power_cut() -> None:
    technician = Technician()
    technician.go_to("screen.rotation")
    turn(technician)
    turn(technician)
    assert rotation_of(technician.journey) == 180
    technician.go_to("network.kind")
    saved = [effect for effect in technician.performed if isinstance(effect, effects.SaveSetupProgress)]
    resumed = Technician(Setup(saved[-1].page, saved[-1].answers))
    assert rotation_of(resumed.journey) == 180


def test_who_left_the_set_up_has_the_picture_as_before() -> None:
    technician = Technician(Setup(page="screen.rotation", reopened=True))
    technician.journey = replace(technician.journey, kiosk=replace(technician.journey.kiosk, rotation=270))
    turn(technician)
    assert rotation_of(technician.journey) == 0
    assert rotation_of(replace(technician.journey, setup=None)) == 270


@pytest.mark.parametrize(("turns", "expected"), [(0, 90), (3, 270)])
def test_a_stick_turns_the_picture_unless_the_technician_did(turns: int, expected: int) -> None:
    technician = Technician()
    technician.go_to("screen.rotation")
    for _turn in range(turns):
        turn(technician)
    technician.go_to("stick.try")
    technician.send(events.TrySetupTask())
    stick = (("screen.rotation", "90"), ("stick.pages", "screen.rotation"))
    technician.end_task(sentence="stick.used", answers=stick)
    assert rotation_of(technician.journey) == expected
    technician.send(events.PreviousSetupPage())
    assert technician.setup.page == "screen.rotation", "a wrong stick can be corrected"


def test_after_a_stick_nothing_is_typed() -> None:
    technician = Technician()
    technician.go_to("stick.try")
    stick = {
        "network.kind": "fixed",
        "network.address": "10.20.0.15/24",
        "network.gateway": "10.20.0.1",
        "network.dns": "10.20.0.2",
        "network.login": "none",
        "network.proxy": "",
        "clock.kind": "usual",
        "centre.url": "https://centre.example",
        "hall.kiosk_id": "KKN12",
        "hall.name_th": "ศาลากลาง",
        "hall.name_en": "Hall",
        "hall.area": "4001",
        "hall.phone": "",
        "screen.width": "344",
    }
    technician.send(events.TrySetupTask())
    answers = (*stick.items(), ("pin.hash", "saved"), ("stick.pages", ",".join(stick)))
    technician.end_task(sentence="stick.used", answers=answers)
    technician.send(events.NextSetupPage())
    visited = []
    while technician.setup.page != "end":
        visited.append(present_page(technician.setup))
        technician.pass_page()
    assert not [page.name for page in visited if page.kind in (PageKind.TEXT, PageKind.RULER)]
    sent = next(e for e in technician.performed if isinstance(e, effects.RunSetupTask) and e.task is SetupTask.NETWORK)
    assert dict(sent.answers)["network.address"] == "10.20.0.15/24"


def test_two_different_pins_are_noticed() -> None:
    technician = Technician()
    technician.go_to("pin.again")
    technician.send(events.AnswerSetup("pin.again", "471109"))
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "pin.again"
    assert technician.setup.wrong


def test_the_progress_has_no_secret() -> None:
    technician = Technician()
    technician.go_to("end")
    saved = [effect for effect in technician.performed if isinstance(effect, effects.SaveSetupProgress)]
    assert saved[-1].page == "end"
    assert "471108" not in repr([dict(effect.answers) for effect in saved])


def test_an_unknown_authority_is_compared_before_it_is_trusted() -> None:
    technician = Technician()
    technician.go_to("centre.try")
    answers = (("centre.fingerprint", "3F2A 91C0"), ("centre.authority", "PEM"))
    technician.end_task(sentence="centre.unknown_authority", detail="3F2A 91C0", answers=answers)
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "centre.trust"
    technician.send(events.ChooseSetupOption("centre.trust", "no"))
    assert technician.setup.running is SetupTask.TRUST
    technician.end_task(passed=False, sentence="centre.not_trusted")
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "centre.trusted"


def test_a_technician_opens_it_again_with_the_pin_and_leaves_it() -> None:
    technician = Technician()
    technician.journey = replace(technician.journey, setup=None, screen=Screen.TECHNICIAN)
    technician.send(events.OpenSetup())
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "open.pin"
    technician.send(events.AnswerSetup("open.pin", "471108"))
    technician.send(events.NextSetupPage())
    assert technician.tasks == [SetupTask.OPEN]
    technician.end_task(passed=False, sentence="pin.wrong")
    technician.send(events.NextSetupPage())
    assert technician.setup.page == "open.try", "a wrong PIN opens nothing"
    for _page in range(2):
        technician.send(events.PreviousSetupPage())
    technician.send(events.PreviousSetupPage())
    assert technician.journey.setup is None
    assert technician.journey.screen is not Screen.SETUP


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_result_has_a_sentence(language: str) -> None:
    for sentence in SENTENCES:
        text = outcome_text(TaskOutcome(False, sentence, "10.0.0.1"), language)
        assert text
        assert "{" not in text
