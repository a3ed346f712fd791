"""The addresses for agencies: personal links below /a/, the queue of agencies' officers below /desk/agency/, and what
officers of the centre do with links and letters, below /desk/referrals/.

The pages for accounts are below /desk/ because the cookies of a session are sent there only."""

from django.conf import settings
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from central.agency_desk import answer_views, centre_views, queue_views, supervision_views
from central.agency_desk.access import by_account, by_link
from central.uploads import accepts_upload

_upload = accepts_upload(settings.MAX_UPLOAD_BYTES)

link_patterns = (
    [
        path("<str:token>", require_safe(by_link(answer_views.show)), name="referral"),
        path("<str:token>/accept", require_POST(by_link(answer_views.accept)), name="accept"),
        path("<str:token>/report", _upload(require_POST(by_link(answer_views.report))), name="report"),
        path("<str:token>/return", require_POST(by_link(answer_views.return_to_centre)), name="return"),
        path("<str:token>/code", require_POST(by_link(answer_views.request_code)), name="request_code"),
        path("<str:token>/person", require_POST(by_link(answer_views.enter_code)), name="enter_code"),
        path("<str:token>/pages/<int:index>", require_safe(by_link(answer_views.letter_page)), name="letter_page"),
        path("<str:token>/files/<int:attachment_id>", require_safe(by_link(answer_views.attached_file)), name="file"),
    ],
    "agency_link",
)
desk_patterns = (
    [
        path("agency/", queue_views.queue, name="queue"),
        path("agency/accept", queue_views.accept_many, name="accept_many"),
        path("agency/supervision", supervision_views.supervision, name="supervision"),
        path("agency/<int:referral_id>", require_safe(by_account(answer_views.show)), name="referral"),
        path("agency/<int:referral_id>/accept", require_POST(by_account(answer_views.accept)), name="accept"),
        path("agency/<int:referral_id>/report", _upload(require_POST(by_account(answer_views.report))), name="report"),
        path("agency/<int:referral_id>/return", require_POST(by_account(answer_views.return_to_centre)), name="return"),
        path("agency/<int:referral_id>/code", require_POST(by_account(answer_views.request_code)), name="request_code"),
        path("agency/<int:referral_id>/person", require_POST(by_account(answer_views.enter_code)), name="enter_code"),
        path(
            "agency/<int:referral_id>/pages/<int:index>",
            require_safe(by_account(answer_views.letter_page)),
            name="letter_page",
        ),
        path(
            "agency/<int:referral_id>/files/<int:attachment_id>",
            require_safe(by_account(answer_views.attached_file)),
            name="file",
        ),
        path("referrals/<int:referral_id>", centre_views.delivery, name="delivery"),
        path("referrals/<int:referral_id>/letter", centre_views.letter, name="letter"),
        path("referrals/<int:referral_id>/renew", centre_views.renew, name="renew"),
        path("referrals/<int:referral_id>/revoke", centre_views.revoke, name="revoke"),
    ],
    "agency_desk",
)
