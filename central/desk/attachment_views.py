"""Files of agencies and citizens, for officers of the centre."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from central.attachment_responses import attachment_response
from central.cases import reading
from central.cases.models import Attachment, Case
from central.desk.page_support import desk_page, signed_in_officer


@require_GET  # not HEAD: opening a file is audited as a reading
@desk_page
def case_file(request: HttpRequest, number: str, attachment_id: int) -> HttpResponseBase:
    """A file of this case. Opening it is audited."""
    officer = signed_in_officer(request)
    try:
        case = reading.visible_cases(officer).get(case_number=number)
        return attachment_response(request, reading.open_attachment(officer, case, attachment_id))
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except (Case.DoesNotExist, Attachment.DoesNotExist):
        raise Http404 from None
