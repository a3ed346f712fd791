"""The page on which a citizen files a case: /file.

With scripts one page asks one question after another, also without network, and sends everything at the end. Without
scripts the same page is a form, followed by a page to check what was typed (decision 0111). Personal data is in the
body of a POST only. There is no cookie and no account, so there is no CSRF token; a form of another site is refused."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from central.cases.attachments import MAX_FILES, CleanFile, prepare_files
from central.cases.errors import NotAllowedError
from central.centres.models import Centre
from central.channels import Channel
from central.client_address import client_address
from central.filing.file_case import FiledCase, FilingError, centre_of_filing, file_case, repeated_case
from central.form_origin import refuse_other_sites
from central.language import LANGUAGES
from central.notices import routes
from central.notices.codes import NoticeChannel
from central.public import kiosk_texts as kiosk
from central.public import web_texts as web
from central.public.filing_form import FilingForm
from central.public.filing_steps import SCRIPT_SENTENCES, TOPIC_ICONS, step_of_field
from central.public.proof_of_work import BITS, MIN_AGE_S, Verdict, check_proof, new_challenge
from central.public.receipt import receipt_context
from central.throttle import LocalThrottle
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText

# 20,000 characters of Thai are nine bytes each in a form; what is too long is answered with the text still in it.
_TEXT_BYTES = 400_000
# Many citizens share the address of a mobile network. Without a proof of work a program costs nothing: fewer are taken.
_PROVEN_THROTTLE = LocalThrottle("web-filing", limit=30, window_s=600)
_WAITED_THROTTLE = LocalThrottle("web-filing-without-proof", limit=4, window_s=600)
# Of one filed key. A phone that got no answer sends every 20 seconds, with all its photos each time.
_REPETITIONS = LocalThrottle("web-filing-again", limit=12, window_s=600)
_PDF = "application/pdf"
# What the page needs without network.
_ASSETS = [
    "/static/fonts/sarabun-400-2.woff2",
    "/static/fonts/sarabun-400-small-1.woff2",
    "/static/fonts/sarabun-700-1.woff2",
    "/static/fonts/sarabun-700-small-1.woff2",
    "/static/icons/topics-1.woff2",
    "/static/icons/app-192.png",
]


@accepts_upload(settings.MAX_UPLOAD_BYTES + _TEXT_BYTES)
@csrf_exempt  # it sets no cookie; refuse_other_sites checks where a form comes from
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def filing(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST `do`: 'check' shows what was typed, 'send' files the case, anything else shows the form with
    what was typed. With `part` the response is JSON for the script."""
    if request.method == "POST":
        refuse_other_sites(request)
    posted = request.POST if request.method == "POST" else request.GET
    language = posted.get("language") or posted.get("lang") or "th"
    try:
        centre = centre_of_filing("")
    except FilingError as error:
        return HttpResponse(error.sentence.in_language("th"), status=HTTPStatus.SERVICE_UNAVAILABLE)
    page = _FilingPage(request, language if language in LANGUAGES else "th", centre)
    if request.method != "POST":
        return page.show(page.form())
    match request.POST.get("do"):
        case "send":
            return page.send()
        case "check":
            return page.check()
        case _:  # the lists of a place, another language, back from the check
            return page.show(page.form(request.POST))


class _RefusedError(Exception):
    """A form that is not filed: the field and the sentence about it."""

    def __init__(self, sentence: str, field: str = "", status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> None:
        super().__init__(field)
        self.sentence, self.field, self.status = sentence, field, status


class _FilingPage:
    """One request for the page."""

    def __init__(self, request: HttpRequest, language: str, centre: Centre) -> None:
        self._request, self._language, self._centre = request, language, centre
        self._offers_sms = NoticeChannel.SMS in routes.working_channels(centre)

    def form(self, data: Any = None) -> FilingForm:
        """The form, empty or with what was sent."""
        start = {"key": uuid4(), "challenge": new_challenge()}
        files = self._request.FILES if data is not None else None
        return FilingForm(self._language, data, offers_sms=self._offers_sms, initial=start, files=files)

    def show(self, form: FilingForm, refusal: _RefusedError | None = None) -> HttpResponse:
        """The form; `refusal` is what is wrong with it."""
        if refusal is not None and refusal.field in form.fields:
            form.fields[refusal.field].widget.attrs |= {"aria-invalid": "true", "aria-describedby": "error"}
        context = {
            "form": form,
            "bits": BITS,
            "sentences": {
                **{name: self._text(text) for name, text in SCRIPT_SENTENCES.items()},
                "assets": _ASSETS,
            },
            "topics": [(choice, TOPIC_ICONS[choice.data["value"]]) for choice in form["topic"]],
            "namings": [
                (choice, text.in_language(self._language))
                for choice, text in zip(form["naming"], kiosk.NAMING_TEXTS.values(), strict=True)
            ],
            "kiosk": _in_language(vars(kiosk), self._language),
            "web": _in_language(vars(web), self._language),
            "hotlines": [(number, name.in_language(self._language)) for number, name in kiosk.HOTLINES],
        }
        return self._render("public/filing.html", context, refusal)

    def check(self) -> HttpResponse:
        """What was typed, with the field for files and the button that sends. For browsers without scripts."""
        form = self.form(self._request.POST)
        if not form.is_valid():
            field, sentence = form.first_problem
            return self.show(form, _RefusedError(sentence, field))
        return self._check_page(form)

    def send(self) -> HttpResponse:
        """File the case. What is refused shows the form or the check again, with the reason and everything typed."""
        form = self.form(self._request.POST)
        try:
            filed = self._file(form)
        except _RefusedError as refusal:
            if self._request.POST.get("part"):
                return self._refused_part(refusal)
            if form.is_valid():
                return self._check_page(form, refusal)
            return self.show(form, refusal)
        context = receipt_context(filed.case, filed.code, self._language, self._request)
        context["remark"] = self._remark(filed)
        if self._request.POST.get("part"):
            return JsonResponse({"receipt": render_to_string("public/receipt.html", context)})
        return self._render("public/filed.html", context)

    def _file(self, form: FilingForm) -> FiledCase:
        """Check in the order of cost: form, earlier sending, proof, number of sendings, files.

        The files of a repetition are not opened: a repetition needs no new proof, so it costs its sender nothing."""
        if not form.is_valid():
            field, sentence = form.first_problem
            raise _RefusedError(sentence, field)
        key: UUID = form.cleaned_data["key"]
        earlier = repeated_case(form.content, Channel.WEB, key, files=len(form.cleaned_data["files"]))
        if earlier is not None:
            if not _REPETITIONS.count_attempt(str(key)):
                raise _RefusedError(self._text(web.TOO_OFTEN), "", HTTPStatus.TOO_MANY_REQUESTS)
            return earlier
        self._check_effort(form)
        try:
            files = self._clean_files(form)
            if not form.cleaned_data["text"] and not files:
                raise _RefusedError(self._text(web.NO_STORY), "text")
            return file_case(form.content, channel=Channel.WEB, key=key, filed_at=timezone.now(), files=files)
        except NotAllowedError as error:
            raise _RefusedError(error.sentence.in_language(self._language), "files") from error
        except FilingError as error:
            raise _RefusedError(error.sentence.in_language(self._language)) from error

    def _check_effort(self, form: FilingForm) -> None:
        values = form.cleaned_data
        verdict = check_proof(values["challenge"], str(values["key"]), values["counter"])
        if verdict is Verdict.STALE:
            raise _RefusedError(self._text(web.STALE), "challenge", HTTPStatus.CONFLICT)
        if verdict is Verdict.TOO_EARLY:
            sentence = self._text(web.TOO_EARLY).format(seconds=MIN_AGE_S)
            raise _RefusedError(sentence, "challenge", HTTPStatus.TOO_MANY_REQUESTS)
        throttle = _PROVEN_THROTTLE if verdict is Verdict.PROVEN else _WAITED_THROTTLE
        if not throttle.count_attempt(client_address(self._request)):
            raise _RefusedError(self._text(web.TOO_OFTEN), "", HTTPStatus.TOO_MANY_REQUESTS)

    def _clean_files(self, form: FilingForm) -> list[CleanFile]:
        uploads = form.cleaned_data["files"]
        files = prepare_files(uploads, keep_positions=form.cleaned_data["with_place"])
        if len(files) > 1 and any(each.media_type == _PDF for each in files):
            raise NotAllowedError(web.ONE_KIND)
        return files

    def _check_page(self, form: FilingForm, refusal: _RefusedError | None = None) -> HttpResponse:
        names = [name for name in form.fields if name not in ("files", "with_place", "challenge", "counter")]
        posted = [(name, value) for name in names for value in self._request.POST.getlist(name)]
        is_stale = refusal is not None and refusal.status == HTTPStatus.CONFLICT
        context = {
            "form": form,
            "posted": posted,
            "challenge": new_challenge() if is_stale else self._request.POST.get("challenge", ""),
            "summary": form.summary(),
            "max_files": MAX_FILES,
            "kiosk": _in_language(vars(kiosk), self._language),
            "web": _in_language(vars(web), self._language),
        }
        return self._render("public/check.html", context, refusal)

    def _refused_part(self, refusal: _RefusedError) -> JsonResponse:
        body = {"error": refusal.sentence, "field": refusal.field, "step": step_of_field(refusal.field)}
        if refusal.field == "challenge":
            body["challenge"] = new_challenge()
        return JsonResponse(body, status=refusal.status)

    def _remark(self, filed: FiledCase) -> str:
        if filed.code is None:
            return self._text(web.NO_CODE_NOW)
        return "" if filed.has_same_content else self._text(web.OTHER_CONTENT)

    def _text(self, text: BilingualText) -> str:
        return text.in_language(self._language)

    def _render(self, template: str, context: dict[str, Any], refusal: _RefusedError | None = None) -> HttpResponse:
        sentence = refusal.sentence if refusal else ""
        if refusal and self._request.FILES:
            sentence = f"{sentence} · {self._text(web.FILES_AGAIN)}"
        values = {
            "language": self._language,
            "centre": self._centre.name_in(self._language) if self._centre.area_code else "",
            "error": sentence,
            **context,
        }
        response = render(self._request, template, values, status=refusal.status if refusal else HTTPStatus.OK)
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
        return response


def _in_language(texts: dict[str, Any], language: str) -> dict[str, str]:
    """The constants of a module of texts, for a template."""
    return {name.lower(): text.in_language(language) for name, text in texts.items() if isinstance(text, BilingualText)}
