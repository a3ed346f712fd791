"""Any screen without the way to it: an invented visit that could stand there."""

from dataclasses import replace
from datetime import UTC, datetime

from drivers.ports.card_reader import CitizenCard, PersonName
from drivers.ports.receipt_printer import PrintVerdict
from journey.complaint.draft import Draft
from journey.faults import Fault
from journey.state import CardPhase, Journey, Minted, PrintPhase, Screen, Visit
from protocol.case_status import CaseStatus, status_text
from protocol.choices import IdentitySource
from protocol.messages import TrackAnswer, TrackStep
from protocol.topics import Topic
from thai.id_number import CitizenId

WITHOUT_VISIT = (Screen.ATTRACT, Screen.ABOUT, Screen.TECHNICIAN_PIN, Screen.TECHNICIAN, Screen.FAULT)
MINTED = Minted("0199aaaa-0000-7000-8000-000000000001", "7KQ2M9XD4TBVS", "KKN07A-000123-41", 1_795_225_920.0)


def at(journey: Journey, screen: Screen) -> Journey:
    """The journey on that screen; whoever visited before is forgotten."""
    stood = replace(journey, screen=screen, overlay=None, last_touch=journey.now, asleep=False, fault=None)
    if screen in WITHOUT_VISIT:
        return replace(stood, visit=None, fault=Fault.PRINTER_PAPER_OUT if screen is Screen.FAULT else None)
    return replace(stood, visit=_visit(journey, screen), next_visit=journey.next_visit + 1)


def _visit(journey: Journey, screen: Screen) -> Visit:
    if screen in (Screen.TRACK, Screen.TRACKED):
        return Visit(journey.next_visit, tracked=_answer(journey.comfort.language))
    draft = Draft(
        identity_source=IdentitySource.CHIP,
        card=CitizenCard(citizen_id=CitizenId("9000000000152"), name=PersonName("นาง", "บุญมา", "", "ใจดี")),
        topic=Topic.UTILITIES,
        area=journey.hall.area or "400115",
        text="ถนนหน้าหมู่บ้านชำรุดเป็นหลุมเป็นบ่อมาสองเดือน ขอให้ช่วยซ่อม",
        notice_version=journey.hall.notice_version,
        notice_accepted_wall=MINTED.saved_wall,
    )
    visit = Visit(journey.next_visit, draft=draft, card_phase=CardPhase.READ)
    if screen in (Screen.RECEIPT, Screen.FAREWELL):
        done = PrintVerdict.PRINTED
        return replace(visit, minted=MINTED, print_phase=PrintPhase.DONE, print_verdict=done, prints_asked=1)
    return visit


def _answer(language: str) -> TrackAnswer:
    way = (CaseStatus.RECEIVED, CaseStatus.CHECKING)
    steps = tuple(
        TrackStep(status=status, text=status_text(status, language, "ขอนแก่น"), at=datetime(2026, 11, day, tzinfo=UTC))
        for day, status in enumerate(way, start=21)
    )
    return TrackAnswer(
        found=True, sentence=steps[-1].text, case_number=MINTED.number, status=CaseStatus.CHECKING, steps=steps
    )
