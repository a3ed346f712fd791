"""The refusal of a change of a case."""

from protocol.bilingual_text import BilingualText


class NotAllowedError(Exception):
    """A change that is not allowed; `sentence` says why, in both languages."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence
