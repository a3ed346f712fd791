"""How the centre can reach the citizen: all of it may stay empty."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from kiosk_app.complaint.checks import MAX_NAME, MAX_PHONE
from kiosk_app.journey.events import Next, WriteName, WritePhone
from kiosk_app.journey.state import Journey
from protocol.choices import Naming
from screens.rules import load_rules
from screens.widgets.writing import WritingPage


class Contact(WritingPage):
    """Name (only without a card), telephone with a number pad."""

    with_name = BooleanProperty(False)
    phone_bad = BooleanProperty(False)
    person: Any = ObjectProperty(None)
    phone: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.typing = True
        self.person.most, self.phone.most = MAX_NAME, MAX_PHONE
        self.person.changed = lambda text: self.send(WriteName(text))
        self.phone.changed = lambda text: self.send(WritePhone(text))
        self.person.field.bind(focus=self._follow_focus)
        self.phone.field.bind(focus=self._follow_focus)

    def draw(self, journey: Journey) -> None:
        """What was given so far."""
        visit = journey.visit
        if visit is None:
            return
        draft = visit.draft
        self.with_name = draft.card is None and draft.naming is not Naming.ANONYMOUS
        self.phone_bad = visit.phone_bad
        self.person.show_told(draft.typed_name, visit.covered)
        self.phone.show_told(draft.phone, visit.covered)

    def enter(self, journey: Journey) -> None:
        """Begin with what is asked first."""
        super().enter(journey)
        self.write_into(self.person if self.with_name and not self.person.field.text else self.phone)
        self._follow_focus()

    def _follow_focus(self, *_args: object) -> None:
        self.pad = "digits" if self.phone.field.focus else ""

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_rules(__file__)
