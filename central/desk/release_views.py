"""The page of the releases that kiosks should run: a plan for each centre, and what runs now."""

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.client_address import client_address
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.release_forms import ReleasePlanForm
from central.fleet import attention, release_plans
from central.fleet.models import Enrolment, KioskState, ReleasePlan
from central.people.permission import permitted_centres
from central.people.roles import Action
from thai import dates


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def releases(request: HttpRequest) -> HttpResponse:
    """The plans, the versions that run, and the form of a plan: POST a ReleasePlanForm."""
    language, officer = page_language(request), signed_in_officer(request)
    permitted = permitted_centres(officer, Action.RUN_FLEET)
    if not permitted.exists():
        raise PermissionDenied
    centres = {centre.slug: centre for centre in permitted.filter(is_active=True)}
    choices = [(slug, centre.name_th if language == "th" else centre.name_en) for slug, centre in centres.items()]
    form = ReleasePlanForm(language, request.POST if request.method == "POST" else None, centres=choices)
    if request.method == "POST" and form.is_valid():
        centre = centres[form.cleaned_data["centre"]]
        release_plans.set_plan(centre, form.values(), officer, client_address(request))
        return redirect("desk:releases")
    kiosks = list(attention.enrolments_in_use().filter(centre__in=permitted))
    counting = {kiosk.centre_id: release_plans.plan_of(kiosk.required_centre) for kiosk in _one_per_centre(kiosks)}
    plans = release_plans.plans_in_force(permitted)
    context = {
        "form": form,
        "plans": [
            _plan_row(plan, [kiosk for kiosk in kiosks if counting[kiosk.centre_id] == plan], language)
            for plan in plans
        ],
        "versions": sorted(Counter(filter(None, map(_running_version, kiosks))).items(), reverse=True),
    }
    return render_page(request, "desk/releases.html", context, status=400 if form.errors else 200)


def _one_per_centre(kiosks: list[Enrolment]) -> list[Enrolment]:
    return list({kiosk.centre_id: kiosk for kiosk in kiosks}.values())


def _plan_row(plan: ReleasePlan, kiosks: list[Enrolment], language: str) -> dict[str, Any]:
    """A plan with those of its kiosks that it includes, and those that run the version or failed to."""
    included = [kiosk for kiosk in kiosks if release_plans.is_included(plan, kiosk.kiosk_id)]
    return {
        "plan": plan,
        "centre": plan.centre.name_th if language == "th" else plan.centre.name_en,
        "changed_at": dates.short_datetime(plan.changed_at, language),
        "included": len(included),
        "running": sum(1 for kiosk in included if is_version(_running_version(kiosk), plan.version)),
        "failed": sum(1 for kiosk in included if (state := _state(kiosk)) and attention.has_failed_update(state)),
    }


def is_version(running: str, version: str) -> bool:
    """Whether a package's version is the planned one, which may lack the name of the Debian release."""
    return running == version or running.startswith(f"{version}+deb")


def _state(kiosk: Enrolment) -> KioskState | None:
    return getattr(kiosk, "state", None)


def _running_version(kiosk: Enrolment) -> str:
    state = _state(kiosk)
    return (release_plans.release_report(state).running or state.version) if state else ""
