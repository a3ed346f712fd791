"""The suggestion of topics: how often it is right, how long training and one suggestion take.

    python -m tests.bench.classification [CASES]

No real cases are available. Each generated text joins two stories of one matter of the search benchmark and one of
another, and `WRONG` of the topics are those of the other: officers make mistakes. Test 1 holds out a fifth of the
cases; their stories occur in others too. Test 2 suggests for the last story of each matter, which no learnt text has.
The budget: right more often than always naming the most frequent topic, and 5 ms for a suggestion."""

import random
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.bench._search_matters import HELD_OUT, TUNED, Matter

SIZE = 10_000
WRONG = 0.1
BUDGET_MS = 5.0
# Families of the search benchmark with the topic that an officer gives them.
_TOPICS = {
    "น้ำเสีย": "environment", "ขยะ": "environment", "เสียง": "environment",
    "ถนน": "utilities", "ไฟฟ้า": "utilities", "ประปา": "utilities", "น้ำท่วม": "utilities", "เสาสัญญาณ": "utilities",
    "ที่ดิน": "land", "หนี้": "debt", "ยาเสพติด": "drugs", "การพนัน": "drugs", "ทุจริต": "corruption",
    "เจ้าหน้าที่": "corruption", "แรงงาน": "labour", "ผู้บริโภค": "consumer", "สวัสดิการ": "help", "เกษตร": "help",
}  # fmt: skip


def main(size: int = SIZE) -> int:
    """Print accuracy and times. 0 when the budgets are kept."""
    from central.insight.topic_model import suggest  # noqa: PLC0415  # needs Django set up
    from central.insight.topic_training import fit_topics  # noqa: PLC0415

    chance = random.Random(1)
    matters = [each for each in (*TUNED, *HELD_OUT) if each.family in _TOPICS]
    texts, topics = _cases(matters, size, chance)
    begun = time.process_time()
    model = fit_topics(texts, topics)
    print(
        f"{size:,} cases, {len(model.topics)} topics, {len(model.words):,} words: {time.process_time() - begun:.1f} s"
    )
    print(f"  held-out cases   right {model.accuracy:6.1%}   most frequent topic {model.baseline:6.1%}")
    stories = [(matter.stories[-1], _TOPICS[matter.family]) for matter in matters]
    begun = time.process_time()
    suggested = [suggest(model, story) for story, _ in stories]
    each_ms = (time.process_time() - begun) / len(stories) * 1e3
    right = sum(each is not None and each.topic == topic for each, (_, topic) in zip(suggested, stories, strict=True))
    baseline = Counter(topic for _, topic in stories)[Counter(topics).most_common(1)[0][0]] / len(stories)
    print(f"  {len(stories)} new stories   right {right / len(stories):6.1%}   most frequent topic {baseline:6.1%}")
    print(f"  a suggestion     {each_ms:.2f} ms of processor time, budget {BUDGET_MS:.0f} ms")
    is_better = model.accuracy > model.baseline and right / len(stories) > baseline
    return 0 if is_better and each_ms <= BUDGET_MS else 1


def _cases(matters: Sequence[Matter], size: int, chance: random.Random) -> tuple[list[str], list[str]]:
    texts, topics = [], []
    for _ in range(size):
        matter, aside = chance.choice(matters), chance.choice(matters)
        texts.append(" ".join([*chance.sample(matter.stories[:-1], 2), chance.choice(aside.stories[:-1])]))
        is_wrong = chance.random() < WRONG
        topics.append(_TOPICS[(aside if is_wrong else matter).family])
    return texts, topics


def _set_up() -> None:
    import os  # noqa: PLC0415

    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "central.settings")
    django.setup()


_set_up()

if __name__ == "__main__":
    sys.exit(main(*(int(size) for size in sys.argv[1:])))
