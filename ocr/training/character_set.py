"""The classes of the network's output and the characters that they are."""

from dataclasses import dataclass
from functools import cached_property

BLANK = 2  # the class «no character» of Tesseract's networks


@dataclass(frozen=True)
class CharacterSet:
    """Characters in the order of the classes. Classes 1 and 2 are no characters."""

    characters: tuple[str, ...]

    @cached_property
    def _classes(self) -> dict[str, int]:
        return {character: number for number, character in enumerate(self.characters)}

    def encode(self, text: str) -> list[int] | None:
        """Classes of the characters; None when the set lacks one. `text` as `corpus.target_text` spells it."""
        classes = [self._classes.get(character, -1) for character in text]
        return None if -1 in classes else classes

    def decode(self, best: list[int]) -> str:
        """The text of the best class at each time step: repeats and blanks removed."""
        pairs = zip([BLANK, *best], best, strict=False)
        return "".join(self.characters[now] for before, now in pairs if now not in (before, BLANK))
