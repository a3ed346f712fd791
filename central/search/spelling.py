"""Adds to a question what its rare words may mean (only words that no or few cases have). Pure but for the vocabulary.

libthai cuts a misspelt word into pieces: «ทุจริด» into «ทุ» and «จริด». So neighbouring pieces of one run are also
tried together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from central.search.questions import Phrase, Question, Term
from central.search.vocabulary import Vocabulary

_MAX_PIECES = 4


def correct(question: Question, vocabulary: Vocabulary) -> tuple[Question, list[str]]:
    """The question with alternatives for its rare words, and these alternatives."""
    if not vocabulary.counts:
        return question, []
    terms = {term.phrases[0]: term for term in question.terms}
    added: list[str] = []
    for run in question.runs:
        for pieces, words in _corrections(run, vocabulary):
            if any((piece,) not in terms for piece in pieces):
                continue
            first = (pieces[0],)
            terms = {
                (pieces if key == first else key): (_with_alternatives(pieces, words) if key == first else term)
                for key, term in terms.items()
                if key == first or key not in {(piece,) for piece in pieces}
            }
            added += words
    return replace(question, terms=tuple(terms.values())), list(dict.fromkeys(added))


def _with_alternatives(pieces: Phrase, words: Sequence[str]) -> Term:
    return Term((pieces, *((word,) for word in words)))


def _corrections(run: Phrase, vocabulary: Vocabulary) -> Iterator[tuple[Phrase, list[str]]]:
    """Pieces of the run that together are like words of the vocabulary, with these words. No piece twice."""
    start = 0
    while start < len(run):
        if not any(_is_rare(piece, vocabulary) for piece in run[start : start + _MAX_PIECES]):
            start += 1
            continue
        best: tuple[float, Phrase, list[str]] | None = None
        for end in range(start + 1, min(start + _MAX_PIECES, len(run)) + 1):
            pieces = run[start:end]
            if not any(_is_rare(piece, vocabulary) for piece in pieces):
                continue
            similar = vocabulary.similar("".join(pieces))
            joined = "".join(pieces)
            if joined in vocabulary.counts and len(pieces) > 1:
                similar = [(joined, 1.01), *similar]
            if similar and (best is None or similar[0][1] > best[0]):
                best = (similar[0][1], pieces, [word for word, _ in similar])
        if best is None:
            start += 1
            continue
        yield best[1], best[2]
        start += len(best[1])


def _is_rare(word: str, vocabulary: Vocabulary) -> bool:
    return word not in vocabulary.counts and not word.isdigit()
