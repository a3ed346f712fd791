"""Notices through a local gateway that works, fails, hangs, lies and limits: none lost, none doubled."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from central.cases.commands import Actor, ask_details, take
from central.cases.models import Case
from central.centres.models import Centre
from central.notices import delivery, records, routes
from central.notices.adapters import http_call
from central.notices.adapters.result import SendResult
from central.notices.claims import claim_notices
from central.notices.codes import NoticeChannel, NoticeFailure, NoticeState
from central.notices.consents import ConsentText, give_consent
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeCost, NoticeRoute
from central.notices.route_secrets import encrypt_secret
from central.notices.texts import sms_parts
from simulators.notice_gateways.server import Behaviour, ReceivedRequest
from tests.unit.central.factories import create_case
from tests.unit.central.notices.conftest import LINE_USER, Gateways, agree_to_sms, make_all_due


@pytest.fixture
def notice(case: Case, sms_route: NoticeRoute, intake: Actor) -> Notice:
    agree_to_sms(case)
    take(case, intake, seen_revision=None)
    return Notice.objects.get()


def always(behaviour: Behaviour) -> Callable[[ReceivedRequest], Behaviour]:
    return lambda request: behaviour


def state_of(notice: Notice) -> tuple[str, str]:
    notice.refresh_from_db()
    return notice.state, notice.failure


def test_an_accepted_notice_says_what_happened_where_to_read_and_nothing_personal(
    notice: Notice, gateways: Gateways
) -> None:
    assert deliver_due() == 1
    (message,) = gateways.sms.messages.values()
    assert message.to == "+66812345678"
    assert message.text == (
        "ดำรงธรรมขอนแก่น เรื่อง " + notice.case.case_number + ": มีความคืบหน้า ดูที่ https://track.example.go.th/t"
    )
    assert state_of(notice) == (NoticeState.ACCEPTED, "")
    assert (notice.gateway_id, notice.parts, notice.cost_satang) == ("m-1", 2, 90)
    cost = NoticeCost.objects.get()
    assert (cost.channel, cost.notices, cost.parts, cost.satang) == ("sms", 1, 2, 90)
    assert deliver_due() == 0


def test_an_english_citizen_is_told_in_english(khonkaen: Centre, gateways: Gateways, sms_route: NoticeRoute) -> None:
    case = create_case(khonkaen, language="en")
    agree_to_sms(case, is_announced=True)
    deliver_due()
    (message,) = gateways.sms.messages.values()
    assert message.text.startswith(f"Damrongdham Khon Kaen, case {case.case_number}: it has been received. See ")
    assert sms_parts(message.text) == 1


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (Behaviour.FAIL, NoticeFailure.SERVER_ERROR),
        (Behaviour.LIMIT, NoticeFailure.TOO_MANY),
        (Behaviour.LIE, NoticeFailure.UNEXPECTED),
        (Behaviour.REFUSE_KEY, NoticeFailure.UNAUTHORISED),
        (Behaviour.TAKE_AND_FAIL, NoticeFailure.SERVER_ERROR),
        (Behaviour.TAKE_AND_HANG_UP, NoticeFailure.UNREACHABLE),
    ],
)
def test_a_gateway_that_fails_gets_the_notice_again_and_sends_it_once(
    notice: Notice, gateways: Gateways, behaviour: Behaviour, failure: NoticeFailure
) -> None:
    gateways.server.behaviour = always(behaviour)
    deliver_due()
    assert state_of(notice) == (NoticeState.QUEUED, failure)
    assert notice.due_at > timezone.now()
    gateways.server.behaviour = always(Behaviour.WORK)
    make_all_due()
    deliver_due()
    assert state_of(notice) == (NoticeState.ACCEPTED, "")
    assert len(gateways.sms.messages) == 1
    assert len({request.headers["idempotency-key"] for request in gateways.server.requests}) == 1


def test_a_gateway_that_hangs_costs_one_deadline(
    notice: Notice, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_call, "READ_TIMEOUT_S", 0.2)
    gateways.server.behaviour = always(Behaviour.HANG)
    started = time.monotonic()
    deliver_due()
    assert time.monotonic() - started < 5
    assert state_of(notice) == (NoticeState.QUEUED, NoticeFailure.UNREACHABLE)


def test_a_gateway_that_is_away_is_unreachable(notice: Notice, sms_route: NoticeRoute) -> None:
    NoticeRoute.objects.update(url="http://127.0.0.1:9/sms")
    deliver_due()
    assert state_of(notice) == (NoticeState.QUEUED, NoticeFailure.UNREACHABLE)


def test_a_refused_recipient_is_a_dead_letter_at_once(notice: Notice, gateways: Gateways) -> None:
    gateways.server.behaviour = always(Behaviour.REFUSE)
    deliver_due()
    assert state_of(notice) == (NoticeState.DEAD, NoticeFailure.REFUSED)
    assert routes.working_channels(notice.centre) == [NoticeChannel.SMS], "the gateway itself works"


def test_a_notice_out_of_attempts_or_too_old_is_a_dead_letter(notice: Notice, gateways: Gateways) -> None:
    gateways.server.behaviour = always(Behaviour.FAIL)
    for _ in range(12):
        make_all_due()
        NoticeRoute.objects.update(failures=0)
        deliver_due()
    assert state_of(notice) == (NoticeState.DEAD, NoticeFailure.SERVER_ERROR)
    assert len(gateways.server.requests) == 10
    Notice.objects.update(
        state=NoticeState.QUEUED.value, attempts=0, failure="", queued_at=timezone.now() - timedelta(days=4)
    )
    make_all_due()
    deliver_due()
    assert state_of(notice) == (NoticeState.DEAD, NoticeFailure.EXPIRED)


def test_without_a_route_the_notice_is_a_dead_letter_that_the_desk_sees(case: Case, intake: Actor) -> None:
    agree_to_sms(case)
    take(case, intake, seen_revision=None)
    Notice.objects.update(due_at=timezone.now())
    deliver_due()
    assert state_of(Notice.objects.get()) == (NoticeState.DEAD, NoticeFailure.NO_ROUTE)
    assert routes.working_channels(case.centre) == []


def test_a_worker_killed_between_send_and_commit_sends_nothing_twice(
    notice: Notice, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(delivery, "record_results", killed)
    with pytest.raises(KilledError):
        deliver_due()
    assert len(gateways.sms.messages) == 1
    assert deliver_due() == 0, "the claim of the killed worker is still valid"
    monkeypatch.setattr(delivery, "record_results", records.record_results)
    make_all_due()
    deliver_due()
    assert state_of(notice) == (NoticeState.ACCEPTED, "")
    assert len(gateways.server.requests) == 2
    assert len(gateways.sms.messages) == 1


def test_two_workers_never_claim_one_notice(notice: Notice) -> None:
    now = timezone.now()
    assert len(claim_notices(16, [], now)) == 1
    assert claim_notices(16, [], now) == []


def test_a_late_acceptance_of_a_lost_claim_counts_once(notice: Notice) -> None:
    (first,) = claim_notices(16, [], timezone.now())
    make_all_due()
    (second,) = claim_notices(16, [], timezone.now())
    records.record_results([(second, SendResult(NoticeFailure.UNREACHABLE))], timezone.now())
    records.record_results([(first, SendResult(gateway_id="m-1"))], timezone.now())
    records.record_results([(second, SendResult(gateway_id="m-1"))], timezone.now())
    assert state_of(notice) == (NoticeState.ACCEPTED, "")
    assert NoticeCost.objects.get().notices == 1


def test_further_news_does_not_change_a_text_that_may_have_been_sent(
    notice: Notice, gateways: Gateways, case: Case, director: Actor
) -> None:
    gateways.server.behaviour = always(Behaviour.TAKE_AND_FAIL)
    deliver_due()
    ask_details(case, director, seen_revision=None, question="ที่ไหน")
    gateways.server.behaviour = always(Behaviour.WORK)
    make_all_due()
    deliver_due()
    texts = [message.text for message in gateways.sms.messages.values()]
    assert len(texts) == 2
    assert "มีคำถามถึงท่าน" in texts[1]
    assert gateways.sms.conflicts == 0


def test_a_gateway_that_is_away_is_left_alone_and_the_others_go_on(
    khonkaen: Centre, phayao: Centre, gateways: Gateways, sms_route: NoticeRoute
) -> None:
    other = create_route(phayao, "http://127.0.0.1:9/sms")
    for _ in range(60):
        agree_to_sms(create_case(phayao), is_announced=True)
    last = create_case(khonkaen)
    agree_to_sms(last, is_announced=True)
    Notice.objects.update(due_at=timezone.now())
    deliver_due()
    assert len(gateways.sms.messages) == 1
    other.refresh_from_db()
    assert other.pause_until is not None
    tried = Notice.objects.filter(centre=phayao, attempts__gt=0).count()
    assert tried <= 16, "the other notices have lost no attempt"
    assert Notice.objects.filter(centre=phayao, state=NoticeState.QUEUED.value).count() == 60


def create_route(centre: Centre, url: str) -> NoticeRoute:
    return NoticeRoute.objects.create(
        centre=centre, channel="sms", url=url, secret=encrypt_secret("k"), sender="Damrongdham"
    )


def test_fresh_news_overtakes_a_queue_of_held_notices(
    khonkaen: Centre, gateways: Gateways, sms_route: NoticeRoute
) -> None:
    for _ in range(40):
        agree_to_sms(create_case(khonkaen), is_announced=True)
    Notice.objects.update(priority=Notice.Priority.HELD, due_at=timezone.now() - timedelta(hours=1))
    fresh = create_case(khonkaen)
    agree_to_sms(fresh, is_announced=True)
    Notice.objects.filter(case=fresh).update(due_at=timezone.now())
    claimed = claim_notices(4, [], timezone.now())
    assert claimed[0].notice_id == Notice.objects.get(case=fresh).pk


def test_line_honours_its_retry_key(case: Case, line_route: NoticeRoute, gateways: Gateways) -> None:
    agreed = ConsentText("แจ้งทาง LINE", "line-test", "th")
    give_consent(case, NoticeChannel.LINE, LINE_USER, agreed, given_by="line")
    gateways.server.behaviour = always(Behaviour.TAKE_AND_HANG_UP)
    deliver_due()
    gateways.server.behaviour = always(Behaviour.WORK)
    make_all_due()
    deliver_due()
    notice = Notice.objects.get()
    assert state_of(notice) == (NoticeState.ACCEPTED, "")
    assert notice.gateway_id.startswith("req-"), "the answer of a repeated key"
    assert list(gateways.line.messages.values()) == [(LINE_USER, notice.body)]


def test_mail_is_sent_with_one_message_id(
    case: Case, khonkaen: Centre, always_open: object, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.MAIL_IS_CONFIGURED = True
    NoticeRoute.objects.create(centre=khonkaen, channel="email")
    agreed = ConsentText("แจ้งทางอีเมล", "email-test", "th")
    give_consent(case, NoticeChannel.EMAIL, "malee@example.org", agreed, given_by="web")
    deliver_due()
    (mail,) = mailoutbox
    assert mail.to == ["malee@example.org"]
    assert mail.subject == f"ความคืบหน้าของเรื่อง {case.case_number}"
    assert mail.extra_headers["Message-ID"].startswith(f"<notice-{Notice.objects.get().key}@")


def test_a_queue_and_a_failing_gateway_lose_and_double_nothing(
    khonkaen: Centre, gateways: Gateways, sms_route: NoticeRoute, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small form of `./run bench notices`."""
    monkeypatch.setattr(http_call, "READ_TIMEOUT_S", 0.3)
    chance, count = random.Random(4), 60
    weights = {Behaviour.WORK: 60, Behaviour.FAIL: 12, Behaviour.TAKE_AND_FAIL: 12, Behaviour.TAKE_AND_HANG_UP: 12}
    gateways.server.behaviour = lambda request: chance.choices(list(weights), list(weights.values()))[0]
    for _ in range(count):
        agree_to_sms(create_case(khonkaen), is_announced=True)
    rounds = 0
    while Notice.objects.filter(state=NoticeState.QUEUED.value).exists():
        make_all_due()
        deliver_due()
        rounds += 1
        assert rounds < 30
    assert Notice.objects.filter(state=NoticeState.ACCEPTED.value).count() == count
    assert len(gateways.sms.messages) == count
    assert len({message.text for message in gateways.sms.messages.values()}) == count
    assert gateways.sms.conflicts == 0
    assert len(gateways.server.requests) > count
    assert NoticeCost.objects.get().notices == count
