"""The citizen's phone number (optional)."""

from functools import partial
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import Choose, Next, WriteText
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.visit.choice_labels import SMS_LABELS
from screens.widgets.buttons import Chip
from screens.widgets.text_entry_view import TextEntryView
from thai.phone import MAX_DIGITS, display, thai_mobile_number


class PhoneView(TextEntryView):
    """A field that shows the number in groups of digits, a pad of digits, and the choice of SMS where the centre sends
    them: only for a mobile number, because no other receives them."""

    phone_invalid = BooleanProperty(False)
    sms_shown = BooleanProperty(False)
    phone: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._chips: dict[bool, Chip] = {}
        for value, message in SMS_LABELS.items():
            chip = Chip(name=f"sms_consent.{value}".lower(), message=message)
            chip.bind(on_release=partial(self._choose_sms, value))
            self._chips[value] = chip
            self.ids.sms_choices.add_widget(chip)
        self.pad_layout, self.keyboard_shown = "digits", True
        self.phone.max_chars, self.phone.format_digits = MAX_DIGITS, display
        self.phone.change_callback = lambda text: self.send(WriteText("phone", text))

    def update(self, journey: Journey) -> None:
        """Show the number of the draft."""
        visit = journey.visit
        if visit is None:
            return
        self.phone_invalid = visit.phone_invalid
        is_mobile = bool(thai_mobile_number(visit.draft.phone))
        self.sms_shown = journey.environment.sms_offered and is_mobile and not visit.personal_data_hidden
        for value, chip in self._chips.items():
            chip.selected = visit.draft.sms_consent is value
        self.phone.show_value(display(visit.draft.phone), visit.personal_data_hidden)

    def _choose_sms(self, value: bool, _chip: Chip) -> None:
        self.send(Choose("sms_consent", value))

    def enter(self, journey: Journey) -> None:
        """Give the field the caret and the keyboard."""
        super().enter(journey)
        self.focus_field(self.phone)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_kv(__file__)
