"""Why something about letters is refused."""

from protocol.bilingual_text import BilingualText


class LetterError(Exception):
    """A letter, template or letterhead that cannot be saved; `sentence` says why."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence
