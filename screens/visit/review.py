"""Everything once more before sending; each part can be opened again."""

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk_app.complaint.draft import Draft
from kiosk_app.journey.events import ChooseNaming, Confirm, Edit
from kiosk_app.journey.faults import FAULTS, staff_code
from kiosk_app.journey.state import Journey, Screen, Visit
from kiosk_app.journey.telling import may_leave
from kiosk_app.language import _, say
from protocol.choices import Naming
from screens.rules import load_rules
from screens.visit.identify import HIDDEN
from screens.visit.naming import ABOUT, FOR_WHOM, NAMING, NAMING_MEANS, NATURE
from screens.visit.topic import TOPIC_ICONS, topic_name
from screens.widgets.box import Row
from screens.widgets.page import Page
from screens.widgets.press import Chip
from thai.places import name as place_name


class ReviewRow(Row):
    """One part: icon, what it is, what was said, and the button that opens it."""

    name = StringProperty()
    icon = StringProperty()
    message = StringProperty()
    first = StringProperty()
    second = StringProperty()
    can_edit = BooleanProperty(True)
    edit: Callable[[], None] = ObjectProperty(lambda: None)


class Review(Page):
    """The whole submission on one page."""

    saving = BooleanProperty(False)
    fault_title = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    naming_means = StringProperty()
    has_name = BooleanProperty(False)  # is there a name to show or hide
    degrees: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._chips: dict[Naming, Chip] = {}
        self._story_screen = Screen.TELL
        super().__init__(**kwargs)
        for naming, message in NAMING.items():
            chip = Chip(name=f"naming.{naming.value}", message=message)
            chip.bind(on_release=lambda _chip, naming=naming: self.send(ChooseNaming(naming)))
            self._chips[naming] = chip
            self.degrees.add_widget(chip)

    def draw(self, journey: Journey) -> None:
        """What was said, part by part."""
        visit = journey.visit
        if visit is None:
            return
        draft, language, ids = visit.draft, journey.comfort.language, self.ids
        for naming, chip in self._chips.items():
            chip.on = naming is draft.naming
        self.naming_means = NAMING_MEANS[draft.naming]
        self.has_name = draft.card is not None or bool(draft.typed_name.strip())
        ids.who.first, ids.who.second = _who(visit, language)
        ids.who.message = _("From your ID card") if draft.card else _("Without a card")
        ids.who.can_edit = draft.card is None
        if draft.topic is not None:
            ids.topic.icon = TOPIC_ICONS[draft.topic]
            ids.topic.first = topic_name(draft.topic, language)
        ids.topic.second = _told(draft.topic_note, visit.covered)
        ids.details.first = say(NATURE[draft.nature], language)
        ids.details.second = " · ".join((say(ABOUT[draft.about], language), say(FOR_WHOM[draft.for_whom], language)))
        ids.place.first = place_name(draft.area, language) or say(_("Not given"), language)
        ids.place.second = _told(draft.spot, visit.covered)
        ids.story.first = _told(draft.text, visit.story_covered)
        ids.story.second = _pages(draft, language)
        self._story_screen = Screen.SCAN if draft.pages and not draft.text.strip() else Screen.TELL
        ids.phone.first = _phone(visit, language)
        ids.phone.can_edit = draft.naming is not Naming.ANONYMOUS
        row = FAULTS[visit.save_fault] if visit.save_fault else None
        self.fault_title, self.fault_advice = (row.title, row.advice) if row else ("", "")
        self.fault_code = staff_code(visit.save_fault, journey.comfort.language) if visit.save_fault else ""
        self.saving = visit.saving
        self.primary = _("Saving …") if visit.saving else _("Send")
        self.primary_ready = may_leave(visit, journey.screen)
        self.back = self.over = not visit.saving

    def open(self, part: str) -> None:
        """Open one part."""
        self.send(Edit(self._story_screen if part == "story" else Screen[part.upper()]))

    def press_primary(self) -> None:
        """Send."""
        self.send(Confirm())


def _told(text: str, covered: bool) -> str:
    return HIDDEN if text and covered else text


def _who(visit: Visit, language: str) -> tuple[str, str]:
    draft = visit.draft
    if draft.naming is Naming.ANONYMOUS:
        return say(_("Anonymous"), language), ""
    if visit.covered:
        return HIDDEN, ""
    if draft.card is not None:
        return str(draft.card.name), place_name(draft.card_area, language) or draft.card.address.raw
    return draft.typed_name.strip() or say(_("Anonymous"), language), ""


def _pages(draft: Draft, language: str) -> str:
    return say(_("Letter, {pages} page(s)"), language, pages=len(draft.pages)) if draft.pages else ""


def _phone(visit: Visit, language: str) -> str:
    draft = visit.draft
    if draft.naming is Naming.ANONYMOUS or not draft.phone:
        return say(_("None"), language)
    return HIDDEN if visit.covered else draft.phone


load_rules(__file__)
