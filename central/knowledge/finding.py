"""Finds articles by words, and suggests articles for a case.

There are a few hundred articles at most, so their words are read and compared here: the words and the questions are
those of the search of cases (`central.search`), without an index of their own."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from central.knowledge.models import ArticleVersion
from central.search.questions import Term, read_question
from central.search.spelling import correct
from central.search.vocabulary import Vocabulary
from central.search.words import split_words
from thai.sound_alike import sound_key

SUGGESTED = 3
_LEAD_WEIGHT, _TEXT_WEIGHT = 2.0, 0.5  # a word of the title or a keyword says more than one of the text
_TOPIC_SCORE = 3.0  # about as much as one rare word of the title
# Below it, an article shares only common words with the complaint. One rare word of the title reaches it, and so do
# four rare words of the text.
_MIN_SCORE = 3.0
_MAX_REASONS = 3


@dataclass(frozen=True)
class ArticleWords:
    """A version with the words that it is found by."""

    version: ArticleVersion
    lead: frozenset[str]
    text: frozenset[str]
    sequence: str  # all words in their order, with a space at both ends

    @classmethod
    def of(cls, version: ArticleVersion) -> "ArticleWords":
        """The words as they were segmented when the version was saved."""
        return cls(
            version,
            frozenset(version.lead_words.split()),
            frozenset(version.text_words.split()),
            f" {version.lead_words} {version.text_words} ",
        )

    def score(self, term: Term, rarity: Mapping[str, float]) -> float:
        """How well the article has this term, 0 if it does not."""
        phrases = [phrase for phrase in term.phrases if f" {' '.join(phrase)} " in self.sequence]
        return max((sum(self.weight(word) * rarity[word] for word in phrase) for phrase in phrases), default=0.0)

    def weight(self, word: str) -> float:
        """How much the place of a word counts, 0 for a word that the article does not have."""
        return _LEAD_WEIGHT if word in self.lead else _TEXT_WEIGHT if word in self.text else 0.0


@dataclass(frozen=True)
class SuggestedArticle:
    """An article for a case, whether it is for the topic of the case, and the words both have, the rarest first."""

    version: ArticleVersion
    has_topic: bool
    words: Sequence[str]


def find_articles(versions: Iterable[ArticleVersion], text: str) -> list[ArticleVersion]:
    """The versions with all words of the text, best first. When there are none, misspelt words are corrected; when
    there are none again, those with any of the words."""
    articles = [ArticleWords.of(version) for version in versions]
    question = read_question(text)
    if not question.terms or not articles:
        return []
    rarity = _rarity(articles)
    for terms, wanted in (
        (question.terms, all),
        (correct(question, _vocabulary(articles))[0].terms, all),
        (question.terms, any),
    ):
        scored = []
        for article in articles:
            scores = [article.score(term, rarity) for term in terms]
            if wanted(scores):
                scored.append((sum(scores), article.version))
        if scored:
            return [version for _, version in sorted(scored, key=lambda row: (-row[0], -row[1].pk))]
    return []


def suggest_articles(versions: Iterable[ArticleVersion], topic: str, text: str) -> list[SuggestedArticle]:
    """At most three articles for a case with this topic and text, the most useful first."""
    articles = [ArticleWords.of(version) for version in versions]
    rarity, words = _rarity(articles), set(split_words(text)) if articles else set()
    scored = []
    for article in articles:
        shares = {word: article.weight(word) * rarity[word] for word in words & (article.lead | article.text)}
        has_topic = topic in article.version.topics
        score = sum(shares.values()) + (_TOPIC_SCORE if has_topic else 0.0)
        if score >= _MIN_SCORE:
            shared = sorted(shares, key=lambda word: (-shares[word], word))
            scored.append((score, SuggestedArticle(article.version, has_topic, tuple(shared[:_MAX_REASONS]))))
    scored.sort(key=lambda row: (-row[0], row[1].version.pk))
    return [suggestion for _, suggestion in scored[:SUGGESTED]]


def _rarity(articles: Collection[ArticleWords]) -> Mapping[str, float]:
    """The inverse document frequency of each word, as BM25 has it."""
    counts = Counter(word for article in articles for word in article.lead | article.text)
    rarity: dict[str, float] = defaultdict(float)
    for word, count in counts.items():
        rarity[word] = math.log(1 + (len(articles) - count + 0.5) / (count + 0.5))
    return rarity


def _vocabulary(articles: Collection[ArticleWords]) -> Vocabulary:
    counts = Counter(word for article in articles for word in article.lead | article.text)
    keys: dict[int, dict[str, str]] = defaultdict(dict)
    for word in sorted(counts, key=lambda each: counts[each]):
        key = sound_key(word)
        keys[len(key)][key] = word
    return Vocabulary(None, len(articles), counts, keys)
