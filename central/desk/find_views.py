"""Finding the case of somebody who asks: by number, phone, citizen id or name, with a reason. Never in an address."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from central.cases import clock
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.cases.person_search import MAX_FOUND, SearchWay, search_cases
from central.centres.wording import desk_label
from central.channels import CHANNELS
from central.desk.find_forms import FindForm
from central.desk.labels import label
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.permission import actions_anywhere
from central.people.roles import Action, Scope
from central.submission_labels import topic_name
from thai import dates


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def find_case_of_person(request: HttpRequest) -> HttpResponse:
    """The search form; POST a FindForm shows the cases. They are rows without anything personal."""
    officer, language = signed_in_officer(request), page_language(request)
    actions = actions_anywhere(officer, (Scope.CENTRE,))
    if Action.READ_PEOPLE not in actions:
        raise PermissionDenied
    if request.method != "POST":
        return render_page(request, "desk/find.html", {"form": FindForm(language)})
    form = FindForm(language, request.POST)
    if not form.is_valid():
        return render_page(request, "desk/find.html", {"form": form, "error": form.first_error}, status=422)
    values = form.cleaned_data
    try:
        cases = search_cases(officer, SearchWay(values["way"]), values["term"], values["reason"])
    except NotAllowedError as error:
        context = {"form": form, "error": error.sentence.in_language(language)}
        return render_page(request, "desk/find.html", context, status=422)
    context = {
        "form": form,
        "searched": True,
        "rows": [_row(case, language) for case in cases],
        "is_cut": len(cases) == MAX_FOUND,
        "may_renew": Action.RENEW_CODE in actions,
    }
    return render_page(request, "desk/find.html", context)


def _row(case: Case, language: str) -> dict[str, str]:
    return {
        "number": case.case_number,
        "centre": case.centre.name_in(language),
        "received": dates.short_date(dates.day_in_thailand(case.received_at), language),
        "channel": label(CHANNELS, case.channel, language),
        "topic": case.subtopic or topic_name(case.topic, language),
        "status": case.status,
        "status_text": desk_label(case.current_status, case.centre, language),
        "due": dates.short_date(case.due, language) if case.due else "–",
        "is_late": "1" if case.closed_at is None and case.due and case.due < clock.today() else "",
    }
