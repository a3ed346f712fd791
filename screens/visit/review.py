"""Everything once more before sending; each part can be opened again."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from journey.complaint.draft import LetterPage
from journey.events import Back, ChooseNaming, Confirm, Edit
from journey.faults import FAULTS, staff_code
from journey.form_flow import may_leave
from journey.language import _, say
from journey.state import Journey, Screen, Visit
from protocol.choices import Naming
from screens.kv_loader import load_rules
from screens.visit.choice_labels import ABOUT, FOR_WHOM, NAMING, NAMING_MEANS, NATURE
from screens.visit.identify import HIDDEN
from screens.visit.story import letter_words
from screens.visit.topic import TOPIC_ICONS, topic_name
from screens.widgets.buttons import Chip
from screens.widgets.containers import Row
from screens.widgets.screen_view import Page
from thai.phone import display
from thai.places import name as place_name

EXCERPT = 1500  # characters: more than the lines there are for it, and quickly broken into lines
PARTS = {"story": Screen.TELL, "letter": Screen.SCAN}  # the others are called as their screens are


class ReviewRow(Row):
    """One part: icon, what it is, what was said, and the button that opens it."""

    name = StringProperty()
    icon = StringProperty()
    message = StringProperty()
    first = StringProperty()
    second = StringProperty()
    can_edit = BooleanProperty(True)
    can_open = BooleanProperty(False)  # there may be more of it than fits here, which `read` then shows
    read: Callable[[], None] = ObjectProperty(lambda: None)
    excerpt: Any = ObjectProperty(None, allownone=True)  # the label of what was said
    more = BooleanProperty(False)  # it does not fit

    def on_excerpt(self, _row: object, excerpt: Any) -> None:
        """Follow whether it fits: afterwards, for a label learns its width in the middle of a layout."""
        judge = Clock.create_trigger(lambda _seconds: setattr(self, "more", self.can_open and excerpt.cut), -1)
        excerpt.fbind("cut", judge)
        self.fbind("can_open", judge)

    edit: Callable[[], None] = ObjectProperty(lambda: None)


NOT_SENT = _("Your case has not been sent yet. Please ask staff, or call 1567")


class Review(Page):
    """The whole submission on one page."""

    saving = BooleanProperty(False)
    fault_title = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    naming_means = StringProperty()
    has_name = BooleanProperty(False)  # is there a name to show or hide
    degrees: Any = ObjectProperty(None)
    picture_of: Callable[[str], bytes | None] = ObjectProperty(lambda page_id: None)
    has_story = BooleanProperty(True)  # typed words, or nothing yet
    has_letter = BooleanProperty(False)
    reading = BooleanProperty(False)  # the whole story is open
    zoomed = BooleanProperty(False)  # a page of the letter is open
    opened = BooleanProperty(False)  # one of the two
    thumbs: Any = ObjectProperty(None)
    large: Any = ObjectProperty(None)
    reader: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._chips: dict[Naming, Chip] = {}
        self._letter: tuple[tuple[str, int, str], ...] = ()  # the pages whose thumbnails stand here
        self._waiting: list[tuple[Any, str]] = []  # thumbnails whose pictures are still to come
        self._text = ""
        self._sending = False, False  # is it being saved, can it be sent
        super().__init__(**kwargs)
        self._fetch_soon = Clock.create_trigger(self._fetch)
        for name in ("reading", "zoomed"):
            self.fbind(name, self._follow)
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
        ids.who.can_edit = draft.card is None and draft.naming is not Naming.ANONYMOUS
        if draft.topic is not None:
            ids.topic.icon = TOPIC_ICONS[draft.topic]
            ids.topic.first = topic_name(draft.topic, language)
        ids.topic.second = _told(draft.topic_note, visit.covered)
        ids.details.first = say(NATURE[draft.nature], language)
        ids.details.second = _concerned(visit, language)
        ids.place.first = place_name(draft.area, language) or say(_("Not given"), language)
        ids.place.second = _told(draft.spot, visit.covered)
        self.has_story, self.has_letter = bool(draft.text.strip()) or not draft.pages, bool(draft.pages)
        ids.story.first = _told(draft.text.strip()[:EXCERPT], visit.story_covered)
        ids.story.can_open = not visit.story_covered
        ids.letter.first = letter_words(draft, language)
        self._show_letter(() if visit.story_covered else draft.pages)
        if visit.story_covered:
            self.reading = self.zoomed = False
        self.reader.show_text(draft.text.strip() if self.reading else "")
        ids.phone.first = _phone(visit, language)
        ids.phone.can_edit = draft.naming is not Naming.ANONYMOUS
        row = FAULTS[visit.save_fault] if visit.save_fault else None
        self.fault_title, self.fault_advice = (row.title, row.advice) if row else ("", "")
        if row and row.stops_new_visits:  # what has been told stands here still, and only here
            self.fault_advice = NOT_SENT
        self.fault_code = staff_code(visit.save_fault, journey.comfort.language) if visit.save_fault else ""
        self._text = draft.text.strip()
        self._sending = visit.saving, may_leave(visit, journey.screen)
        self._follow()

    def enter(self, journey: Journey) -> None:
        """Begin with nothing open."""
        super().enter(journey)
        self.reading = self.zoomed = False

    def forget(self) -> None:
        """Drop the visit's pictures and words."""
        self.reading = self.zoomed = False
        self._text = ""
        self.reader.forget()
        self._show_letter(())

    def _follow(self, *_args: object) -> None:
        """The one filled button sends, or closes what is open."""
        self.saving, ready = self._sending
        self.opened = self.reading or self.zoomed
        self.back = self.over = not self.saving
        if self.opened:
            self.step, self.primary, self.primary_name, self.primary_icon = 0, _("Done"), "done", "check"
            self.primary_ready, self.over = True, False
        else:
            self.step, self.primary_name, self.primary_icon = 5, "send", "send"
            self.primary, self.primary_ready = _("Saving …") if self.saving else _("Send"), ready
        more = self.reading and self.reader.minimum_height > self.reader.height + 1
        self.second, self.second_icon, self.second_name = (
            (_("Read on"), "arrow-down", "read_on") if more else ("", "", "")
        )

    # --- the letter

    def _show_letter(self, pages: tuple[LetterPage, ...]) -> None:
        """A thumbnail for each page. Pictures come one a frame: twenty at once would exceed the limit for a touch."""
        letter = tuple((page.page_id, page.turns, self.look.language) for page in pages)
        if letter == self._letter:
            return
        self._letter, self._waiting = letter, []
        self.large.picture.show_bytes(None)
        self.zoomed = False
        self.thumbs.clear_widgets()
        for number, (page_id, _turns, language) in enumerate(letter, start=1):
            called = say(_("Page {page} of {pages}"), language, page=number, pages=len(letter))
            thumb = Factory.PageThumb(name=f"page.{number}", spoken=called)
            thumb.bind(on_release=lambda _thumb, page_id=page_id: self.open_page(page_id))
            self.thumbs.add_widget(thumb)
            self._waiting.append((thumb, page_id))
        self._fetch_soon()

    def _fetch(self, _seconds: float) -> None:
        if not self._waiting:
            return
        thumb, page_id = self._waiting.pop(0)
        if (picture := self.picture_of(page_id)) is not None:
            thumb.picture.show_small(picture, round(max(thumb.size)))
        self._fetch_soon()

    def open_page(self, page_id: str) -> None:
        """One page, as large as the screen has room for."""
        self.large.picture.show_bytes(self.picture_of(page_id))
        self.zoomed = True

    # --- touches

    def open(self, part: str) -> None:
        """Open one part to change it."""
        self.send(Edit(PARTS.get(part) or Screen[part.upper()]))

    def read(self) -> None:
        """The whole story."""
        self.reading = True
        self.reader.show_text(self._text)
        self.reader.begin()
        Clock.schedule_once(self._follow)  # it has its height by then

    def press_second(self) -> None:
        """Further down in the story."""
        self.reader.read_on()

    def press_back(self) -> None:
        """Close what is open first."""
        if self.opened:
            self.reading = self.zoomed = False
        else:
            self.send(Back())

    def press_primary(self) -> None:
        """Send, or close what is open."""
        if self.opened:
            self.reading = self.zoomed = False
        else:
            self.send(Confirm())


def _concerned(visit: Visit, language: str) -> str:
    """About whom and for whom, each on a line of its own with what the citizen wrote about it."""
    draft = visit.draft
    lines = ((ABOUT[draft.about], draft.about_note), (FOR_WHOM[draft.for_whom], draft.for_whom_note))
    return "\n".join(
        ": ".join(filter(None, (say(said, language), _told(n.strip(), visit.covered)))) for said, n in lines
    )


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


def _phone(visit: Visit, language: str) -> str:
    draft = visit.draft
    if draft.naming is Naming.ANONYMOUS or not draft.phone:
        return say(_("None"), language)
    return HIDDEN if visit.covered else display(draft.phone)


load_rules(__file__)
