"""A card as one JSON object, for the command line."""

from typing import Any

from drivers.ports.card_reader import CitizenCard


def as_dict(card: CitizenCard, *, reveal: bool = False) -> dict[str, Any]:
    """JSON-able facts about `card`; unless `reveal`, only enough to see that reading works."""
    if not reveal:
        return {
            "citizen_id": masked(card.citizen_id, shown=-4),
            "name": f"{card.name.title}{masked(card.name.first, shown=1)} {masked(card.name.last, shown=1)}".strip(),
            "birth_year": card.birth_date[:4],
            "province": card.address.province,
            "card_version": card.card_version,
        }
    return {
        "citizen_id": card.citizen_id,
        "name": {part: getattr(card.name, part) for part in ("title", "first", "middle", "last")},
        "birth_date": card.birth_date,
        "sex": card.sex,
        "address": {
            part: getattr(card.address, part)
            for part in ("raw", "house", "moo", "trok", "soi", "road", "tambon", "amphoe", "province", "area")
        },
        "card_version": card.card_version,
    }


def masked(word: str, *, shown: int) -> str:
    """`word` with all but its first (or, if negative, last) `shown` characters covered."""
    kept = word[shown:] if shown < 0 else word[:shown]
    cover = "•" * (len(word) - len(kept))
    return cover + kept if shown < 0 else kept + cover
