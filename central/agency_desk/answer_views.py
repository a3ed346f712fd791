"""The pages of one referral for its agency: each handler serves the personal link and the account (`urls.py`)."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from central.agency_desk import access_codes, answering
from central.agency_desk.access import Access
from central.agency_desk.answer_page import build_page
from central.agency_desk.forms import (
    AcceptForm,
    AnswerForm,
    CodeForm,
    CodeRequestForm,
    PageForm,
    ReportForm,
    ReturnForm,
)
from central.attachment_responses import attachment_response
from central.cases import agency_reading
from central.cases.attachments import prepare_files
from central.cases.commands import NotAllowedError
from central.cases.models import Attachment, LetterPage
from central.cases.reading import ReadingDeniedError
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText

_NO_ANSWER = BilingualText("ตอบเรื่องนี้ไม่ได้", "This case cannot be answered")


def show(request: HttpRequest, access: Access) -> HttpResponse:
    """The page: what is asked, the case, and the forms to answer. Opening it is audited."""
    return _page(request, access)


def accept(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Accept the case: POST an AcceptForm."""
    form = AcceptForm(access.language, request.POST)

    def step() -> None:
        answering.accept(access.referral, access.actor, _seen(form), handler_name=form.cleaned_data["handler"])

    return _answer(request, access, "accept_form", form, step)


def report(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Report progress or the end of the work, with files: POST a ReportForm."""
    form = ReportForm(access.language, request.POST, files=request.FILES)

    def step() -> None:
        values = form.cleaned_data
        answering.report(
            access.referral,
            access.actor,
            _seen(form),
            text=values["text"],
            is_done=values["done"],
            message=values["message"],
            files=prepare_files(values["files"], from_offices=True),
        )

    return _answer(request, access, "report_form", form, step)


def return_to_centre(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Return the case with a reason: POST a ReturnForm."""
    agencies = answering.proposable_agencies(access.referral)
    form = ReturnForm(access.language, request.POST, agencies=agencies)

    def step() -> None:
        values = form.cleaned_data
        answering.return_to_centre(
            access.referral, access.actor, _seen(form), reason=values["reason"], proposed=form.proposed_agency
        )

    return _answer(request, access, "return_form", form, step)


def request_code(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Mail a code that opens name and contact: POST a CodeRequestForm."""
    form = CodeRequestForm(access.language, request.POST)

    def step() -> None:
        access_codes.request_code(access.referral, access.officer, form.cleaned_data["reason"])

    return _step(request, access, "code_request_form", form, step)


def enter_code(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Open name and contact for this browser: POST a CodeForm."""
    form = CodeForm(access.language, request.POST)
    codes = []

    def step() -> None:
        codes.append(access_codes.enter_code(access.referral, form.cleaned_data["code"]))

    response = _step(request, access, "code_form", form, step)
    if codes and isinstance(response, HttpResponse):
        access_codes.unlock(response, codes[0], access.base, access.officer)
    return response


def letter_page(request: HttpRequest, access: Access, index: int) -> HttpResponseBase:
    """The picture of a letter page, after a code."""
    code = access_codes.unlocking_code(request, access.referral, access.officer)
    if code is None:
        raise PermissionDenied
    try:
        page = agency_reading.open_page(access.referral, access.officer, index, code.reason)
    except ReadingDeniedError:
        raise PermissionDenied from None
    except LetterPage.DoesNotExist:
        raise Http404 from None
    return FileResponse(page.picture.open("rb"), content_type=page.media_type)


def attached_file(request: HttpRequest, access: Access, attachment_id: int) -> HttpResponseBase:
    """A file that this agency has attached."""
    try:
        attachment = agency_reading.open_own_attachment(access.referral, access.officer, attachment_id)
        return attachment_response(request, attachment)
    except Attachment.DoesNotExist:
        raise Http404 from None


def _seen(form: AnswerForm) -> str:
    return str(form.cleaned_data["seen"])


def _answer(
    request: HttpRequest, access: Access, name: str, form: PageForm, step: Callable[[], None]
) -> HttpResponseBase:
    if not access.may_answer:
        return _page(request, access, error=_NO_ANSWER.in_language(access.language), status=HTTPStatus.CONFLICT)
    return _step(request, access, name, form, step)


def _step(
    request: HttpRequest, access: Access, name: str, form: PageForm, step: Callable[[], None]
) -> HttpResponseBase:
    """Make the step of a valid form. Otherwise the page has the reason and what was typed."""
    if not form.is_valid():
        return _page(request, access, error=form.first_error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        step()
    except NotAllowedError as error:
        access.referral.refresh_from_db()
        again = _typed_again(form, access)
        sentence = error.sentence.in_language(access.language)
        return _page(request, access, error=sentence, status=HTTPStatus.CONFLICT, forms={name: again})
    return access.redirect(form.name)


def _typed_again(form: PageForm, access: Access) -> PageForm:
    """The form with what was typed and the version that the new page shows."""
    if "seen" in form.fields:
        form.data = {
            **{key: form.data.get(key, "") for key in form.data},
            "seen": answering.answer_version(access.referral),
        }
    return form


def _page(
    request: HttpRequest,
    access: Access,
    *,
    error: str = "",
    status: int = HTTPStatus.OK,
    forms: dict[str, DeskForm] | None = None,
) -> HttpResponse:
    context = {**build_page(request, access, forms or {}), "error": error}
    return access.render(request, "agency_desk/answer.html", context, status)
