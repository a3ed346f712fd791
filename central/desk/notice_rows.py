"""What pages show of notices: the section of a case, dead letters, gateways, costs. No address of a citizen."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.desk import labels
from central.notices import routes
from central.notices.codes import CHANNEL_NAMES, FAILURE_NAMES, NEWS_NAMES, STATE_NAMES, News
from central.notices.models import Notice, NoticeConsent, NoticeCost, NoticeRoute
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import dates

_NOTICES_SHOWN = 20
_MONTHS_SHOWN = 12
GIVEN_BY = {
    "kiosk": BilingualText("ที่ตู้", "at the kiosk"),
    "web": BilingualText("ทางเว็บ", "on the web"),
    "line": BilingualText("ทาง LINE", "by LINE"),
    "counter": BilingualText("แจ้งเจ้าหน้าที่", "through an officer"),
    "gateway": BilingualText("ผู้ให้บริการแจ้งว่าไม่มีผู้รับแล้ว", "the gateway says that the recipient is gone"),
}


@dataclass(frozen=True)
class ShownConsent:
    """A consent without its address."""

    consent: NoticeConsent
    channel: str
    agreed: str
    withdrawn: str  # '' while it holds
    has_route: bool


@dataclass(frozen=True)
class ShownNotice:
    """A notice with the names of its codes."""

    notice: Notice
    channel: str
    news: str
    state: str
    failure: str
    when: str
    cost: str


@dataclass(frozen=True)
class NoticeSection:
    """The notices of one case. `is_unusable`: the citizen wants SMS, and none can be sent to the number."""

    consents: list[ShownConsent]
    notices: list[ShownNotice]
    is_unusable: bool
    may_stop: bool


def build_notice_section(officer: Officer, case: Case, language: str) -> NoticeSection:
    """The section of a case. One query without consents, otherwise a few more."""
    consents = list(case.notice_consents.all())
    notices = Notice.objects.filter(case=case).order_by("-created_at", "-id")[:_NOTICES_SHOWN] if consents else []
    return NoticeSection(
        consents=[_shown_consent(each, case.centre, language) for each in consents],
        notices=[shown_notice(each, language) for each in notices],
        is_unusable=case.consent_sms and not consents,
        may_stop=bool(consents) and has_permission(officer, Action.RECORD_DETAILS, case.centre),
    )


def _shown_consent(consent: NoticeConsent, centre: Centre, language: str) -> ShownConsent:
    def described(by: str, moment: Any) -> str:
        return f"{labels.label(GIVEN_BY, by, language)} · {dates.short_datetime(moment, language)}"

    route = None if consent.withdrawn_at else routes.route_of(centre, consent.channel)
    return ShownConsent(
        consent=consent,
        channel=labels.label(CHANNEL_NAMES, consent.channel, language),
        agreed=described(consent.given_by, consent.given_at),
        withdrawn=described(consent.withdrawn_by, consent.withdrawn_at) if consent.withdrawn_at else "",
        has_route=route is not None and routes.is_usable(route),
    )


def shown_notice(notice: Notice, language: str) -> ShownNotice:
    """A row of a list of notices."""
    news = [NEWS_NAMES[each].in_language(language) for each in News if each.value in notice.news]
    moment = notice.receipt_at or notice.accepted_at or notice.created_at
    return ShownNotice(
        notice=notice,
        channel=labels.label(CHANNEL_NAMES, notice.channel, language),
        news=" · ".join(news),
        state=labels.label(STATE_NAMES, notice.state, language),
        failure=labels.label(FAILURE_NAMES, notice.failure, language) if notice.failure else "",
        when=dates.short_datetime(moment, language),
        cost=baht(notice.cost_satang) if notice.cost_satang else "",
    )


def route_rows(centres: Any, language: str) -> list[dict[str, Any]]:
    """The routes of these centres, with the state of their gateways."""
    now, rows = timezone.now(), []
    matches = (
        NoticeRoute.objects.filter(centre__in=centres).select_related("centre").order_by("centre__path", "channel")
    )
    for route in matches:
        rows.append(
            {
                "route": route,
                "centre": route.centre.name_in(language),
                "channel": labels.label(CHANNEL_NAMES, route.channel, language),
                "is_paused": route.pause_until is not None and route.pause_until > now,
                "failure": labels.label(FAILURE_NAMES, route.last_failure, language) if route.last_failure else "",
                "accepted": dates.short_datetime(route.last_accepted_at, language) if route.last_accepted_at else "",
                "works": route.is_active and routes.is_usable(route),
            }
        )
    return rows


def cost_rows(centres: Any, language: str) -> list[dict[str, Any]]:
    """What these centres have sent: the last twelve months that have costs."""
    costs = NoticeCost.objects.filter(centre__in=centres).select_related("centre")
    months = sorted(set(costs.values_list("month", flat=True)), reverse=True)[:_MONTHS_SHOWN]
    return [
        {
            "cost": row,
            "month": dates.month_and_year(row.month, language),
            "centre": row.centre.name_in(language),
            "channel": labels.label(CHANNEL_NAMES, row.channel, language),
            "baht": baht(row.satang),
        }
        for row in costs.filter(month__in=months).order_by("-month", "centre__path", "channel")
    ]


def baht(satang: int) -> str:
    """An amount: '1,234.50'."""
    return f"{satang / 100:,.2f}"
