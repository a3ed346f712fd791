"""How topics stand on the screen: their order and their icons. Names and days are the protocol's."""

from dataclasses import dataclass

from protocol.topics import TOPICS, Topic

# Most asked first, as the centres' own statistics have it; the two ways out last.
ICONS: dict[Topic, str] = {
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


@dataclass(frozen=True)
class Tile:
    """One topic as the citizen sees it."""

    topic: Topic
    name: str
    icon: str


def tiles(language: str) -> tuple[Tile, ...]:
    """The tiles in their order; `language` is 'th' or 'en'."""
    return tuple(
        Tile(topic, TOPICS[topic].th if language == "th" else TOPICS[topic].en, icon) for topic, icon in ICONS.items()
    )


def wants_note(topic: Topic) -> bool:
    """Whether the screen asks, optionally, what the matter is about in the citizen's own words."""
    return topic is Topic.OTHER
