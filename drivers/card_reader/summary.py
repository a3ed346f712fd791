"""A card as one JSON object, for the command line."""

from typing import Any

from drivers.ports.card_reader import CitizenCard


def summarise_card(card: CitizenCard, *, reveal: bool = False) -> dict[str, Any]:
    """The card as values for JSON; unless `reveal`, only enough to see that reading works."""
    if not reveal:
        first, last = mask(card.name.first, visible_chars=1), mask(card.name.last, visible_chars=1)
        return {
            "citizen_id": mask(card.citizen_id, visible_chars=-4),
            "name": f"{card.name.title}{first} {last}".strip(),
            "birth_year": card.birth_date[:4],
            "province": card.address.province,
            "card_version": card.card_version,
        }
    return {
        "citizen_id": card.citizen_id,
        "name": {field: getattr(card.name, field) for field in ("title", "first", "middle", "last")},
        "birth_date": card.birth_date,
        "sex": card.sex,
        "address": {
            part: getattr(card.address, part)
            for part in ("raw", "house", "moo", "trok", "soi", "road", "tambon", "amphoe", "province", "area")
        },
        "card_version": card.card_version,
    }


def mask(text: str, *, visible_chars: int) -> str:
    """`text` with all but its first (or, if negative, last) `visible_chars` characters masked."""
    visible = text[visible_chars:] if visible_chars < 0 else text[:visible_chars]
    dots = "•" * (len(text) - len(visible))
    return dots + visible if visible_chars < 0 else visible + dots
