"""Pages of a scan become a file of a case that exists: an answer that came by post, further evidence."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.cases.errors import NotAllowedError
from central.desk.adding_form import AddingForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.scan_rows import batch_row
from central.desk.scan_views import find_batch
from central.scan_batches.batches import record_reading
from central.scan_batches.filing import add_part, part_beginning


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def add_scan_to_case(request: HttpRequest, scan_id: int, page_id: int) -> HttpResponse:
    """The form for the part that begins with this page; POST it to add the pages to the case."""
    officer, language = signed_in_officer(request), page_language(request)
    batch, part = find_batch(officer, scan_id), part_beginning(officer, page_id)
    if part is None or part.batch.pk != batch.pk:
        raise Http404
    form, status = AddingForm(officer, language, request.POST if request.method == "POST" else None), 200
    error = ""
    if form.is_valid():
        case, note = form.cleaned_data["number"], form.cleaned_data["note"]
        try:
            add_part(part, officer, case, is_from_complainant=form.is_from_complainant, note=note)
        except NotAllowedError as refusal:
            error, status = refusal.sentence.in_language(language), 409
        else:
            return redirect("desk:scan_batch", batch.pk)
    elif form.is_bound:
        status = 422
    record_reading(officer, batch)
    context = {"batch": batch_row(batch, language), "part": part, "form": form, "error": error}
    return render_page(request, "desk/scan_adding.html", context, status=status)
