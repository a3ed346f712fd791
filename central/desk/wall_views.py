"""The screens of meeting rooms: connect one by its code, see which are connected, end one."""

from typing import ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.cases.scopes import action_scope
from central.desk.forms import DeskForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.roles import Action
from central.public_address import absolute_url
from central.wall_screens.models import MAX_NAME_CHARS
from central.wall_screens.pairing import CODE_LIFETIME, active_screens, connect, end
from protocol.bilingual_text import BilingualText
from thai import dates

_LANGUAGES = {"th": BilingualText("ไทย", "Thai"), "en": BilingualText("อังกฤษ", "English")}
_UNKNOWN_CODE = BilingualText(
    f"ไม่มีจอที่แสดงรหัสนี้ รหัสใช้ได้ {CODE_LIFETIME.seconds // 60} นาที",
    f"No screen shows this code. A code is valid for {CODE_LIFETIME.seconds // 60} minutes.",
)


class ConnectForm(DeskForm):
    """The code on the screen, and what the screen is to show."""

    code = forms.CharField(max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(max_length=MAX_NAME_CHARS)
    centre = forms.ChoiceField()
    language = forms.ChoiceField()
    field_labels: ClassVar = {
        "code": BilingualText("รหัสบนจอ", "Code on the screen"),
        "name": BilingualText("ชื่อจอ เช่น ห้องประชุม 1", "Name of the screen, such as Meeting room 1"),
        "centre": BilingualText("แสดงตัวเลขของ", "Show the figures of"),
        "language": BilingualText("ภาษา", "Language"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def wall_screens(request: HttpRequest) -> HttpResponse:
    """GET `centre` chooses one in the form. POST connects a screen, or ends the one whose key is in `end`."""
    officer, language = signed_in_officer(request), page_language(request)
    scope = action_scope(officer, Action.VIEW_CASES)
    if not scope.centres:
        raise PermissionDenied
    ended = request.POST.get("end", "")
    if ended.isascii() and ended.isdecimal() and len(ended) < 16:
        end(int(ended), scope.centre_ids, officer)
        return redirect("desk:wall_screens")
    initial = {"centre": request.GET.get("centre", scope.centres[0].slug), "language": language}
    form = ConnectForm(language, request.POST if request.method == "POST" else None, initial=initial)
    form.set_choices("centre", [(centre.slug, centre.name_in(language)) for centre in scope.centres])
    form.set_choices("language", [(code, name.in_language(language)) for code, name in _LANGUAGES.items()])
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        centre = next(each for each in scope.centres if each.slug == fields["centre"])
        if connect(fields["code"], centre, fields["name"], fields["language"], officer):
            return redirect("desk:wall_screens")
        form.add_error("code", _UNKNOWN_CODE.in_language(language))
    context = {
        "form": form,
        "wall_url": absolute_url(request, "/wall"),
        "screens": [
            {
                "id": screen.pk,
                "name": screen.name,
                "centre": screen.centre.name_in(language),
                "connected": dates.short_datetime(screen.connected_at, language),
                "by": screen.connected_by.display_name,
                "seen": dates.short_datetime(screen.last_seen_at, language),
            }
            for screen in active_screens(scope.centre_ids)
        ],
    }
    return render_page(request, "desk/wall_screens.html", context, status=400 if form.is_bound else 200)
