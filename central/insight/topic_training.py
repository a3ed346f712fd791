"""Trains the model that suggests topics, on the closed cases of this installation.

Only the command imports this module: scikit-learn takes 1 s and 100 MB. The model keeps no text and nobody's name: its
words are Thai words that at least `MIN_CASES` cases have, without the names of complainants (decision 0194)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from central.cases.excerpts import cover
from central.cases.models import Case, Complainant
from central.cases.person_names import name_parts
from central.insight.models import TopicModel
from central.insight.topic_model import TopicWeights, suggest, to_json, words_of
from protocol.topics import Topic

MIN_CASES = 20  # that have a word
MIN_TRAINED = 200  # closed cases; with fewer a fifth of them is too small a test
_MIN_PER_TOPIC = 10
_HELD_OUT = 0.2
_MAX_CASES = 100_000  # the newest
_MAX_NAMES = 500_000
_NO_TOPIC = {Topic.UNSURE.value, Topic.OTHER.value}


class TooFewCasesError(ValueError):
    """The closed cases are too few to train a model."""


def train_topic_model() -> TopicModel:
    """Train on the closed cases, and store the model. Raises TooFewCasesError, and ValueError when the model is no
    better than always naming the most frequent topic: then nothing is stored."""
    names = _names_by_case()
    texts, topics = _closed_cases(names)
    model = fit_topics(texts, topics, {part for parts in names.values() for part in parts})
    if model.accuracy <= model.baseline:
        raise ValueError(
            f"the model names {model.accuracy:.1%} of {model.tested_count} held-out cases rightly; always naming the "
            f"most frequent topic reaches {model.baseline:.1%}. It is not stored"
        )
    return TopicModel.objects.create(trained_at=timezone.now(), content=to_json(model))


def fit_topics(texts: Sequence[str], topics: Sequence[str], names: Collection[str] = ()) -> TopicWeights:
    """The model of these texts. A fifth of them is held out for the two accuracies; then all are learnt. `names` never
    become words of the model. Raises TooFewCasesError."""
    counts = Counter(topics)
    rows = [(text, topic) for text, topic in zip(texts, topics, strict=True) if counts[topic] >= _MIN_PER_TOPIC]
    known = {topic for _, topic in rows}
    if len(rows) < MIN_TRAINED or len(known) < 2:
        raise TooFewCasesError(
            f"{len(rows)} closed cases have a topic with at least {_MIN_PER_TOPIC} cases; training needs {MIN_TRAINED} "
            "of two topics"
        )
    learnt, tested = train_test_split(rows, test_size=_HELD_OUT, random_state=1, stratify=[topic for _, topic in rows])
    trial = _fit(learnt, names, (0.0, 0.0, 0))
    suggested = [suggest(trial, text) for text, _ in tested]
    most_frequent = Counter(topic for _, topic in learnt).most_common(1)[0][0]
    right = sum(
        (each.topic if each else most_frequent) == topic for each, (_, topic) in zip(suggested, tested, strict=True)
    )
    baseline = sum(topic == most_frequent for _, topic in tested) / len(tested)
    return _fit(rows, names, (right / len(tested), baseline, len(tested)))


def _fit(rows: Sequence[tuple[str, str]], names: Collection[str], tested: tuple[float, float, int]) -> TopicWeights:
    hidden = frozenset(names)

    def words(text: str) -> list[str]:
        return [word for word in words_of(cover(text)) if word not in hidden]

    counter = CountVectorizer(analyzer=words, binary=True, min_df=MIN_CASES)
    try:
        counted = counter.fit_transform(text for text, _ in rows)
    except ValueError:  # no word is left
        raise TooFewCasesError(f"no word is in {MIN_CASES} cases") from None
    weighting = TfidfTransformer()
    classifier = LogisticRegression(C=10.0, max_iter=1_000)
    classifier.fit(weighting.fit_transform(counted), [topic for _, topic in rows])
    weights, bias = classifier.coef_, classifier.intercept_
    if len(classifier.classes_) == 2:  # one row of weights, for the second class
        weights, bias = [-weights[0], weights[0]], [-bias[0], bias[0]]
    idf = weighting.idf_
    accuracy, baseline, count = tested
    vocabulary = sorted(counter.vocabulary_.items())
    return TopicWeights(
        topics=tuple(str(topic) for topic in classifier.classes_),
        bias=tuple(round(float(each), 4) for each in bias),
        words={word: [round(float(row[at] * idf[at]), 4) for row in weights] for word, at in vocabulary},
        idf={word: round(float(idf[at]), 4) for word, at in vocabulary},
        case_count=len(rows),
        tested_count=count,
        accuracy=round(accuracy, 4),
        baseline=round(baseline, 4),
    )


def _closed_cases(names: Mapping[int, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Texts and topics of the newest closed cases. A text is without the names of its own complainant: a name that is
    made of common words would be several words."""
    closed = Case.objects.filter(closed_at__isnull=False).exclude(topic__in=_NO_TOPIC)
    rows = closed.order_by("-closed_at").values_list("pk", "text", "topic_note", "topic")[:_MAX_CASES]
    texts, topics = [], []
    for key, text, note, topic in rows.iterator():
        whole = f"{text}\n{note}".strip()
        for part in names.get(key, ()):
            whole = whole.replace(part, " ")
        if whole:
            texts.append(whole)
            topics.append(topic)
    return texts, topics


def _names_by_case() -> dict[int, list[str]]:
    """The parts of the complainants' names that are still stored, the longest first."""
    people = Complainant.objects.only("case_id", "first_name", "middle_name", "last_name").order_by("-pk")[:_MAX_NAMES]
    return {
        person.case_id: sorted((part for part in name_parts(person) if len(part) > 1), key=len, reverse=True)
        for person in people.iterator()
    }
