"""The forms for channels of notices. What is allowed is checked by `central.notices.route_settings`."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from central.desk.forms import DeskForm
from central.notices.adapters.sms import DEFAULT_ID_FIELD, DEFAULT_TEMPLATE
from central.notices.codes import NoticeChannel
from central.notices.models import NoticeRoute
from central.notices.route_settings import MAX_GATHER_MINUTES, MAX_PRICE_SATANG, RouteValues
from protocol.bilingual_text import BilingualText

_FIELDS: Mapping[NoticeChannel, tuple[str, ...]] = {
    NoticeChannel.SMS: (
        "is_active", "url", "sender", "secret", "body_template", "id_field", "receipt_secret", "price_satang"
    ),
    NoticeChannel.LINE: ("is_active", "sender", "secret", "receipt_secret", "url", "price_satang"),
    NoticeChannel.EMAIL: ("is_active", "sender"),
    NoticeChannel.WEB_PUSH: ("is_active", "sender"),
}  # fmt: skip
_LINE_LABELS: Mapping[str, BilingualText] = {
    "sender": BilingualText("รหัสบัญชี LINE (ขึ้นต้นด้วย @)", "LINE ID of the account (begins with @)"),
    "secret": BilingualText("Channel access token", "Channel access token"),
    "receipt_secret": BilingualText("Channel secret", "Channel secret"),
}
_LINE_HINTS: Mapping[str, BilingualText] = {
    "sender": BilingualText(
        "(ประชาชนเห็นที่หน้าติดตามเรื่อง เว้นว่างได้)", "(citizens see it on the tracking page; may be empty)"
    ),
    "receipt_secret": BilingualText(
        "(ไม่มี: แจ้งเตือนได้ แต่ยื่นและติดตามเรื่องทาง LINE ไม่ได้ เว้นว่าง: ใช้ค่าเดิม)",
        "(without one: notices work, but nobody can file or follow a case on LINE. Empty: the stored one stays)",
    ),
    "url": BilingualText("(เว้นว่างไว้ ใช้สำหรับระบบจำลองเท่านั้น)", "(leave it empty; for a simulated LINE only)"),
}
_SECRET = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class NoticeRouteForm(DeskForm):
    """The settings of one channel: only the fields that it has."""

    is_active = forms.BooleanField(required=False)
    url = forms.CharField(required=False, max_length=300, widget=forms.URLInput)
    sender = forms.CharField(required=False, max_length=100)
    secret = forms.CharField(required=False, max_length=500, widget=_SECRET)
    body_template = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    id_field = forms.CharField(required=False, max_length=60)
    receipt_secret = forms.CharField(required=False, max_length=500, widget=_SECRET)
    price_satang = forms.IntegerField(required=False, min_value=0, max_value=MAX_PRICE_SATANG)
    field_labels: ClassVar = {
        "is_active": BilingualText("เปิดใช้ช่องทางนี้", "Use this channel"),
        "url": BilingualText("ที่อยู่ของผู้ให้บริการ", "Address of the gateway"),
        "sender": BilingualText("ชื่อหรืออีเมลผู้ส่ง", "Sender: name or mail address"),
        "secret": BilingualText("กุญแจของผู้ให้บริการ", "Key of the gateway"),
        "body_template": BilingualText("แม่แบบคำขอ (JSON)", "Template of the request (JSON)"),
        "id_field": BilingualText("ชื่อช่องเลขข้อความในคำตอบ", "Field of the message id in the response"),
        "receipt_secret": BilingualText("กุญแจของรายงานผลการส่ง", "Key of delivery receipts"),
        "price_satang": BilingualText("ราคาต่อหน่วย (สตางค์)", "Price of one part (satang)"),
    }
    field_hints: ClassVar = {
        "secret": BilingualText("(เว้นว่าง: ใช้กุญแจเดิม)", "(empty: the stored key stays)"),
        "receipt_secret": BilingualText("(เว้นว่าง: ใช้กุญแจเดิม)", "(empty: the stored key stays)"),
        "body_template": BilingualText(f"(เว้นว่าง: {DEFAULT_TEMPLATE})", f"(empty: {DEFAULT_TEMPLATE})"),
        "id_field": BilingualText(f"(เว้นว่าง: {DEFAULT_ID_FIELD})", f"(empty: {DEFAULT_ID_FIELD})"),
    }

    def __init__(
        self,
        language: str,
        channel: NoticeChannel,
        data: Mapping[str, object] | None = None,
        route: NoticeRoute | None = None,
    ) -> None:
        names = _FIELDS[channel]
        stored = ("is_active", "url", "sender", "body_template", "id_field", "price_satang")
        initial = {name: getattr(route, name) for name in stored} if route else {"is_active": True}
        super().__init__(language, data, initial=initial)
        for name in set(self.fields) - set(names):
            del self.fields[name]
        self.order_fields(names)
        if channel is NoticeChannel.LINE:
            for name, label in _LINE_LABELS.items():
                self.fields[name].label = label.in_language(language)
            for name, hint in _LINE_HINTS.items():
                self.fields[name].help_text = hint.in_language(language)

    @property
    def values(self) -> RouteValues:
        """What was typed, of a valid form."""
        values = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return RouteValues(**values)


class NoticeHoursForm(DeskForm):
    """Quiet hours and the time of gathering."""

    quiet_from = forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    quiet_until = forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    gather_minutes = forms.IntegerField(min_value=0, max_value=MAX_GATHER_MINUTES)
    field_labels: ClassVar = {
        "quiet_from": BilingualText("งดส่งตั้งแต่", "Quiet from"),
        "quiet_until": BilingualText("ถึง", "until"),
        "gather_minutes": BilingualText("รวมข่าวที่เกิดภายใน (นาที) เป็นข้อความเดียว", "Minutes whose news is one notice"),
    }
