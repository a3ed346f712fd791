"""The response that sends an attached file."""

import re
from pathlib import PurePosixPath

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from central.cases.audio_cleaning import AUDIO
from central.cases.models import Attachment

_SHOWN = frozenset({"image/jpeg", AUDIO})  # what this service has encoded itself; the bytes of others are foreign
_RANGE = re.compile(r"^bytes=(\d{1,12})-(\d{0,12})$", re.ASCII)


def attachment_response(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """The file. A photo is shown, a recording is played; other files are downloaded, also a recording that could not
    be encoded. Raises Http404 for one that waits for it.

    Of a recording one range of bytes may be requested (RFC 9110, 14): without ranges a player cannot jump."""
    if attachment.encoding == Attachment.WAITING:
        raise Http404
    if attachment.encoding:
        name = f"{PurePosixPath(attachment.name).stem}.original"
        content = attachment.file.open("rb")
        return FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    wanted = _RANGE.match(request.headers.get("Range", "")) if attachment.media_type == AUDIO else None
    if wanted is not None:
        return _part_of(attachment, int(wanted[1]), int(wanted[2] or attachment.size - 1))
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=attachment.media_type not in _SHOWN,
        filename=attachment.name,
        content_type=attachment.media_type,
    )
    if attachment.media_type == AUDIO:
        response["Accept-Ranges"] = "bytes"
    return response


def _part_of(attachment: Attachment, first: int, last: int) -> HttpResponse:
    last = min(last, attachment.size - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{attachment.size}"})
    with attachment.file.open("rb") as stored:
        stored.seek(first)
        content = stored.read(last - first + 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{attachment.size}", "Accept-Ranges": "bytes"}
    return HttpResponse(content, status=206, content_type=attachment.media_type, headers=headers)
