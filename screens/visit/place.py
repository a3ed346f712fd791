"""Where it happened: province, district, tambon by touch; the exact spot in words."""

from itertools import groupby
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from journey.events import Back, ChooseArea, Next, WriteSpot
from journey.language import _
from journey.state import Journey
from protocol.choices import MAX_NOTE
from screens.kv_loader import load_rules
from screens.widgets.buttons import Press
from screens.widgets.text_entry_panel import WritingPage
from thai.places import Place, districts, place, provinces, tambons

DIGITS = {"province": 2, "district": 4, "tambon": 6}
DEEPER = {"province": "district", "district": "tambon", "tambon": ""}
CHOOSING = {
    "province": _("Choose the province"),
    "district": _("Choose the district"),
    "tambon": _("Choose the tambon"),
}
# The levels a citizen may not know, and how that is said.
UNKNOWN = {
    "district": _("I don’t know the district"),
    "tambon": _("I don’t know the tambon"),
}
LEADING_VOWELS = "เแโใไ"


class LevelButton(Press):
    """One level of the place: what it is called and what is chosen."""


class PlacePage(WritingPage):
    """Prefilled from the card or the hall; each level opens a list."""

    choosing = StringProperty("")  # the level whose list is open
    province = StringProperty()
    district = StringProperty()
    tambon = StringProperty()
    area = StringProperty()
    rest_unknown = StringProperty()  # message id in place of the levels that the citizen does not know
    unknown = StringProperty()  # message id of the answer that the open level is not known
    spot: Any = ObjectProperty(None)
    chooser: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spot.changed = lambda text: self.send(WriteSpot(text))
        self.spot.most = MAX_NOTE
        self.chooser.chosen = self._chosen
        self.fbind("choosing", self._follow_choosing)
        self.spot.field.fbind("focus", self._follow_choosing)

    def draw(self, journey: Journey) -> None:
        """The names of what is chosen."""
        visit = journey.visit
        if visit is None:
            return
        self.area = visit.draft.area
        self.rest_unknown = _("I don’t know") if visit.draft.rest_unknown else ""
        for level, digits in DIGITS.items():
            found = place(self.area[:digits]) if len(self.area) >= digits else None
            setattr(self, level, _name(found, journey.comfort.language) if found else "")
        self.spot.show_told(visit.draft.spot, visit.covered)
        self._follow_choosing()

    def enter(self, journey: Journey) -> None:
        """Begin with the overview."""
        super().enter(journey)
        self.choosing = ""
        self.spot.field.focus = False
        # In large type overview and keyboard have no room together: it comes when it is wanted.
        if self.look.scale == 1:
            self.write_into(self.spot)
        self._follow_choosing()

    def open(self, level: str) -> None:
        """Open a level's list, or the list above it while that is not chosen."""
        if level == "tambon" and len(self.area) < DIGITS["district"]:
            level = "district"
        if level == "district" and len(self.area) < DIGITS["province"]:
            level = "province"
        self.choosing = level
        self.chooser.fill(_entries(_within(level, self.area), self.look.language), self.area[: DIGITS[level]])

    def press_primary(self) -> None:
        """On to telling."""
        self.send(Next())

    def press_back(self) -> None:
        """Close an open list first."""
        if self.choosing:
            self.choosing = ""
        else:
            self.send(Back())

    def _follow_choosing(self, *_args: object) -> None:
        self.typing = not self.choosing and (self.look.scale == 1 or self.spot.field.focus)
        self.unknown = UNKNOWN.get(self.choosing, "")
        self.title = CHOOSING.get(self.choosing, _("Where did it happen?"))
        self.primary = "" if self.choosing else _("Next")

    def choose_unknown(self) -> None:
        """The place is then the level above, which is chosen."""
        above = self.area[: DIGITS[self.choosing] - 2]
        self.choosing = ""
        self.send(ChooseArea(above, rest_unknown=True))

    def _chosen(self, code: str) -> None:
        level, self.choosing = self.choosing, ""
        self.send(ChooseArea(code))
        if DEEPER[level] and _within(DEEPER[level], code):
            self.open(DEEPER[level])


def _name(found: Place, language: str) -> str:
    return found.th if language == "th" else found.en


def _within(level: str, area: str) -> tuple[Place, ...]:
    if level == "province":
        return provinces()
    return districts(area[:2]) if level == "district" else tambons(area[:4])


def _initial(name: str) -> str:
    """The letter a name is filed under: a leading vowel counts after its consonant."""
    return next((letter for letter in name if letter not in LEADING_VOWELS), "")


def _entries(places: tuple[Place, ...], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Letters with their (code, name) pairs, in the language's alphabetical order."""
    pairs = [(found.code, _name(found, language)) for found in places]
    if language != "th":
        pairs.sort(key=lambda pair: pair[1])
    return [(letter, list(group)) for letter, group in groupby(pairs, key=lambda pair: _initial(pair[1]))]


load_rules(__file__)
