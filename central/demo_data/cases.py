"""The invented cases: each is filed on a day of the past year and then goes through steps as a real one would.

Every step is a command of `central.cases.commands`, made by an officer who may make it, at its own time. So history,
deadlines and the counts of the desk come from the code that makes the real ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction

from central.agencies.case_routing import facts_of, propose_route
from central.agencies.models import Agency
from central.cases import clock, commands
from central.cases.codes import Outcome
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.models import Case, Complainant
from central.centres.jurisdiction import filing_centre
from central.centres.models import Centre, Officer
from central.channels import Channel
from central.demo_data import complaints
from central.demo_data.officers import Staff
from central.demo_data.persons import invent_person
from central.identity_crypto import tracking_hash
from central.messages.ratings import rate, rated_bodies
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentText, give_consent
from central.notices.web_consents import EMAIL_TEXT, EMAIL_TEXT_VERSION
from central.people.roles import Role
from protocol import tracking_code
from protocol.case_number import CaseNumber
from protocol.choices import IdentitySource, NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.topics import Topic
from thai import places

_MAX_AGE_DAYS = 365
_WITH_POINT = 3  # every third case has coordinates
_HOT_SPOTS = ((16.4321, 102.8361), (16.7034, 102.6841))
_SPREADS_DEGREES = (0.004, 0.2)  # a village; the districts around
_WITH_EMAIL = 3  # every third citizen of an open case is told by e-mail
_CHANNELS = (
    [Channel.KIOSK] * 30 + [Channel.COUNTER] * 25 + [Channel.PHONE_1567] * 25 + [Channel.POST] * 10 + [Channel.WEB] * 10
)
_TOPICS = [Topic.UTILITIES] * 34 + [Topic.LAND] * 12 + [Topic.ENVIRONMENT] * 10 + [Topic.HELP] * 10 + [
    topic for topic in Topic for _ in range(4)
]  # fmt: skip
_DISCLOSURES = [NameDisclosure.NAMED] * 7 + [NameDisclosure.WITHHELD] * 2 + [NameDisclosure.ANONYMOUS]


@dataclass
class DemoTown:
    """What the cases happen in."""

    province: Centre
    staff: Staff
    agencies: dict[int, Agency]
    random: Random
    now: datetime


def create_cases(town: DemoTown, count: int) -> Iterator[tuple[Case, str]]:
    """Create `count` cases, oldest first; yields each with its tracking code. One transaction for each case."""
    ages = sorted((town.random.random() ** 1.7 * _MAX_AGE_DAYS for _ in range(count)), reverse=True)
    for number, age in enumerate(ages, start=1):
        with transaction.atomic():
            case, code = _file(town, number, town.now - timedelta(days=age))
            _CaseLife(town, case).run()
            if number % _WITH_EMAIL == 0:
                _agree_to_email(case, number)
        yield case, code


def _file(town: DemoTown, number: int, filed_at: datetime) -> tuple[Case, str]:
    random = town.random
    topic, code = random.choice(_TOPICS), tracking_code.generate()
    district = random.choice(places.districts(town.province.area_code))
    area = random.choice(places.tambons(district.code)).code
    disclosure = random.choice(_DISCLOSURES)
    text = complaints.complaint_text(topic, random)
    is_about_official = topic is Topic.CORRUPTION
    case = Case(
        centre=filing_centre(area, town.province),
        submission_id=UUID(int=random.getrandbits(128), version=4),
        case_number=str(CaseNumber("KKN07", "A", number)),
        tracking_hash=tracking_hash(code),
        nature=(Nature.HELP if topic is Topic.HELP else Nature.COMPLAINT).value,
        topic=topic.value,
        about=(RespondentKind.OFFICIAL if is_about_official else RespondentKind.NOBODY).value,
        about_kind="police" if "ตำรวจ" in text else "",
        area=area,
        location_note=_place_words(number),
        for_whom=OnBehalfOf.SELF.value,
        text=text,
        name_disclosure=disclosure.value,
        language="th",
        notice_version="2569-01",
        notice_accepted_at=filed_at,
        channel=random.choice(_CHANNELS).value,
        urgency=random.choices(("normal", "urgent", "very_urgent"), (90, 8, 2))[0],
        received_at=filed_at,
        filed_at=filed_at,
        filing_time_quality="kiosk_clock",
    )
    with clock.steps_made_at(filed_at):
        commands.create_case(case)
    if disclosure is not NameDisclosure.ANONYMOUS:
        person = invent_person(random)
        Complainant.objects.create(
            case=case,
            source=IdentitySource.TYPED.value,
            title=person.title,
            first_name=person.first_name,
            last_name=person.last_name,
            birth_date=person.birth_date,
            sex=person.sex,
            address=person.address,
            address_area=area,
            phone=person.phone,
        )
    return case, code


def _place_words(number: int) -> str:
    """The words about the place: of every third case with coordinates, as a phone adds them. They are spread around two
    places of the province, so that the map of incidents has hot spots; `number` decides, so that the random numbers of
    everything else stay as they are."""
    if number % _WITH_POINT:
        return ""
    random = Random(number)  # noqa: S311
    latitude, longitude = random.choice(_HOT_SPOTS)
    spread = random.choice(_SPREADS_DEGREES)
    return f"พิกัด {latitude + random.gauss(0, spread):.5f}, {longitude + random.gauss(0, spread):.5f}"


def _agree_to_email(case: Case, number: int) -> None:
    """Let the citizen of an open case be told of its next steps. No telephone number of these people can ring, and no
    mail server takes mail for `.example` (RFC 2606)."""
    case.refresh_from_db()
    if case.closed_at is None and case.name_disclosure != NameDisclosure.ANONYMOUS.value:
        agreed = ConsentText(EMAIL_TEXT.th, EMAIL_TEXT_VERSION, "th")
        address = f"citizen{number}@mail.example"
        give_consent(case, NoticeChannel.EMAIL, address, agreed, given_by="web", is_announced=False)


class _CaseLife:
    """The steps of one case until now. A step that would be made in the future is not made."""

    def __init__(self, town: DemoTown, case: Case) -> None:
        self._town, self._case, self._random = town, case, town.random
        self._at = case.filed_at
        officers = town.staff.of(case.centre, Role.CASE_OFFICER)
        self._owner = self._random.choice(officers)

    def run(self) -> None:
        """Make the steps."""
        if self._random.random() < 0.25:  # an intake officer orders at once
            if not self._order(min_hours=2, max_hours=30):
                return
        else:
            if not self._step(2, 50, lambda: self._do(commands.take, self._officer(Role.INTAKE))):
                return
            self._step(0, 1, lambda: self._do(commands.assign_owner, self._owner, owner=self._owner))
            if not self._handle():
                return
        self._follow_agency()

    def _handle(self) -> bool:
        """What the centre does with a taken case. Whether an agency has it afterwards."""
        fate = self._random.random()
        if fate < 0.06:
            self._close(Outcome.WITHDRAWN, "ผู้ร้องขอถอนเรื่องแล้ว")
            return False
        if fate < 0.12:
            owner_text = "ศาลจังหวัดขอนแก่น โทร 0-0000-0000"
            self._close(Outcome.NOT_OUR_POWER, "เรื่องอยู่ในอำนาจพิจารณาของศาล", next_owner=owner_text)
            return False
        if fate < 0.27 and not self._ask_citizen():
            return False
        if fate < 0.65:
            return self._propose_order()
        return self._order(min_hours=4, max_hours=90)

    def _ask_citizen(self) -> bool:
        question = self._random.choice(complaints.QUESTIONS)
        if not self._step(4, 60, lambda: self._do(commands.ask_details, self._owner, question=question)):
            return False
        if self._random.random() < 0.3:
            self._step(600, 1200, lambda: self._close_now(Outcome.NO_RESPONSE, "ไม่ได้รับรายละเอียดเพิ่มเติมภายในเวลาที่กำหนด"))
            return False
        details = self._random.choice(complaints.ANSWERS)
        return self._step(8, 200, lambda: commands.record_details(
            self._case, Actor.citizen(), seen_revision=None, details=details))  # fmt: skip

    def _propose_order(self) -> bool:
        content = self._order_inputs()
        if not self._step(
            4, 60, lambda: self._do(commands.propose, self._owner, content=content, opinion="เห็นควรสั่งการ")
        ):
            return False
        if self._case.centre_id == self._town.province.pk:
            for role in (Role.DIRECTOR, Role.CHIEF):
                if role is Role.DIRECTOR and self._random.random() < 0.08:
                    director, reason = self._officer(role), "โปรดแนบแผนที่และภาพถ่าย"
                    self._step(3, 40, lambda: self._do(commands.return_proposal, director, reason=reason))  # noqa: B023
                    return False
                officer = self._officer(role)
                if not self._step(3, 60, lambda: self._do(commands.send_up, officer, opinion="เห็นพ้อง")):  # noqa: B023
                    return False
            decider = self._officer(Role.GOVERNOR)
        else:
            decider = self._officer(Role.DISTRICT_CHIEF)
        return self._step(3, 70, lambda: self._do(commands.approve, decider))

    def _order(self, *, min_hours: int, max_hours: int) -> bool:
        inputs, by = self._order_inputs(), self._owner
        return self._step(min_hours, max_hours, lambda: self._do(commands.order, by, inputs=inputs))

    def _order_inputs(self) -> OrderInputs:
        route = propose_route(facts_of(self._case), self._case.centre)
        lead = self._town.agencies[route.lead.key] if route.lead is not None else self._any_agency()
        copies = [self._town.agencies[copy.key] for copy in route.copies if copy.key != lead.pk]
        return OrderInputs(lead=lead, copies=copies, text=self._random.choice(complaints.ORDERS))

    def _follow_agency(self) -> None:
        """What the agency does, then how the case ends."""
        referral = self._case.referrals.filter(kind="lead", ended_at=None).get()
        agency = Actor.agency_link(referral)
        if self._random.random() < 0.08:
            reason = self._random.choice(complaints.RETURN_REASONS)
            self._step(10, 150, lambda: commands.return_to_centre(
                referral, agency, seen_revision=None, reason=reason))  # fmt: skip
            return
        person = invent_person(self._random).full_name
        if not self._step(5, 200, lambda: commands.accept(referral, agency, seen_revision=None, handler_name=person)):
            return
        for _ in range(self._random.randint(0, 2)):
            progress = self._random.choice(complaints.PROGRESS_REPORTS)
            if not self._step(48, 400, lambda: commands.report(
                referral, agency, seen_revision=None, text=progress, is_done=False)):  # noqa: B023  # fmt: skip
                return
        if self._random.random() < 0.12:
            return  # the agency is silent
        report = self._random.choice(complaints.DONE_REPORTS)
        if not self._step(24, 400, lambda: commands.report(
            referral, agency, seen_revision=None, text=report, is_done=True)):  # fmt: skip
            return
        is_resolved = self._random.random() < 0.75
        text = self._random.choice(complaints.RESOLVED if is_resolved else complaints.EXPLAINED)
        closed = self._close(Outcome.RESOLVED if is_resolved else Outcome.EXPLAINED, text)
        if closed:
            self._rate(is_resolved=is_resolved)
        if closed and self._random.random() < 0.05:
            reason = self._random.choice(complaints.REOPENING_REASONS)
            self._step(24, 600, lambda: commands.request_reopening(
                self._case, Actor.citizen(), seen_revision=None, reason=reason))  # fmt: skip

    def _rate(self, *, is_resolved: bool) -> None:
        """Two of five citizens rate; those with a solved problem are mostly content."""
        if self._random.random() < 0.4:
            weights = (1, 1, 2, 8, 12) if is_resolved else (6, 5, 4, 2, 1)
            comment = self._random.choice(complaints.RATING_COMMENTS)
            stars = {body: self._random.choices(range(1, 6), weights)[0] for body in rated_bodies(self._case)}
            self._step(1, 20, lambda: rate(self._case, Actor.citizen(), stars, comment))

    def _close(self, outcome: Outcome, text: str, next_owner: str = "") -> bool:
        return self._step(4, 90, lambda: self._close_now(outcome, text, next_owner))

    def _close_now(self, outcome: Outcome, text: str, next_owner: str = "") -> object:
        return self._do(commands.close, self._owner, inputs=ClosingInputs(outcome, text, next_owner))

    def _step(self, min_hours: float, max_hours: float, make: Callable[[], object]) -> bool:
        """Make a step some hours after the one before. False when that is still in the future."""
        self._at += timedelta(hours=self._random.uniform(min_hours, max_hours))
        if self._at >= self._town.now:
            return False
        with clock.steps_made_at(self._at):
            make()
        self._case.refresh_from_db()
        return True

    def _do(self, command: Callable[..., object], officer: Officer, **inputs: object) -> object:
        return command(self._case, Actor.of(officer), seen_revision=None, **inputs)

    def _officer(self, role: Role) -> Officer:
        """An officer with this role at the case's centre; where it has none, one of the owner's rank."""
        return self._random.choice(self._town.staff.of(self._case.centre, role) or [self._owner])

    def _any_agency(self) -> Agency:
        return self._random.choice([each for each in self._town.agencies.values() if each.takes_cases])
