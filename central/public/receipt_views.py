"""Downloads of the receipt. The code is in the body of the POST, as on the tracking page."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from central.cases.models import Case
from central.client_address import client_address
from central.identity_crypto import tracking_hash
from central.public.receipt import receipt_context, receipt_pdf, receipt_picture
from central.throttle import LocalThrottle
from central.tracking.lookup import find_case_status
from central.tracking.views import failure_response, valid_language
from protocol import tracking_code

_MAKERS = {"pdf": ("application/pdf", receipt_pdf), "png": ("image/png", receipt_picture)}
_THROTTLE = LocalThrottle("receipts", limit=20, window_s=600)  # of one case; each takes half a second of a processor


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_file(request: HttpRequest) -> HttpResponse:
    """POST `code`, `language` and `as`, pdf or png: the receipt of the case as a file to keep."""
    if request.method != "POST" or request.POST.get("as") not in _MAKERS:
        return redirect("track")
    language = valid_language(request.POST.get("language"))
    lookup = find_case_status(request.POST.get("code", "")[:64], language, client_address(request))
    if lookup.case is None:
        return failure_response(request, lookup)
    code = tracking_code.code_from_url(request.POST["code"][:64])
    case = Case.objects.select_related("centre").filter(tracking_hash=tracking_hash(code)).first()
    if case is None:  # another request has just replaced the code
        return redirect("track")
    if not _THROTTLE.count_attempt(case.case_number):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    media_type, make = _MAKERS[request.POST["as"]]
    context = receipt_context(case, code, lookup.language, request)
    name = f"damrongdham-{case.case_number}.{request.POST['as']}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Referrer-Policy": "no-referrer"}
    return HttpResponse(make(context), content_type=media_type, headers=headers)
