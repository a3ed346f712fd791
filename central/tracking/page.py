"""The HTML of the tracking page. The page of a case is cached by everything that it is made from."""

import secrets
from datetime import date
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string

from central.cases.case_clock import public_deadline
from central.centres.wording import official_text
from central.submission_labels import topic_name
from central.tracking.action_menu import MORE_ACTIONS, possible_actions
from central.tracking.lookup import LookupOutcome, LookupResult, milestones_after
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from protocol.messages import TrackingStep
from thai import dates, places

# A cached page has these where each response has a value of its own. They are secret, so no text of a case has one.
_NONCE_MARK, _CODE_MARK = secrets.token_hex(16), secrets.token_hex(16)
_CACHED_PAGES = 512  # of 4 to 10 kB, in each worker
_HEADLINES = {
    LookupOutcome.NOT_FOUND: BilingualText("เรื่องยังมาไม่ถึงศูนย์", "Not received yet"),
    LookupOutcome.ENDED_CODE: BilingualText("รหัสนี้ยกเลิกแล้ว", "This code has ended"),
    LookupOutcome.INVALID_CODE: BilingualText("รหัสไม่ถูกต้อง", "Invalid tracking code"),
    LookupOutcome.TOO_MANY_FAILURES: BilingualText("โปรดรอสักครู่", "Please wait a moment"),
}


def empty_page(language: str, *, nonce: str, is_part: bool) -> str:
    """The page with the field for the code. `is_part`: only what the script of the page replaces."""
    return _render({"language": language, "nonce": nonce}, is_part=is_part)


def failure_page(lookup: LookupResult, *, code: str, typed: str, nonce: str, is_part: bool) -> str:
    """The page of a lookup without a case. `code` is '' when the citizen has `typed` something else."""
    headline = _HEADLINES[lookup.outcome].in_language(lookup.language)
    return _render(_context(lookup, code) | {"headline": headline, "typed": typed, "nonce": nonce}, is_part=is_part)


def case_page(lookup: LookupResult, today: date, *, code: str, nonce: str, is_part: bool) -> str:
    """The page of a case."""
    return _cached_case_page(lookup, today, is_part).replace(_CODE_MARK, code).replace(_NONCE_MARK, nonce)


# No other input than its arguments, and texts that change with the program only: never out of date (decision 0071).
@lru_cache(_CACHED_PAGES)
def _cached_case_page(lookup: LookupResult, today: date, is_part: bool) -> str:
    if lookup.case is None:
        raise ValueError("A lookup without a case has no page of a case")
    case, language, steps = lookup.case.case, lookup.language, lookup.response.steps
    ahead = milestones_after(case.current_status)
    offered = possible_actions(lookup.case, today, has_survey=lookup.has_survey)
    context = {
        "nonce": _NONCE_MARK,
        "centre": case.centre.name_in(language),
        "due_short": dates.short_date(case.due, language) if case.due else "",
        "steps": [_step_context(step, language, now=step is steps[-1] and bool(ahead)) for step in steps],
        "milestones_ahead": [official_text(status, case.centre, language) for status in ahead],
        "message": lookup.message,
        "has_replied": lookup.case.has_replied,
        "waits_for_reopening": lookup.case.waits_for_reopening,
        "offers_own_code": lookup.case.is_code_shared,
        "topic": topic_name(case.topic, language),
        "place": places.full_name(case.area, language),
        "owner": lookup.case.owner_name,
        "deadline": public_deadline(case, today).in_language(language),
        "is_question": case.current_status is CaseStatus.UNCLEAR,
        "actions": [(path, name.in_language(language)) for path, name in offered],
        "more_actions": [(path, name.in_language(language)) for path, name in MORE_ACTIONS],
    }
    return _render(_context(lookup, _CODE_MARK) | context, is_part=is_part)


def clear_page_cache() -> None:
    """For measurements and tests: the next page of each case is made from its rows."""
    _cached_case_page.cache_clear()


def _context(lookup: LookupResult, code: str) -> dict[str, Any]:
    return {"language": lookup.language, "result": lookup.outcome.value, "response": lookup.response, "code": code}


def _step_context(step: TrackingStep, language: str, *, now: bool) -> dict[str, Any]:
    return {
        "status": step.status,
        "text": step.text,
        "now": now,
        "when": dates.short_datetime(step.at, language),
        "iso": step.at.isoformat(timespec="minutes"),
    }


def _render(context: dict[str, Any], *, is_part: bool) -> str:
    html = render_to_string("tracking/content.html" if is_part else "tracking/document.html", context)
    # No line feed of the templates is visible. Without them the first view stays below 30 kB.
    return html.replace("\n", "")
