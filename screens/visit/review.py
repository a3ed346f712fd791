"""The review: everything that will be sent, on one screen. Each part can be opened and changed."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from journey.complaint.checks import has_sms_consent
from journey.complaint.draft import LetterOffer, LetterPage
from journey.complaint.letter_offers import useful_offers
from journey.events import AcceptOffer, Back, Choose, EditSection, SubmitComplaint
from journey.faults import FAULTS
from journey.language import _, translate
from journey.screens import Screen, can_leave_screen
from journey.state import Journey, Visit
from protocol.choices import NameDisclosure
from protocol.topics import TOPICS
from screens.kv_loader import load_kv
from screens.visit import letter_offers as _letter_offers  # noqa: F401  used by the rule, as are the next two
from screens.visit.choice_labels import (
    ABOUT_LABELS,
    FOR_WHOM_LABELS,
    NAME_DISCLOSURE_EXPLANATIONS,
    NAME_DISCLOSURE_LABELS,
    NATURE_LABELS,
)
from screens.visit.identify import HIDDEN_TEXT
from screens.visit.story import letter_length_text
from screens.widgets import page_image as _page_image  # noqa: F401
from screens.widgets import text_field_kinds as _text_field_kinds  # noqa: F401
from screens.widgets.buttons import Chip
from screens.widgets.containers import Row
from screens.widgets.fault_panel import NO_FAULT, FaultNotice, fault_notice
from screens.widgets.screen_view import ScreenView
from thai.phone import display
from thai.places import full_name as place_name

MAX_EXCERPT_CHARS = 1500  # more than fits on the screen, and still quickly wrapped
SCREEN_OF_SECTION = {"story": Screen.STORY, "letter": Screen.SCAN}  # the others have the name of their screen
NOT_SENT = _("Your case has not been sent yet. Please ask staff, or call 1567")


class ReviewMode(Enum):
    """What the view shows."""

    SUMMARY = "summary"
    STORY = "story"  # the whole story
    PAGE = "page"  # a page of the letter


class ReviewRow(Row):
    """One part of the complaint: icon, label, content, and the button that opens its screen."""

    name = StringProperty()
    icon = StringProperty()
    message = StringProperty()
    main_text = StringProperty()
    detail_text = StringProperty()
    can_edit = BooleanProperty(True)
    edit: Callable[[], None] = ObjectProperty(lambda: None)
    can_read_all = BooleanProperty(False)  # `read_all` shows the whole content when it does not fit
    read_all: Callable[[], None] = ObjectProperty(lambda: None)
    excerpt: Any = ObjectProperty(None, allownone=True)  # the label with the content
    is_truncated = BooleanProperty(False)  # the content does not fit

    def on_excerpt(self, _row: object, excerpt: Any) -> None:
        """Keep `is_truncated` current: the label cuts its content, and it can be read in full (`can_read_all`).

        Delayed, because a label gets its width during a layout."""

        def update(_seconds: float) -> None:
            self.is_truncated = self.can_read_all and excerpt.is_truncated

        update_soon = Clock.create_trigger(update, -1)
        excerpt.fbind("is_truncated", update_soon)
        self.fbind("can_read_all", update_soon)


class ReviewView(ScreenView):
    """The whole complaint on one screen."""

    mode = ObjectProperty(ReviewMode.SUMMARY)
    modes = ReviewMode  # for the rule
    notice = ObjectProperty(NO_FAULT, rebind=True)  # why it could not be saved
    disclosure_explanation = StringProperty()
    has_name = BooleanProperty(False)  # there is a name to show or hide
    disclosure_chips: Any = ObjectProperty(None)
    page_image_of: Callable[[str], bytes | None] = ObjectProperty(lambda page_id: None)
    has_story = BooleanProperty(True)  # a typed story, or nothing yet
    has_letter = BooleanProperty(False)
    letter_offers: Any = ObjectProperty(None)
    thumbnails: Any = ObjectProperty(None)
    zoomed_page: Any = ObjectProperty(None)
    reader: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._chips: dict[NameDisclosure, Chip] = {}
        self._shown_pages: tuple[tuple[str, int, str], ...] = ()  # the pages that have thumbnails
        self._pending_thumbnails: list[tuple[Any, str]] = []  # thumbnails whose pictures are not loaded yet
        self._text = ""
        self._saving = self._can_send = False
        super().__init__(**kwargs)
        self._load_thumbnails_soon = Clock.create_trigger(self._load_next_thumbnail)
        self.fbind("mode", self._update_buttons)
        for name_disclosure, message in NAME_DISCLOSURE_LABELS.items():
            chip = Chip(name=f"naming.{name_disclosure.value}", message=message)
            chip.bind(on_release=lambda _chip, choice=name_disclosure: self.send(Choose("name_disclosure", choice)))
            self._chips[name_disclosure] = chip
            self.disclosure_chips.add_widget(chip)

    def update(self, journey: Journey) -> None:
        """Show each part of the draft."""
        visit = journey.visit
        if visit is None:
            return
        language = journey.accessibility.language
        self._update_citizen(visit, language)
        self._update_case(visit, language)
        self._update_story(visit, language)
        self._update_offers(visit)
        self.notice = _save_notice(visit, language)
        self._saving, self._can_send = visit.saving, can_leave_screen(visit, journey.screen)
        self._update_buttons()

    def _update_citizen(self, visit: Visit, language: str) -> None:
        """Name, disclosure of the name, and phone number."""
        draft, who, phone = visit.draft, self.ids.who, self.ids.phone
        is_anonymous = draft.name_disclosure is NameDisclosure.ANONYMOUS
        for name_disclosure, chip in self._chips.items():
            chip.selected = name_disclosure is draft.name_disclosure
        self.disclosure_explanation = NAME_DISCLOSURE_EXPLANATIONS[draft.name_disclosure]
        self.has_name = draft.card is not None or bool(draft.typed_name.strip())
        who.main_text, who.detail_text = _name_and_area(visit, language)
        who.message = _("From your ID card") if draft.card else _("Without a card")
        who.can_edit = draft.card is None and not is_anonymous
        phone.main_text = _phone_text(visit, language)
        phone.detail_text = translate(_("With SMS about this case"), language) if has_sms_consent(draft) else ""
        phone.can_edit = not is_anonymous

    def _update_case(self, visit: Visit, language: str) -> None:
        """Topic, details and place."""
        draft, topic, details, place = visit.draft, self.ids.topic, self.ids.details, self.ids.place
        if draft.topic is not None:
            facts = TOPICS[draft.topic]
            topic.icon, topic.main_text = facts.icon, facts.name.in_language(language)
        topic.detail_text = _hidden_or_text(draft.topic_note, visit.personal_data_hidden)
        details.main_text = translate(NATURE_LABELS[draft.nature], language)
        details.detail_text = _about_and_for_whom(visit, language)
        place.main_text = place_name(draft.area, language) or translate(_("Not given"), language)
        place.detail_text = _hidden_or_text(draft.location_note, visit.personal_data_hidden)

    def _update_story(self, visit: Visit, language: str) -> None:
        """The typed story and the letter."""
        draft, story = visit.draft, self.ids.story
        self._text = draft.text.strip()
        self.has_story, self.has_letter = bool(self._text) or not draft.pages, bool(draft.pages)
        story.main_text = _hidden_or_text(self._text[:MAX_EXCERPT_CHARS], visit.story_hidden)
        story.can_read_all = not visit.story_hidden
        self.ids.letter.main_text = letter_length_text(draft, language)
        self._show_letter(() if visit.story_hidden else draft.pages)
        if visit.story_hidden:
            self.mode = ReviewMode.SUMMARY
        self.reader.show_text(self._text if self.mode is ReviewMode.STORY else "")

    def _update_offers(self, visit: Visit) -> None:
        """What the letter offers for fields that are empty."""
        self.letter_offers.show_offers({} if visit.story_hidden else useful_offers(visit.draft))

    def accept_offer(self, offer: LetterOffer) -> None:
        """Put it into its field."""
        self.send(AcceptOffer(offer))

    def enter(self, journey: Journey) -> None:
        """Begin with the summary."""
        super().enter(journey)
        self.close_detail()

    def clear(self) -> None:
        """Remove the pictures and the text of the visit."""
        self.close_detail()
        self._text = ""
        self.reader.clear()
        self._show_letter(())
        self.letter_offers.clear()

    def _update_buttons(self, *_args: object) -> None:
        """The primary button sends, or closes the detail."""
        is_summary = self.mode is ReviewMode.SUMMARY
        self.has_back_button = not self._saving
        self.has_start_over = is_summary and not self._saving
        if is_summary:
            self.step, self.primary_name, self.primary_icon = 5, "send", "send"
            self.primary, self.primary_enabled = _("Saving …") if self._saving else _("Send"), self._can_send
        else:
            self.step, self.primary, self.primary_name, self.primary_icon = 0, _("Done"), "done", "check"
            self.primary_enabled = True
        has_more = self.mode is ReviewMode.STORY and self.reader.minimum_height > self.reader.height + 1
        self.secondary, self.secondary_icon, self.secondary_name = (
            (_("Read more"), "arrow-down", "scroll_on") if has_more else ("", "", "")
        )

    # --- the letter

    def _show_letter(self, pages: tuple[LetterPage, ...]) -> None:
        """A thumbnail for each page. One picture a frame is loaded: twenty at once would be too slow for a touch."""
        letter = tuple((page.page_id, page.picture_version, self.theme.language) for page in pages)
        if letter == self._shown_pages:
            return
        self._shown_pages, self._pending_thumbnails = letter, []
        self.zoomed_page.picture.show_image(None)
        if self.mode is ReviewMode.PAGE:
            self.mode = ReviewMode.SUMMARY
        self.thumbnails.clear_widgets()
        for number, (page_id, _picture_version, language) in enumerate(letter, start=1):
            spoken = translate(_("Page {page} of {pages}"), language, page=number, pages=len(letter))
            thumbnail = Factory.PageThumbnail(name=f"page.{number}", spoken=spoken)
            thumbnail.bind(on_release=lambda _thumbnail, page_id=page_id: self.open_page(page_id))
            self.thumbnails.add_widget(thumbnail)
            self._pending_thumbnails.append((thumbnail, page_id))
        self._load_thumbnails_soon()

    def _load_next_thumbnail(self, _seconds: float) -> None:
        if not self._pending_thumbnails:
            return
        thumbnail, page_id = self._pending_thumbnails.pop(0)
        if (picture := self.page_image_of(page_id)) is not None:
            thumbnail.picture.show_thumbnail(picture, round(max(thumbnail.size)))
        self._load_thumbnails_soon()

    # --- touches

    def open_page(self, page_id: str) -> None:
        """Show one page as large as the screen allows."""
        self.zoomed_page.picture.show_image(self.page_image_of(page_id))
        self.mode = ReviewMode.PAGE

    def close_detail(self) -> None:
        """Back to the summary."""
        self.mode = ReviewMode.SUMMARY

    def edit_section(self, section: str) -> None:
        """Open the screen of one part."""
        self.send(EditSection(SCREEN_OF_SECTION.get(section) or Screen[section.upper()]))

    def read_all(self) -> None:
        """Show the whole story."""
        self.mode = ReviewMode.STORY
        self.reader.show_text(self._text)
        self.reader.scroll_to_top()
        Clock.schedule_once(self._update_buttons)  # after the layout, when the text widget has its height

    def press_secondary(self) -> None:
        """Scroll on in the story."""
        self.reader.scroll_on()

    def press_back(self) -> None:
        """Close the detail, or go to the previous screen."""
        if self.mode is ReviewMode.SUMMARY:
            self.send(Back())
        else:
            self.close_detail()

    def press_primary(self) -> None:
        """Send, or close the detail."""
        if self.mode is ReviewMode.SUMMARY:
            self.send(SubmitComplaint())
        else:
            self.close_detail()


def _save_notice(visit: Visit, language: str) -> FaultNotice:
    """Why the complaint could not be saved."""
    notice = fault_notice(visit.save_fault, language)
    if visit.save_fault is None:
        return notice
    if FAULTS[visit.save_fault].blocks_new_visits:  # the story exists only on this screen
        notice = notice._replace(advice=NOT_SENT)
    return notice._replace(icon="alert-triangle")


def _about_and_for_whom(visit: Visit, language: str) -> str:
    """Whom it is about and for whom it is made, each on a line with the citizen's note."""
    draft = visit.draft
    lines = []
    for label, note in (
        (ABOUT_LABELS[draft.about], draft.about_note.strip()),
        (FOR_WHOM_LABELS[draft.for_whom], draft.for_whom_note.strip()),
    ):
        shown_note = _hidden_or_text(note, visit.personal_data_hidden)
        lines.append(": ".join(filter(None, (translate(label, language), shown_note))))
    return "\n".join(lines)


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
