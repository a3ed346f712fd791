"""What an officer types into the search box: a case number anywhere in it, or words. Pure."""

import re
from dataclasses import dataclass
from itertools import combinations

from central.cases.excerpts import cover_names
from central.search.covering import cover_people
from central.search.words import STOP_WORDS, all_words, normalise
from thai import id_number, numerals, phone

MAX_QUESTION_CHARS = 200
MAX_TERMS = 8
_NUMBER_ANYWHERE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{3}[0-9]{2}[A-Za-z](?:[\s-]*[0-9]){6}(?:[\s-]*[0-9]{2})?(?![0-9])"
)
_RUNNING_NUMBER = re.compile(r"0*[0-9]{1,6}")
_QUOTED = re.compile(r'["“”]([^"“”]+)["“”]|([^"“”]+)')

Phrase = tuple[str, ...]  # words that follow one another


@dataclass(frozen=True)
class Term:
    """Something that a case must have: one of these phrases. The first is what was typed, the others were added."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True)
class Question:
    """What is searched by words. `runs` are the typed words, those written together in one run."""

    runs: tuple[Phrase, ...]
    terms: tuple[Term, ...]

    @property
    def words(self) -> frozenset[str]:
        """Every word that is searched for, with those that were added."""
        return frozenset(word for term in self.terms for phrase in term.phrases for word in phrase)

    def at_least(self, count: int) -> list[tuple[Term, ...]]:
        """Every choice of so many terms."""
        return list(combinations(self.terms, count))


def read_question(text: str) -> Question:
    """The words of the text, without people, who are not in the index either. What is in quotation marks is one
    phrase."""
    runs: list[Phrase] = []
    terms: dict[Phrase, Term] = {}
    for quoted, plain in _QUOTED.findall(normalise(cover_people(text[:MAX_QUESTION_CHARS], ()))):
        if quoted:
            phrase = _words_of(quoted)
            if phrase:
                terms[phrase] = Term((phrase,))
            continue
        for chunk in plain.split():
            run = _words_of(chunk)
            if run:
                runs.append(run)
            terms |= {(word,): Term(((word,),)) for word in run}
    return Question(tuple(runs), tuple(list(terms.values())[:MAX_TERMS]))


def _words_of(normalised: str) -> Phrase:
    """Without the words that the index does not have, unless there are no others: then nothing is found, rather than
    everything."""
    every = tuple(all_words(normalised))
    return tuple(word for word in every if word not in STOP_WORDS)


def numbers_in(text: str) -> list[str]:
    """The case numbers anywhere in the text, in any way of writing them; check digits may be wrong or missing."""
    return [match[0] for match in _NUMBER_ANYWHERE.finditer(numerals.to_arabic(text[:MAX_QUESTION_CHARS]))]


def running_number(text: str) -> str:
    """The text when it is nothing but the running number of a case, '' otherwise."""
    digits = numerals.to_arabic(text.strip())
    return digits if _RUNNING_NUMBER.fullmatch(digits) else ""


def names_person(text: str) -> str:
    """How this text would be searched as a person: 'phone', 'citizen_id', 'name' (a `SearchWay`), '' when it reads
    like words about a matter."""
    digits = numerals.digits(text)
    if len(digits) == 13 and id_number.is_valid(digits):
        return "citizen_id"
    try:
        phone.normalise(text)
    except ValueError:
        is_name = cover_names(text) != text and not read_question(text).terms
        return "name" if is_name else ""
    return "phone"
