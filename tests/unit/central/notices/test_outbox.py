"""Which news reaches the outbox, as how many notices, and when."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central.agencies.models import Agency
from central.cases import clock
from central.cases.commands import (
    Actor,
    ClosingInputs,
    OrderInputs,
    accept,
    add_note,
    ask_details,
    close,
    order,
    record_details,
    set_due,
    take,
)
from central.cases.models import Case
from central.centres.models import Centre
from central.events import citizen_news
from central.messages.renewed_codes import renew_code
from central.notices.codes import News, NoticeChannel, NoticeState
from central.notices.consents import ConsentError, give_consent, withdraw_consent
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeConsent, NoticeRoute, NoticeRules
from central.notices.timing import end_of_quiet, pause_of_notice, pause_of_route, sending_time
from protocol import tracking_code
from tests.unit.central.factories import create_agency, create_case
from tests.unit.central.notices.conftest import AGREED, PHONE, Gateways, agree_to_sms
from thai.dates import in_thailand
from thai.phone import thai_mobile_number


@pytest.fixture
def agency(khonkaen: Centre) -> Agency:
    return create_agency(khonkaen, "pea", name_th="การไฟฟ้าส่วนภูมิภาค")


def news_of(case: Case) -> list[list[str]]:
    return [notice.news for notice in Notice.objects.filter(case=case)]


def test_a_case_without_consent_has_no_notice(case: Case, intake: Actor, sms_route: NoticeRoute) -> None:
    take(case, intake, seen_revision=None)
    assert news_of(case) == []


def test_several_things_at_once_are_one_notice(
    case: Case, director: Actor, agency: Agency, sms_route: NoticeRoute
) -> None:
    agree_to_sms(case)
    order(case, director, seen_revision=None, inputs=OrderInputs(lead=agency, text="ตรวจสอบ", handler_name="สมศรี"))
    set_due(case, director, seen_revision=None, due=clock.today() + timedelta(days=40), reason="ต้องรออะไหล่")
    ask_details(case, director, seen_revision=None, question="เสาต้นไหน")
    assert news_of(case) == [["status", "agency", "officer", "question", "due"]]


@pytest.mark.parametrize("by", [Actor.citizen(), None])
def test_a_replaced_tracking_code_is_told_at_once_whoever_replaced_it(
    case: Case, director: Actor, sms_route: NoticeRoute, gateways: Gateways, by: Actor | None
) -> None:
    agree_to_sms(case)
    now = in_thailand(timezone.now())
    around = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    NoticeRules.objects.update(quiet_from=around[0], quiet_until=around[1])
    take(case, director, seen_revision=None)
    assert Notice.objects.get().due_at > timezone.now(), "quiet hours"
    new_code = tracking_code.generate()
    identified = {"identified_by": "card", "reason": "ทำใบติดตามเรื่องหาย"}
    renew_code(case, by or director, new_code, **({} if by else identified))
    deliver_due()
    (message,) = gateways.sms.messages.values()
    assert "เปลี่ยนรหัสติดตามแล้ว ถ้าไม่ใช่ท่าน โทร 1567" in message.text
    for secret in (new_code, tracking_code.display(new_code), "สมชาย", "เสา"):
        assert secret not in message.text


def test_each_thing_that_a_citizen_is_told_is_news(
    case: Case, director: Actor, agency: Agency, sms_route: NoticeRoute
) -> None:
    agree_to_sms(case)

    def news_after(step: object) -> set[str]:
        kinds = {each for notice in Notice.objects.filter(state=NoticeState.QUEUED.value) for each in notice.news}
        Notice.objects.all().delete()
        return kinds

    assert news_after(take(case, director, seen_revision=None)) == {"status"}
    inputs = OrderInputs(lead=agency, text="ตรวจสอบ")
    assert news_after(order(case, director, seen_revision=None, inputs=inputs)) == {"status", "agency"}
    referral = case.referrals.get()
    assert news_after(accept(referral, Actor.system(), seen_revision=None, handler_name="สมศรี")) == {
        "status",
        "officer",
    }
    later = clock.today() + timedelta(days=50)
    assert news_after(set_due(case, director, seen_revision=None, due=later, reason="ฝน")) == {"due"}
    assert news_after(ask_details(case, director, seen_revision=None, question="ที่ไหน")) == {"status", "question"}
    case.refresh_from_db()
    closing = ClosingInputs(outcome="resolved", text="ซ่อมเสร็จแล้ว")
    assert news_after(close(case, director, seen_revision=None, inputs=closing)) == {"closed"}


def test_news_of_another_app_is_announced(case: Case, sms_route: NoticeRoute) -> None:
    agree_to_sms(case)
    citizen_news.send(sender=Case, case=case, news=News.ANSWER.value)
    assert news_of(case) == [["answer"]]


def test_a_step_that_fails_leaves_no_notice_and_no_task(case: Case, intake: Actor, sms_route: NoticeRoute) -> None:
    agree_to_sms(case)
    before = DBTaskResult.objects.count()

    class FailingError(Exception):
        pass

    with pytest.raises(FailingError), transaction.atomic():
        take(case, intake, seen_revision=None)
        raise FailingError
    assert news_of(case) == []
    assert DBTaskResult.objects.count() == before


def test_after_a_notice_the_next_news_is_gathered(
    case: Case, director: Actor, agency: Agency, sms_route: NoticeRoute, gateways: Gateways
) -> None:
    agree_to_sms(case)
    take(case, director, seen_revision=None)
    deliver_due()
    order(case, director, seen_revision=None, inputs=OrderInputs(lead=agency, text="ตรวจ"))
    set_due(case, director, seen_revision=None, due=clock.today() + timedelta(days=40), reason="รอ")
    deliver_due()
    assert len(gateways.sms.messages) == 1
    waiting = Notice.objects.get(state=NoticeState.QUEUED.value)
    assert waiting.news == ["status", "agency", "due"]
    assert timedelta(minutes=9) < waiting.due_at - waiting.created_at <= timedelta(minutes=10)


def test_news_in_the_quiet_hours_waits_for_the_morning() -> None:
    night, morning = datetime(2026, 12, 1, 15, 30, tzinfo=UTC), datetime(2026, 12, 2, 1, 0, tzinfo=UTC)  # 22:30, 08:00
    gather, hours = timedelta(minutes=10), (time(20), time(8))
    assert sending_time(night, None, hours, gather) == morning
    assert sending_time(morning, None, hours, gather) == morning
    after_midnight = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
    assert end_of_quiet(after_midnight, time(20), time(8)) == morning
    noon = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
    assert sending_time(noon, noon - timedelta(minutes=3), hours, gather) == noon + timedelta(minutes=7)
    assert end_of_quiet(noon, time(12), time(13)) == noon + timedelta(hours=1), "hours within one day"
    assert end_of_quiet(noon, time(0), time(0)) == noon, "equal times: never quiet"


def test_pauses_grow_and_end_and_what_a_gateway_asks_for_is_honoured() -> None:
    longest = [pause_of_notice(attempts, lambda low, high: high).total_seconds() for attempts in range(1, 10)]
    assert longest == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert pause_of_notice(1, lambda low, high: low) == timedelta(seconds=15)
    assert pause_of_route(1, 17.0) == timedelta(seconds=17)
    assert pause_of_route(1, 10**9) == timedelta(hours=1)


def test_the_rules_of_a_centre_above_are_used(ministry: Centre, case: Case, intake: Actor) -> None:
    NoticeRules.objects.create(centre=ministry, quiet_from=time(0), quiet_until=time(23, 59, 59))
    agree_to_sms(case)
    take(case, intake, seen_revision=None)
    notice = Notice.objects.get()
    assert (notice.priority, notice.state) == (Notice.Priority.HELD, NoticeState.QUEUED.value)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("081-234-5678", "+66812345678"),
        ("+66 61 234 5678", "+66612345678"),
        ("0066912345678", "+66912345678"),
        ("043123456", ""),
        ("+1 202 555 0123", ""),
        ("+66212345678", ""),
        ("๐๘๑๒๓๔๕๖๗๘", "+66812345678"),
        ("", ""),
    ],
)
def test_an_sms_goes_to_thai_mobile_numbers_only(typed: str, number: str) -> None:
    assert thai_mobile_number(typed) == number


def test_a_consent_keeps_what_was_agreed_and_a_withdrawal_erases_the_number(case: Case, sms_route: NoticeRoute) -> None:
    agree_to_sms(case, is_announced=True)
    consent = NoticeConsent.objects.get()
    assert (consent.text, consent.text_version, consent.given_by) == (AGREED.text, "sms-test", "kiosk")
    assert consent.address == "+66812345678"
    assert withdraw_consent(case, NoticeChannel.SMS, by="counter")
    consent.refresh_from_db()
    assert consent.address == ""
    assert consent.withdrawn_by == "counter"
    assert Notice.objects.get().state == NoticeState.DROPPED.value
    assert not withdraw_consent(case, NoticeChannel.SMS, by="counter")


def test_foreign_and_fixed_numbers_and_anonymous_cases_are_refused_with_one_sentence(
    case: Case, khonkaen: Centre
) -> None:
    for phone in ("+14155550123", "043123456"):
        with pytest.raises(ConsentError, match="Thai mobile numbers only"):
            agree_to_sms(case, phone)
    anonymous = create_case(khonkaen, name_disclosure="anonymous")
    with pytest.raises(ConsentError, match="anonymous"):
        give_consent(anonymous, NoticeChannel.SMS, PHONE, AGREED, given_by="kiosk")
    assert not NoticeConsent.objects.exists()


def test_what_the_citizen_does_is_no_news_for_the_citizen(
    case: Case, director: Actor, intake: Actor, sms_route: NoticeRoute
) -> None:
    take(case, intake, seen_revision=None)
    ask_details(case, director, seen_revision=None, question="เสาต้นไหน")
    agree_to_sms(case)
    record_details(case, Actor.citizen(), seen_revision=None, details="เสาที่สาม")
    assert news_of(case) == []


def test_a_message_with_a_step_is_news(case: Case, director: Actor, intake: Actor, sms_route: NoticeRoute) -> None:
    take(case, intake, seen_revision=None)
    agree_to_sms(case)
    add_note(case, director, seen_revision=None, note="โทรแล้ว", message="ช่างจะเข้าตรวจพรุ่งนี้")
    assert news_of(case) == [["answer"]]
