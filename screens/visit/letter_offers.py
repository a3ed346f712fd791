"""What a letter offers for empty fields: its place on the page, how it was read, and a button to accept it."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kivy.clock import Clock
from kivy.properties import ListProperty, NumericProperty, ObjectProperty, StringProperty

from journey.complaint.draft import LetterOffer, LetterPage
from journey.language import _
from screens.kv_loader import load_kv
from screens.widgets import marked_text as _marked_text  # noqa: F401  used by the rule
from screens.widgets.containers import Column, FoldableBox
from screens.widgets.page_cutout import PageCutout
from thai.phone import display

TITLES = {"phone": _("Phone number. Is it yours?"), "text": _("Subject")}
BUTTONS = {"phone": _("Use this number"), "text": _("Use this subject")}


class LetterOfferRow(FoldableBox):
    """One offer."""

    name = StringProperty()
    title = StringProperty()
    button = StringProperty()
    value_text = StringProperty()
    unclear_spans: list[tuple[int, int]] = ListProperty()
    accept: Callable[[], None] = ObjectProperty(lambda: None)
    cutout: PageCutout = ObjectProperty(None)


class LetterOffers(Column):
    """The offers, one below the other; empty without any."""

    count = NumericProperty(0)
    accept: Callable[[LetterOffer], None] = ObjectProperty(lambda offer: None)
    page_image_of: Callable[[str], bytes | None] = ObjectProperty(lambda page_id: None)

    def __init__(self, **kwargs: Any) -> None:
        self._shown: object = None
        self._without_picture: list[tuple[PageCutout, str]] = []
        super().__init__(**kwargs)
        self._load_pictures_soon = Clock.create_trigger(self._load_next_picture)

    def show_offers(self, offers: Mapping[LetterOffer, LetterPage]) -> None:
        """Show these offers. Their pictures come one in a frame, as thumbnails do."""
        shown = tuple((offer, page.page_id, page.picture_version) for offer, page in offers.items())
        if shown == self._shown:
            return
        self.clear()
        self._shown, self.count = shown, len(offers)
        numbers: Counter[str] = Counter()
        for offer, page in offers.items():
            numbers[offer.field_name] += 1
            row = _row(offer, page, numbers[offer.field_name])
            row.accept = partial(self.accept, offer)
            self.add_widget(row)
            self._without_picture.append((row.cutout, page.page_id))
        self._load_pictures_soon()

    def clear(self) -> None:
        """Remove offers and pictures."""
        self._shown, self._without_picture, self.count = None, [], 0
        self.clear_widgets()

    def _load_next_picture(self, _seconds: float) -> None:
        if not self._without_picture:
            return
        cutout, page_id = self._without_picture.pop(0)
        if (picture := self.page_image_of(page_id)) is not None:
            cutout.cut_from(picture)
        self._load_pictures_soon()


def _row(offer: LetterOffer, page: LetterPage, number: int) -> LetterOfferRow:
    """`number` counts the offers for one field."""
    value = display(offer.value) if offer.field_name == "phone" else offer.value
    row = LetterOfferRow(
        name=f"offer.{offer.field_name}.{number}",
        title=TITLES[offer.field_name],
        button=BUTTONS[offer.field_name],
        value_text=value,
        unclear_spans=[(0, len(value))] if offer.is_uncertain else [],
    )
    row.cutout.show_part(offer.box, (page.width, page.height), None)
    return row


load_kv(__file__)
