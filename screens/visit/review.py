"""Everything once more before sending; each part can be opened again."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from journey.complaint.draft import LetterPage
from journey.events import Back, Choose, EditSection, SubmitComplaint
from journey.faults import FAULTS, format_staff_code
from journey.language import _, translate
from journey.screens import Screen, can_leave_screen
from journey.state import Journey, Visit
from protocol.choices import NameDisclosure
from protocol.topics import TOPICS
from screens.kv_loader import load_kv
from screens.visit.choice_labels import (
    ABOUT_LABELS,
    FOR_WHOM_LABELS,
    NAME_DISCLOSURE_EXPLANATIONS,
    NAME_DISCLOSURE_LABELS,
    NATURE_LABELS,
)
from screens.visit.identify import HIDDEN_TEXT
from screens.visit.story import letter_length_text
from screens.widgets import highlighted_field as _highlighted_field  # noqa: F401  the rule uses these
from screens.widgets import page_image as _page_image  # noqa: F401
from screens.widgets.buttons import Chip
from screens.widgets.containers import Row
from screens.widgets.screen_view import ScreenView
from thai.phone import display
from thai.places import full_name as place_name

MAX_EXCERPT_CHARS = 1500  # characters: more than the lines there are for it, and quickly broken into lines
SCREEN_OF_SECTION = {"story": Screen.STORY, "letter": Screen.SCAN}  # the others are called as their screens are


class ReviewRow(Row):
    """One part: icon, what it is, what was said, and the button that opens it."""

    name = StringProperty()
    icon = StringProperty()
    message = StringProperty()
    main_text = StringProperty()
    detail_text = StringProperty()
    can_edit = BooleanProperty(True)
    can_read_all = BooleanProperty(False)  # there may be more of it than fits here, which `read_all` then shows
    read_all: Callable[[], None] = ObjectProperty(lambda: None)
    excerpt: Any = ObjectProperty(None, allownone=True)  # the label of what was said
    is_truncated = BooleanProperty(False)  # it does not fit

    def on_excerpt(self, _row: object, excerpt: Any) -> None:
        """Follow whether it fits: afterwards, for a label learns its width in the middle of a layout."""

        def update(_seconds: float) -> None:
            self.is_truncated = self.can_read_all and excerpt.is_truncated

        update_soon = Clock.create_trigger(update, -1)
        excerpt.fbind("is_truncated", update_soon)
        self.fbind("can_read_all", update_soon)

    edit: Callable[[], None] = ObjectProperty(lambda: None)


NOT_SENT = _("Your case has not been sent yet. Please ask staff, or call 1567")


class ReviewView(ScreenView):
    """The whole submission on one page."""

    saving = BooleanProperty(False)
    fault_title = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    disclosure_explanation = StringProperty()
    has_name = BooleanProperty(False)  # is there a name to show or hide
    disclosure_chips: Any = ObjectProperty(None)
    page_image_of: Callable[[str], bytes | None] = ObjectProperty(lambda page_id: None)
    has_story = BooleanProperty(True)  # typed words, or nothing yet
    has_letter = BooleanProperty(False)
    story_open = BooleanProperty(False)  # the whole story is open
    page_open = BooleanProperty(False)  # a page of the letter is open
    has_open_detail = BooleanProperty(False)  # one of the two
    thumbnails: Any = ObjectProperty(None)
    zoomed_page: Any = ObjectProperty(None)
    reader: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._chips: dict[NameDisclosure, Chip] = {}
        self._shown_pages: tuple[tuple[str, int, str], ...] = ()  # the pages whose thumbnails stand here
        self._pending_thumbnails: list[tuple[Any, str]] = []  # thumbnails whose pictures are still to come
        self._text = ""
        self._send_state = False, False  # is it being saved, can it be sent
        super().__init__(**kwargs)
        self._load_thumbnails_soon = Clock.create_trigger(self._load_next_thumbnail)
        for name in ("story_open", "page_open"):
            self.fbind(name, self._update_buttons)
        for name_disclosure, message in NAME_DISCLOSURE_LABELS.items():
            chip = Chip(name=f"naming.{name_disclosure.value}", message=message)
            chip.bind(on_release=lambda _chip, choice=name_disclosure: self.send(Choose("name_disclosure", choice)))
            self._chips[name_disclosure] = chip
            self.disclosure_chips.add_widget(chip)

    def update(self, journey: Journey) -> None:
        """What was said, part by part."""
        visit = journey.visit
        if visit is None:
            return
        draft, language, ids = visit.draft, journey.accessibility.language, self.ids
        for name_disclosure, chip in self._chips.items():
            chip.selected = name_disclosure is draft.name_disclosure
        self.disclosure_explanation = NAME_DISCLOSURE_EXPLANATIONS[draft.name_disclosure]
        self.has_name = draft.card is not None or bool(draft.typed_name.strip())
        ids.who.main_text, ids.who.detail_text = _name_and_area(visit, language)
        ids.who.message = _("From your ID card") if draft.card else _("Without a card")
        ids.who.can_edit = draft.card is None and draft.name_disclosure is not NameDisclosure.ANONYMOUS
        if draft.topic is not None:
            ids.topic.icon = TOPICS[draft.topic].icon
            ids.topic.main_text = TOPICS[draft.topic].name.in_language(language)
        ids.topic.detail_text = _hidden_or_text(draft.topic_note, visit.personal_data_hidden)
        ids.details.main_text = translate(NATURE_LABELS[draft.nature], language)
        ids.details.detail_text = _about_and_for_whom(visit, language)
        ids.place.main_text = place_name(draft.area, language) or translate(_("Not given"), language)
        ids.place.detail_text = _hidden_or_text(draft.location_note, visit.personal_data_hidden)
        self.has_story, self.has_letter = bool(draft.text.strip()) or not draft.pages, bool(draft.pages)
        ids.story.main_text = _hidden_or_text(draft.text.strip()[:MAX_EXCERPT_CHARS], visit.story_hidden)
        ids.story.can_read_all = not visit.story_hidden
        ids.letter.main_text = letter_length_text(draft, language)
        self._show_letter(() if visit.story_hidden else draft.pages)
        if visit.story_hidden:
            self.story_open = self.page_open = False
        self.reader.show_text(draft.text.strip() if self.story_open else "")
        ids.phone.main_text = _phone_text(visit, language)
        ids.phone.can_edit = draft.name_disclosure is not NameDisclosure.ANONYMOUS
        row = FAULTS[visit.save_fault] if visit.save_fault else None
        self.fault_title, self.fault_advice = (row.title, row.advice) if row else ("", "")
        if row and row.blocks_new_visits:  # what has been told stands here still, and only here
            self.fault_advice = NOT_SENT
        self.fault_code = (
            format_staff_code(visit.save_fault, journey.accessibility.language) if visit.save_fault else ""
        )
        self._text = draft.text.strip()
        self._send_state = visit.saving, can_leave_screen(visit, journey.screen)
        self._update_buttons()

    def enter(self, journey: Journey) -> None:
        """Begin with nothing open."""
        super().enter(journey)
        self.story_open = self.page_open = False

    def clear(self) -> None:
        """Drop the visit's pictures and words."""
        self.story_open = self.page_open = False
        self._text = ""
        self.reader.clear()
        self._show_letter(())

    def _update_buttons(self, *_args: object) -> None:
        """The one filled button sends, or closes what is open."""
        self.saving, ready = self._send_state
        self.has_open_detail = self.story_open or self.page_open
        self.has_back_button = self.has_start_over = not self.saving
        if self.has_open_detail:
            self.step, self.primary, self.primary_name, self.primary_icon = 0, _("Done"), "done", "check"
            self.primary_enabled, self.has_start_over = True, False
        else:
            self.step, self.primary_name, self.primary_icon = 5, "send", "send"
            self.primary, self.primary_enabled = _("Saving …") if self.saving else _("Send"), ready
        more = self.story_open and self.reader.minimum_height > self.reader.height + 1
        self.secondary, self.secondary_icon, self.secondary_name = (
            (_("Read on"), "arrow-down", "scroll_on") if more else ("", "", "")
        )

    # --- the letter

    def _show_letter(self, pages: tuple[LetterPage, ...]) -> None:
        """A thumbnail for each page. Pictures come one a frame: twenty at once would exceed the limit for a touch."""
        letter = tuple((page.page_id, page.picture_version, self.theme.language) for page in pages)
        if letter == self._shown_pages:
            return
        self._shown_pages, self._pending_thumbnails = letter, []
        self.zoomed_page.picture.show_image(None)
        self.page_open = False
        self.thumbnails.clear_widgets()
        for number, (page_id, _turns, language) in enumerate(letter, start=1):
            called = translate(_("Page {page} of {pages}"), language, page=number, pages=len(letter))
            thumb = Factory.PageThumbnail(name=f"page.{number}", spoken=called)
            thumb.bind(on_release=lambda _thumb, page_id=page_id: self.open_page(page_id))
            self.thumbnails.add_widget(thumb)
            self._pending_thumbnails.append((thumb, page_id))
        self._load_thumbnails_soon()

    def _load_next_thumbnail(self, _seconds: float) -> None:
        if not self._pending_thumbnails:
            return
        thumb, page_id = self._pending_thumbnails.pop(0)
        if (picture := self.page_image_of(page_id)) is not None:
            thumb.picture.show_thumbnail(picture, round(max(thumb.size)))
        self._load_thumbnails_soon()

    def open_page(self, page_id: str) -> None:
        """One page, as large as the screen has room for."""
        self.zoomed_page.picture.show_image(self.page_image_of(page_id))
        self.page_open = True

    # --- touches

    def edit_section(self, part: str) -> None:
        """Open one part to change it."""
        self.send(EditSection(SCREEN_OF_SECTION.get(part) or Screen[part.upper()]))

    def read_all(self) -> None:
        """The whole story."""
        self.story_open = True
        self.reader.show_text(self._text)
        self.reader.scroll_to_top()
        Clock.schedule_once(self._update_buttons)  # it has its height by then

    def press_secondary(self) -> None:
        """Further down in the story."""
        self.reader.scroll_on()

    def press_back(self) -> None:
        """Close what is open first."""
        if self.has_open_detail:
            self.story_open = self.page_open = False
        else:
            self.send(Back())

    def press_primary(self) -> None:
        """Send, or close what is open."""
        if self.has_open_detail:
            self.story_open = self.page_open = False
        else:
            self.send(SubmitComplaint())


def _about_and_for_whom(visit: Visit, language: str) -> str:
    """About whom and for whom, each on a line of its own with what the citizen wrote about it."""
    draft = visit.draft
    lines = ((ABOUT_LABELS[draft.about], draft.about_note), (FOR_WHOM_LABELS[draft.for_whom], draft.for_whom_note))
    return "\n".join(
        ": ".join(filter(None, (translate(message, language), _hidden_or_text(n.strip(), visit.personal_data_hidden))))
        for message, n in lines
    )


def _hidden_or_text(text: str, personal_data_hidden: bool) -> str:
    return HIDDEN_TEXT if text and personal_data_hidden else text


def _name_and_area(visit: Visit, language: str) -> tuple[str, str]:
    draft = visit.draft
    if draft.name_disclosure is NameDisclosure.ANONYMOUS:
        return translate(_("Anonymous"), language), ""
    if visit.personal_data_hidden:
        return HIDDEN_TEXT, ""
    if draft.card is not None:
        return str(draft.card.name), place_name(draft.card_area, language) or draft.card.address.raw
    return draft.typed_name.strip() or translate(_("Anonymous"), language), ""


def _phone_text(visit: Visit, language: str) -> str:
    draft = visit.draft
    if draft.name_disclosure is NameDisclosure.ANONYMOUS or not draft.phone:
        return translate(_("None"), language)
    return HIDDEN_TEXT if visit.personal_data_hidden else display(draft.phone)


load_kv(__file__)
