"""Which term of each scheme a case has."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.classification.models import Term
from central.classification.schemes import CHOSEN, Scheme
from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class TermTable:
    """All terms, loaded at once: a few dozen."""

    terms: tuple[Term, ...]

    def subtopic_code(self, topic: str, subtopic: str) -> str:
        """The code of the sub-topic with this name in a topic, '' for a free text that names none."""
        typed = subtopic.strip().casefold()
        if not typed:
            return ""
        for term in self.terms:
            names = (term.name_th, term.name_en, *term.former_names)
            is_of_topic = term.scheme == Scheme.SUBTOPIC.value and topic in term.topics
            if is_of_topic and typed in {name.casefold() for name in names}:
                return term.code
        return ""

    def term_code(self, scheme: Scheme, topic: str, chosen: Mapping[str, str]) -> str:
        """The code of the term of a case: the chosen one, else the first active one of its topic, else ''."""
        if code := chosen.get(scheme.value, ""):
            return code
        return self.topic_term(scheme, topic)

    def topic_term(self, scheme: Scheme, topic: str) -> str:
        """The code of the first active term of this topic, '' for none."""
        of_topic = (term for term in self.of(scheme) if term.is_active and topic in term.topics)
        return next((term.code for term in of_topic), "")

    def codes(self, topic: str, subtopic: str, chosen: Mapping[str, str]) -> dict[str, str]:
        """The code of the case in every scheme."""
        codes = {scheme.value: self.term_code(scheme, topic, chosen) for scheme in CHOSEN}
        return {Scheme.SUBTOPIC.value: self.subtopic_code(topic, subtopic), **codes}

    def subtopic_names(self, language: str) -> list[tuple[str, str]]:
        """Topic and name of every sub-topic that is offered."""
        offered = (term for term in self.of(Scheme.SUBTOPIC) if term.is_active)
        return [
            (topic, term.name_en if language == "en" else term.name_th) for term in offered for topic in term.topics
        ]

    def of(self, scheme: Scheme) -> list[Term]:
        """The terms of a scheme in their order."""
        return [term for term in self.terms if term.scheme == scheme.value]

    def names(self) -> dict[tuple[str, str], BilingualText]:
        """The names by scheme and code."""
        return {(term.scheme, term.code): BilingualText(term.name_th, term.name_en) for term in self.terms}


def are_known_terms(chosen: Mapping[str, str]) -> bool:
    """Whether each is the code of a term of its scheme."""
    known = {(term.scheme, term.code) for term in Term.objects.filter(scheme__in=[scheme.value for scheme in CHOSEN])}
    return set(chosen.items()) <= known


def load_terms() -> TermTable:
    """The terms as they are now. One query."""
    return TermTable(tuple(Term.objects.all()))
