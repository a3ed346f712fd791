"""The response that sends an attached file."""

from django.http import FileResponse

from central.cases.models import Attachment


def attachment_response(attachment: Attachment) -> FileResponse:
    """The file. A photo, which was encoded by this service, is shown; a PDF is downloaded: its bytes are foreign."""
    return FileResponse(
        attachment.file.open("rb"),
        as_attachment=attachment.media_type != "image/jpeg",
        filename=attachment.name,
        content_type=attachment.media_type,
    )
