"""The place: province, district and tambon from lists, the exact spot in words."""

from itertools import groupby
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from journey.events import Back, ChooseArea, Next, WriteText
from journey.language import _
from journey.state import Journey
from protocol.choices import MAX_NOTE_CHARS
from screens.kv_loader import load_kv
from screens.widgets import area_chooser as _area_chooser  # noqa: F401  the rule uses it
from screens.widgets.buttons import PressableBox
from screens.widgets.text_entry_view import TextEntryView
from thai.places import Place, districts, place, provinces, tambons

CODE_DIGITS = {"province": 2, "district": 4, "tambon": 6}
NEXT_LEVEL = {"province": "district", "district": "tambon", "tambon": ""}
CHOOSE_TITLES = {
    "province": _("Choose the province"),
    "district": _("Choose the district"),
    "tambon": _("Choose the tambon"),
}
UNKNOWN_LABELS = {  # for the levels that a citizen may not know
    "district": _("I don’t know the district"),
    "tambon": _("I don’t know the tambon"),
}
LEADING_VOWELS = "เแโใไ"


class AreaLevelButton(PressableBox):
    """One level of the place: its name and the chosen area. Opens the list of areas."""


class PlaceView(TextEntryView):
    """Prefilled with the area of the card or of the hall."""

    open_level = StringProperty("")  # the level whose list is open, '' for the overview
    province = StringProperty()
    district = StringProperty()
    tambon = StringProperty()
    area = StringProperty()
    subareas_unknown_label = StringProperty()  # message id shown for levels that the citizen does not know
    unknown_label = StringProperty()  # message id of the button "I don't know" above the open list
    location_note: Any = ObjectProperty(None)
    chooser: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.location_note.change_callback = lambda text: self.send(WriteText("location_note", text))
        self.location_note.max_chars = MAX_NOTE_CHARS
        self.chooser.chosen = self._choose_area
        self.fbind("open_level", self._update_open_level)
        self.location_note.field.fbind("focus", self._update_open_level)

    def update(self, journey: Journey) -> None:
        """Show the names of the chosen areas."""
        visit = journey.visit
        if visit is None:
            return
        self.area = visit.draft.area
        self.subareas_unknown_label = _("I don’t know") if visit.draft.subareas_unknown else ""
        for level, digits in CODE_DIGITS.items():
            chosen = place(self.area[:digits]) if len(self.area) >= digits else None
            setattr(self, level, _name(chosen, journey.accessibility.language) if chosen else "")
        self.location_note.show_value(visit.draft.location_note, visit.personal_data_hidden)
        self._update_open_level()

    def enter(self, journey: Journey) -> None:
        """Begin with the overview."""
        super().enter(journey)
        self.open_level = ""
        self.location_note.field.focus = False
        # In large text there is no space for overview and keyboard together: the keyboard opens with the field.
        if self.theme.scale == 1:
            self.focus_field(self.location_note)
        self._update_open_level()

    def open_list(self, level: str) -> None:
        """Open the list of a level, or of the level above while no area of that is chosen."""
        if level == "tambon" and len(self.area) < CODE_DIGITS["district"]:
            level = "district"
        if level == "district" and len(self.area) < CODE_DIGITS["province"]:
            level = "province"
        self.open_level = level
        areas = _areas_within(level, self.area)
        self.chooser.fill(_entries(areas, self.theme.language), self.area[: CODE_DIGITS[level]])

    def press_primary(self) -> None:
        """To the story."""
        self.send(Next())

    def press_back(self) -> None:
        """Close an open list, or go to the previous screen."""
        if self.open_level:
            self.open_level = ""
        else:
            self.send(Back())

    def _update_open_level(self, *_args: object) -> None:
        self.keyboard_shown = not self.open_level and (self.theme.scale == 1 or self.location_note.field.focus)
        self.unknown_label = UNKNOWN_LABELS.get(self.open_level, "")
        self.title = CHOOSE_TITLES.get(self.open_level, _("Where did it happen?"))
        self.primary = "" if self.open_level else _("Next")

    def choose_unknown(self) -> None:
        """The citizen does not know the area of this level: the place is the area chosen on the level above."""
        parent_area = self.area[: CODE_DIGITS[self.open_level] - 2]
        self.open_level = ""
        self.send(ChooseArea(parent_area, subareas_unknown=True))

    def _choose_area(self, code: str) -> None:
        next_level, self.open_level = NEXT_LEVEL[self.open_level], ""
        self.send(ChooseArea(code))
        if next_level and _areas_within(next_level, code):
            self.open_list(next_level)


def _name(area: Place, language: str) -> str:
    return area.th if language == "th" else area.en


def _areas_within(level: str, area: str) -> tuple[Place, ...]:
    """The areas of a level inside the area with this code."""
    if level == "province":
        return provinces()
    return districts(area[:2]) if level == "district" else tambons(area[:4])


def _initial(name: str) -> str:
    """The letter that a name is sorted by: the first one that is not a leading vowel."""
    return next((letter for letter in name if letter not in LEADING_VOWELS), "")


def _entries(areas: tuple[Place, ...], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Initial letters with their (code, name) pairs, in the alphabetical order of the language."""
    pairs = [(area.code, _name(area, language)) for area in areas]
    if language != "th":
        pairs.sort(key=lambda pair: pair[1])
    return [(letter, list(group)) for letter, group in groupby(pairs, key=lambda pair: _initial(pair[1]))]


load_kv(__file__)
