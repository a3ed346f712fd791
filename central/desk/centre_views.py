"""The pages of centres for administrators: the tree with counts, adding and changing a centre, files."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.centres import commands
from central.centres.commands import CentreRulesError
from central.centres.models import Centre
from central.desk.centre_forms import CentreForm, CentreSearchForm
from central.desk.centre_rows import area_choices, build_changes, build_rows, parent_choices
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.permission import permitted_centres
from central.people.roles import Action

_MAX_MATCHES = 100
_CHANGES_SHOWN = 20


@require_safe
@desk_page
def centre_list(request: HttpRequest) -> HttpResponse:
    """The centres directly below the centre `at` (first: the topmost that the officer manages), or those matching `q`.
    Each with what is open there and below."""
    managed, language = managed_centres(request), page_language(request)
    form = CentreSearchForm(language, request.GET)
    form.is_valid()
    words, slug = form.cleaned_data.get("q", ""), form.cleaned_data.get("at", "")
    top = _topmost(managed)
    at = _get_centre(managed, slug) if slug else top[0] if len(top) == 1 else None
    if words:
        matching = Q(name_th__icontains=words) | Q(name_en__icontains=words) | Q(slug__icontains=words)
        rows = list(managed.filter(matching | Q(area_code=words))[:_MAX_MATCHES])
    else:
        rows = list(managed.filter(parent=at)) if at else top
    context = {
        "at": build_rows([at], language)[0] if at and not words else None,
        "above": [above for above in _ancestors(at) if above in set(managed)] if at else [],
        "rows": build_rows(rows, language),
        "form": CentreSearchForm(language, initial={"q": words, "at": slug}) if words or slug else form,
        "words": words,
        "can_add": bool(at and len(at.area_code) < 4),
    }
    return render_page(request, "desk/centres.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def add_centre(request: HttpRequest) -> HttpResponse:
    """Add a centre below `parent`: POST a CentreForm."""
    managed, language = managed_centres(request), page_language(request)
    if request.method != "POST":
        parent = _get_centre(managed, request.GET.get("parent", "")) if request.GET.get("parent") else managed.first()
        form = CentreForm(language, initial={"parent": parent.slug if parent else ""})
        return _show_form(request, form, None, parent, managed)
    form = CentreForm(language, request.POST)
    parent = managed.filter(slug=request.POST.get("parent", "")).first()
    if form.is_valid():
        try:
            centre = commands.create_centre(form.row(None), signed_in_officer(request), managed=_slugs(managed))
        except CentreRulesError as error:
            form.add_rule_errors(error, language)
        else:
            return _to_list(centre.parent or centre)
    return _show_form(request, form, None, parent, managed, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_centre(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a centre: POST a CentreForm."""
    managed, language = managed_centres(request), page_language(request)
    centre = _get_centre(managed, slug)
    before = commands.row_of(centre)
    if request.method != "POST":
        initial = {**vars(before), "seen": commands.fingerprint(before)}
        return _show_form(request, CentreForm(language, initial=initial), centre, centre.parent, managed)
    form = CentreForm(language, request.POST)
    if form.is_valid():
        try:
            changed = commands.edit_centre(
                centre,
                form.row(before),
                signed_in_officer(request),
                managed=_slugs(managed),
                seen=form.cleaned_data["seen"],
            )
        except CentreRulesError as error:
            form.add_rule_errors(error, language)
        else:
            return _to_list(managed.filter(children=changed).first() or changed)
    return _show_form(request, form, centre, centre.parent, managed, status=422)


@require_POST
@desk_page
def set_activity(request: HttpRequest, slug: str) -> HttpResponse:
    """Deactivate a centre, or activate it again: POST `active`, '1' or '0', and `seen`."""
    managed, language = managed_centres(request), page_language(request)
    centre = _get_centre(managed, slug)
    row = replace(commands.row_of(centre), is_active=request.POST.get("active") == "1")
    seen = request.POST.get("seen", "")[:16]
    try:
        commands.edit_centre(centre, row, signed_in_officer(request), managed=_slugs(managed), seen=seen)
    except CentreRulesError as error:
        initial = {**vars(commands.row_of(centre)), "seen": commands.fingerprint(commands.row_of(centre))}
        form = CentreForm(language, initial=initial)
        sentence = next(iter(error.errors.values())).in_language(language)
        return _show_form(request, form, centre, centre.parent, managed, status=409, error=sentence)
    return redirect("desk:edit_centre", slug=centre.slug)


def managed_centres(request: HttpRequest) -> QuerySet[Centre]:
    """The centres this officer manages. Raises PermissionDenied without any."""
    managed = permitted_centres(signed_in_officer(request), Action.MANAGE_CENTRES).select_related("parent")
    if not managed.exists():
        raise PermissionDenied
    return managed


def managed_slugs(request: HttpRequest) -> frozenset[str]:
    """The slugs of the centres this officer manages, as `central.centres.commands` takes them."""
    return _slugs(managed_centres(request))


def _slugs(managed: QuerySet[Centre]) -> frozenset[str]:
    return frozenset(managed.values_list("slug", flat=True))


def _get_centre(managed: QuerySet[Centre], slug: str) -> Centre:
    """A managed centre. Raises Http404 for every other one, so that nobody learns which exist."""
    centre = managed.filter(slug=slug).first()
    if centre is None:
        raise Http404
    return centre


def _topmost(managed: QuerySet[Centre]) -> list[Centre]:
    """The managed centres that have no managed centre above them."""
    topmost: list[Centre] = []
    for centre in managed:  # by path: a centre is after those above it
        if not any(centre.path.startswith(above.path) for above in topmost):
            topmost.append(centre)
    return topmost


def _ancestors(centre: Centre) -> list[Centre]:
    """The centres above one, from the top."""
    above: list[Centre] = []
    while centre.parent is not None:
        centre = centre.parent
        above.insert(0, centre)
    return above


def _to_list(centre: Centre) -> HttpResponse:
    return redirect(f"{reverse('desk:centres')}?{urlencode({'at': centre.slug})}")


def _show_form(
    request: HttpRequest,
    form: CentreForm,
    centre: Centre | None,
    parent: Centre | None,
    managed: QuerySet[Centre],
    *,
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    """The form of a new centre (`centre` is None) or of an existing one."""
    language = page_language(request)
    slugs = _slugs(managed)
    areas = area_choices(parent, centre, language)
    form.offer(language, parent_choices(managed, centre, language), areas, is_new=centre is None)
    whole = form.non_field_errors()
    context: dict[str, Any] = {
        "form": form,
        "centre": centre,
        "parent": parent,
        "name": centre.name_in(language) if centre else "",
        "row": build_rows([centre], language)[0] if centre else None,
        "has_no_area": not areas,
        "changes": build_changes(centre, language, _CHANGES_SHOWN) if centre else [],
        # Slug, area, place and activity belong to the administrators above.
        "is_structure_managed": centre is None or (centre.parent.slug if centre.parent else "") in slugs,
        "seen": commands.fingerprint(commands.row_of(centre)) if centre else "",
        "error": error or (str(whole[0]) if whole else ""),
    }
    return render_page(request, "desk/centre.html", context, status=status)
