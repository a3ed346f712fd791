"""The page on which a citizen chooses how to be told: stop a channel, or agree to one that the centre offers."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.keyring import keyring
from central.notices.adapters.push_encryption import point_of, to_text
from central.notices.codes import CHANNEL_NAMES, NoticeChannel
from central.notices.consents import ConsentError
from central.notices.push_subscriptions import MAX_CHARS
from central.notices.routes import line_account_of
from central.notices.web_consents import EMAIL_TEXT, PUSH_TEXT, SMS_TEXT, CitizenChoice, choose, find_choices
from central.tracking.citizen_actions import CitizenAction
from central.tracking.forms import CitizenForm
from protocol.bilingual_text import BilingualText

_MAX_ADDRESS_CHARS = 254
_STOP = BilingualText("เลิกรับทาง {}", "Stop {}")
_EMAIL = BilingualText("อีเมล", "E-mail address")
_NOTHING = BilingualText(
    "ศูนย์นี้ยังไม่มีช่องทางส่งข้อความสำหรับเรื่องนี้ โปรดดูความคืบหน้าที่หน้านี้ หรือโทร 1567",
    "The centre has no channel for messages about this case. Please look here, or call 1567.",
)


class NoticeForm(CitizenForm):
    """One box for each channel that can be stopped, and a field for each that is offered."""

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: Any) -> None:
        super().__init__(language, data, **options)
        choices = find_choices(self.case)
        self.line_id = line_account_of(self.case.centre)
        self._current = choices.current
        for channel in choices.current:
            label = _STOP.in_language(language).format(CHANNEL_NAMES[channel].in_language(language))
            self.fields[f"stop_{channel.value}"] = forms.BooleanField(required=False, label=label)
        if NoticeChannel.SMS in choices.offered:
            self.fields["sms"] = forms.BooleanField(required=False, label=SMS_TEXT.in_language(language))
        if NoticeChannel.EMAIL in choices.offered:
            self.fields["email"] = forms.EmailField(
                required=False,
                max_length=_MAX_ADDRESS_CHARS,
                label=_EMAIL.in_language(language),
                help_text=EMAIL_TEXT.in_language(language),
                widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            )
        if NoticeChannel.WEB_PUSH in choices.offered:
            # Filled by the script of the page, which shows the button: a browser subscribes by script only.
            self.fields["push"] = forms.CharField(required=False, max_length=MAX_CHARS, widget=forms.HiddenInput)
            self.push_key = to_text(point_of(keyring().load_push_key().public_key()))
            self.push_text = PUSH_TEXT.in_language(language)

    @property
    def stopped(self) -> list[NoticeChannel]:
        """The channels that the citizen wants no more."""
        return [channel for channel in self._current if self.cleaned_data[f"stop_{channel.value}"]]


def _why_not(case: Case) -> BilingualText | None:
    choices = find_choices(case)
    is_possible = choices.current or choices.offered or line_account_of(case.centre)
    return None if is_possible else _NOTHING


def _send(case: Case, form: NoticeForm) -> Callable[[], object]:
    def step() -> None:
        values = form.cleaned_data
        try:
            choice = CitizenChoice(
                tuple(form.stopped), bool(values.get("sms")), values.get("email", ""), values.get("push", "")
            )
            choose(case, choice, form.language)
        except ConsentError as error:
            raise NotAllowedError(error.sentence) from None

    return step


NOTICES = CitizenAction(
    title=lambda case: BilingualText("วิธีรับแจ้งความคืบหน้า", "How you are told"),
    form=NoticeForm,
    submit=BilingualText("บันทึก", "Save"),
    done=BilingualText("บันทึกสิ่งที่ท่านเลือกแล้ว", "Your choice is saved."),
    refusal=_why_not,
    prepare=_send,
)
