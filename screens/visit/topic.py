"""The topic of the complaint: one tile, one tap."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import ChooseTopic, Next, WriteText
from journey.screens import can_leave_screen
from journey.state import Journey
from protocol.choices import MAX_NOTE_CHARS
from protocol.topics import TOPICS, Topic
from screens.kv_loader import load_kv
from screens.theme import OTHER_LANGUAGE
from screens.widgets.buttons import Tile
from screens.widgets.text_entry_view import TextEntryView


class TopicView(TextEntryView):
    """A tile for each topic. "Something else" takes a note."""

    note_open = BooleanProperty(False)  # the note of "something else" is shown instead of the tiles
    topic_grid: Any = ObjectProperty(None)
    note_box: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tiles: dict[Topic, Tile] = {}
        self._language = ""
        self._shows_all_topics = False  # the tiles are shown although "something else" is chosen
        for topic, facts in TOPICS.items():
            tile = Tile(name=f"topic.{topic.value}", icon=facts.icon, public=True)
            tile.bind(on_release=lambda _tile, topic=topic: self._choose(topic))
            self._tiles[topic] = tile
            self.topic_grid.add_widget(tile)
        self.note_box.change_callback = lambda text: self.send(WriteText("topic_note", text))
        self.note_box.max_chars = MAX_NOTE_CHARS

    def update(self, journey: Journey) -> None:
        """Names in the visit's language, the chosen topic marked."""
        visit = journey.visit
        if visit is None:
            return
        language = journey.accessibility.language
        if language != self._language:
            self._language = language
            for topic, tile in self._tiles.items():
                name = TOPICS[topic].name
                tile.literal_text = name.in_language(language)
                tile.subtitle_text = name.in_language(OTHER_LANGUAGE[language])
        for topic, tile in self._tiles.items():
            tile.selected = visit.draft.topic is topic
        self.primary_enabled = can_leave_screen(visit, journey.screen)
        self.note_open = visit.draft.topic is Topic.OTHER and not self._shows_all_topics
        self.note_box.show_value(visit.draft.topic_note, visit.personal_data_hidden)
        if self.note_open and not self.keyboard_shown:
            self.keyboard_shown = True
            self.focus_field(self.note_box)
        elif not self.note_open:
            self.keyboard_shown = False

    def enter(self, journey: Journey) -> None:
        """Begin with the note when "something else" is chosen."""
        super().enter(journey)
        if self._shows_all_topics:
            self._shows_all_topics = False
            self.update(journey)

    def show_all_topics(self) -> None:
        """Show the tiles again."""
        self._shows_all_topics = True
        self.note_open = self.keyboard_shown = False

    def press_primary(self) -> None:
        """To the place."""
        self.send(Next())

    def _choose(self, topic: Topic) -> None:
        self._shows_all_topics = False
        self.send(ChooseTopic(topic))


load_kv(__file__)
