"""What it is about: one tile, one tap."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import ChooseTopic, Next, WriteTopicNote
from journey.form_flow import may_leave
from journey.state import Journey
from protocol.choices import MAX_NOTE
from protocol.topics import TOPICS, Topic
from screens.kv_loader import load_rules
from screens.theme import OTHER_LANGUAGE
from screens.widgets.buttons import Tile
from screens.widgets.text_entry_panel import WritingPage

TOPIC_ICONS = {
    Topic.UTILITIES: "plug",
    Topic.LAND: "map-pin",
    Topic.ENVIRONMENT: "leaf",
    Topic.SAFETY: "shield",
    Topic.CORRUPTION: "gavel",
    Topic.DRUGS: "pill",
    Topic.DEBT: "coin",
    Topic.CONSUMER: "shopping-cart",
    Topic.LABOUR: "briefcase",
    Topic.HELP: "heart-handshake",
    Topic.OTHER: "dots",
    Topic.UNSURE: "help",
}


def topic_name(topic: Topic, language: str) -> str:
    """A topic's short name."""
    facts = TOPICS[topic]
    return facts.th if language == "th" else facts.en


class TopicPage(WritingPage):
    """Twelve tiles. "Something else" asks for a word of its own."""

    noting = BooleanProperty(False)  # the note of "something else" is being written
    grid: Any = ObjectProperty(None)
    note: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tiles: dict[Topic, Tile] = {}
        self._language = ""
        self._unfolded = False  # all tiles are wanted again though "something else" is chosen
        for topic in TOPICS:
            tile = Tile(name=f"topic.{topic.value}", icon=TOPIC_ICONS[topic], public=True)
            tile.bind(on_release=lambda _tile, topic=topic: self._choose(topic))
            self._tiles[topic] = tile
            self.grid.add_widget(tile)
        self.note.changed = lambda text: self.send(WriteTopicNote(text))
        self.note.most = MAX_NOTE

    def draw(self, journey: Journey) -> None:
        """Names in the visit's language, the chosen one marked."""
        visit = journey.visit
        if visit is None:
            return
        language = journey.comfort.language
        if language != self._language:
            self._language = language
            for topic, tile in self._tiles.items():
                tile.words = topic_name(topic, language)
                tile.quiet_words = topic_name(topic, OTHER_LANGUAGE[language])
        for topic, tile in self._tiles.items():
            tile.on = visit.draft.topic is topic
        self.primary_ready = may_leave(visit, journey.screen)
        self.noting = visit.draft.topic is Topic.OTHER and not self._unfolded
        self.note.show_told(visit.draft.topic_note, visit.covered)
        if self.noting and not self.typing:
            self.typing = True
            self.write_into(self.note)
        elif not self.noting:
            self.typing = False

    def enter(self, journey: Journey) -> None:
        """Begin folded when a note is there to be seen."""
        super().enter(journey)
        if self._unfolded:
            self._unfolded = False
            self.draw(journey)

    def unfold(self) -> None:
        """Show all tiles again."""
        self._unfolded = True
        self.noting = self.typing = False

    def press_primary(self) -> None:
        """On to the place."""
        self.send(Next())

    def _choose(self, topic: Topic) -> None:
        self._unfolded = False
        self.send(ChooseTopic(topic))


load_rules(__file__)
