"""The questions of filing, one after another: title and fields of each. With scripts each is a screen of its own."""

import json
from dataclasses import dataclass
from pathlib import Path

from central.public import kiosk_texts as kiosk
from central.public import web_texts as web
from protocol.bilingual_text import BilingualText
from protocol.topics import TOPICS


@dataclass(frozen=True)
class FilingStep:
    """One question."""

    name: str
    title: BilingualText
    fields: tuple[str, ...]


STEPS = (
    FilingStep("notice", kiosk.BEFORE_START, ("accepted",)),
    FilingStep("topic", kiosk.TOPIC_QUESTION, ("topic", "topic_note")),
    FilingStep("place", kiosk.PLACE_QUESTION, ("province", "district", "tambon", "spot")),
    FilingStep(
        "story",
        kiosk.STORY_QUESTION,
        ("text", "files", "with_place", "nature", "about", "about_note", "for_whom", "for_whom_note"),
    ),
    FilingStep("person", web.NAMING_QUESTION, ("naming", "name", "phone", "sms")),
    FilingStep("check", web.CHECK_TITLE, ()),
)
_GLYPHS = json.loads((Path(__file__).parents[2] / "assets/icons/names.json").read_text(encoding="utf-8"))
# The glyphs of the kiosk's tiles, as characters of central/static/icons/topics-1.woff2.
TOPIC_ICONS = {topic.value: chr(int(_GLYPHS[facts.icon], 16)) for topic, facts in TOPICS.items()}

# What the script of the form says, by the names it uses.
SCRIPT_SENTENCES = {
    "step": kiosk.STEP,
    "next": kiosk.NEXT,
    "no_topic": kiosk.NO_TOPIC,
    "no_story": web.NO_STORY,
    "note_too_long": web.NOTE_TOO_LONG,
    "text_too_long": web.TEXT_TOO_LONG,
    "bad_phone": kiosk.BAD_PHONE,
    "not_given": kiosk.NOT_GIVEN,
    "change": web.CHANGE,
    "sending": web.SENDING,
    "not_sent": web.NOT_SENT,
    "received": kiosk.RECEIVED,
    "no_places": web.NO_PLACES,
    "finding_position": web.FINDING_POSITION,
    "position": web.POSITION,
    "position_added": web.POSITION_ADDED,
    "no_position": web.NO_POSITION,
}


def step_of_field(field: str) -> str:
    """The step that has this field; the last one for what belongs to none."""
    return next((step.name for step in STEPS if field in step.fields), STEPS[-1].name)
