"""The topic that the newest model suggests for a case."""

from threading import Lock

from central.cases.models import Case
from central.insight.models import TopicModel
from central.insight.topic_model import Suggestion, TopicWeights, from_json, suggest
from protocol.topics import Topic

# A suggestion that contradicts a chosen topic is shown from a higher probability on: below it, officers would read
# more wrong suggestions than right ones.
_MIN_AGAINST_CHOICE = 0.7
_MIN_WITHOUT_CHOICE = 0.4
_NOT_CHOSEN = frozenset({Topic.UNSURE.value, Topic.OTHER.value})


def suggest_topic(case: Case) -> Suggestion | None:
    """Another topic than that of the case, when the model is sure enough. None without a model. One small query when
    this process has the model already."""
    model = _load_model()
    suggestion = suggest(model, f"{case.text}\n{case.topic_note}") if model else None
    if suggestion is None or suggestion.topic == case.topic:
        return None
    least = _MIN_WITHOUT_CHOICE if case.topic in _NOT_CHOSEN else _MIN_AGAINST_CHOICE
    return suggestion if suggestion.probability >= least else None


def suggest_for_text(text: str) -> Suggestion | None:
    """The most probable topic of a text that belongs to no case. None without a model."""
    model = _load_model()
    return suggest(model, text) if model else None


def _load_model() -> TopicWeights | None:
    global _loaded  # noqa: PLW0603 (one copy for all requests of the process)
    key = TopicModel.objects.order_by("-pk").values_list("pk", flat=True).first()
    with _lock:
        if key is None:
            return None
        if _loaded is None or _loaded[0] != key:
            _loaded = key, from_json(TopicModel.objects.get(pk=key).content)
        return _loaded[1]


_loaded: tuple[int, TopicWeights] | None = None
_lock = Lock()
