"""Masks what identifies a person in a text that leaves the centre: what `central.masking` knows by its form, and the
complainant's own names."""

from collections.abc import Iterable

from central.masking import MASKS, Masked, cover_own_names, mask_numbers


def mask(text: str, language: str = "th", own_names: Iterable[str] = ()) -> str:
    """The text with masks in 'th' or 'en'. `own_names` are those of `person_names.name_parts`."""
    return cover_own_names(mask_numbers(text, language), own_names, MASKS[Masked.NAME].in_language(language))
