"""The routing rules of a centre: their order, and which of them takes a given case."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.agencies.case_routing import facts_of, propose_route, rules_in_force
from central.agencies.errors import RegisterError
from central.agencies.models import RegisterChange, RoutingRule
from central.agencies.register import offered_agencies
from central.agencies.routing import RoutingResult, unreachable_rules
from central.agencies.routing_rules import CaseFacts
from central.agencies.rule_commands import RuleDetails, add_rules, delete_rule, details_of_rule, edit_rule, move_rule
from central.agencies.rule_set_install import InstalledRules, install_rules
from central.cases import reading
from central.cases.models import Case
from central.centres.models import Centre
from central.desk.agency_access import centre_choices, chosen_centre, managed_centre
from central.desk.agency_rows import change_facts
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.routing_forms import CaseFactsForm, MoveForm, RuleForm
from central.desk.routing_rows import build_rule_row, fact_texts, named_agencies
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol import case_number
from protocol.bilingual_text import BilingualText

_CHANGES_SHOWN = 10
_NO_CASE = BilingualText("ไม่พบเรื่องนี้ในเรื่องที่ท่านดูได้", "There is no such case among those that you may see")
_RULE_KINDS = [kind for kind in RegisterChange.Kind if kind.value.startswith("rule_")]


@require_safe
@desk_page
def routing_page(request: HttpRequest) -> HttpResponse:
    """The rules in force at the centre `at`, with the test: a case `number`, or typed facts (a CaseFactsForm)."""
    centre = chosen_centre(request, permitted_centres(signed_in_officer(request), Action.MANAGE_ROUTING))
    return _show_rules(request, centre)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def add_rule(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a rule after the centre's last one: POST a RuleForm."""
    centre = managed_centre(request, slug, Action.MANAGE_ROUTING)
    return _edit(request, centre, None)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_routing_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Change a rule: POST a RuleForm."""
    rule = _get_rule(request, rule_id)
    return _edit(request, rule.centre, rule)


@require_POST
@desk_page
def move_routing_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Move a rule by one place: POST a MoveForm."""
    rule, form = _get_rule(request, rule_id), MoveForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_rules(request, rule.centre, error=form.first_error, status=422)
    try:
        values = form.cleaned_data
        move_rule(rule, values["direction"], signed_in_officer(request), seen_number=values["seen"])
    except RegisterError as refusal:
        return _show_rules(request, rule.centre, error=_sentence(request, refusal), status=409)
    return _to_rules(rule.centre)


@require_POST
@desk_page
def delete_routing_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Delete a rule."""
    rule = _get_rule(request, rule_id)
    try:
        delete_rule(rule, signed_in_officer(request))
    except RegisterError as refusal:
        return _show_rules(request, rule.centre, error=_sentence(request, refusal), status=409)
    return _to_rules(rule.centre)


@require_POST
@desk_page
def install_police_rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Add the delivered rules for cases about the police, and show what is still to be done."""
    centre = managed_centre(request, slug, Action.MANAGE_ROUTING)
    try:
        installed = install_rules("police", centre, signed_in_officer(request))
    except RegisterError as refusal:
        return _show_rules(request, centre, error=_sentence(request, refusal), status=409)
    return _show_rules(request, centre, installed=installed)


def _get_rule(request: HttpRequest, rule_id: int) -> RoutingRule:
    """A rule of a centre whose routing the officer manages. Raises Http404."""
    centres = permitted_centres(signed_in_officer(request), Action.MANAGE_ROUTING)
    rules = RoutingRule.objects.select_related("centre", "lead_agency", "support_agency", "copy_agency")
    rule = rules.filter(pk=rule_id, centre__in=centres).first()
    if rule is None:
        raise Http404
    return rule


def _edit(request: HttpRequest, centre: Centre, rule: RoutingRule | None) -> HttpResponse:
    language, officer = page_language(request), signed_in_officer(request)
    before = details_of_rule(rule) if rule else RuleDetails()
    data = request.POST if request.method == "POST" else None
    form = RuleForm(language, centre, offered_agencies(centre), before, data)
    if form.is_valid():
        try:
            if rule is None:
                add_rules([form.details()], centre, officer)
            else:
                edit_rule(rule, form.details(), officer)
        except RegisterError as refusal:
            form.show_errors(refusal)
        else:
            return _to_rules(centre)
    context = {"form": form, "centre": centre, "rule": rule}
    return render_page(request, "desk/rule_form.html", context, status=422 if form.is_bound else 200)


def _show_rules(
    request: HttpRequest,
    centre: Centre,
    *,
    error: str = "",
    installed: InstalledRules | None = None,
    status: int = 200,
) -> HttpResponse:
    language, officer = page_language(request), signed_in_officer(request)
    form, case, facts, result = _test(request, centre)
    rules = rules_in_force(centre)
    changes = RegisterChange.objects.filter(centre=centre, kind__in=_RULE_KINDS).select_related("by")
    agencies, hidden = named_agencies(rules), unreachable_rules(rules)
    rows = [build_rule_row(rule, agencies, result, hidden.get(rule.key), language) for rule in rules]
    context = {
        "centre": centre,
        "centres": centre_choices(permitted_centres(officer, Action.MANAGE_ROUTING), centre, language),
        "own": [row for row in rows if not row["inherited_from"]],
        "inherited": [row for row in rows if row["inherited_from"]],
        "form": form,
        "result": result,
        "case": case,
        "facts": fact_texts(facts, language) if facts else "",
        "explanation": [sentence.in_language(language) for sentence in result.explanation] if result else [],
        "installed": installed,
        "advice": [sentence.in_language(language) for sentence in installed.advice] if installed else [],
        "changes": [change_facts(change, language) for change in changes[:_CHANGES_SHOWN]],
        "error": error,
    }
    return render_page(request, "desk/routing.html", context, status=status)


def _test(
    request: HttpRequest, centre: Centre
) -> tuple[CaseFactsForm, Case | None, CaseFacts | None, RoutingResult | None]:
    """The test form, the case or the facts that it states, and what the rules propose for them."""
    language = page_language(request)
    if request.method != "GET" or "test" not in request.GET:
        return CaseFactsForm(language, centre), None, None, None
    form = CaseFactsForm(language, centre, request.GET)
    if not form.is_valid():
        return form, None, None, None
    number = form.cleaned_data["number"]
    if not number:
        facts = form.facts()
        return form, None, replace(facts, area=facts.area or centre.area_code), propose_route(facts, centre)
    visible = reading.visible_cases(signed_in_officer(request))
    case = visible.filter(case_number=_full_number(number)).first()
    if case is None:
        form.add_error("number", _NO_CASE.in_language(language))
        return form, None, None, None
    return form, case, facts_of(case), propose_route(facts_of(case), case.centre)


def _full_number(text: str) -> str:
    """A case number as stored, from what was typed; the text itself when it is none."""
    try:
        return str(case_number.parse(text))
    except case_number.CaseNumberError:
        return text.strip().upper()


def _to_rules(centre: Centre) -> HttpResponse:
    return redirect(f"{reverse('desk:routing')}?{urlencode({'at': centre.slug})}")


def _sentence(request: HttpRequest, refusal: RegisterError) -> str:
    return " ".join(text.in_language(page_language(request)) for text in refusal.errors.values())
