"""`central topics train`: train the suggestion of topics on the closed cases; `show` prints how good it is."""

import argparse

from central.commands import CommandError, print_message
from central.insight.models import TopicModel
from central.insight.topic_model import from_json
from thai.dates import day_in_thailand


def run(arguments: argparse.Namespace) -> None:
    if arguments.action == "train":
        from central.insight.topic_training import train_topic_model  # noqa: PLC0415  # scikit-learn takes 1 s to import

        try:
            stored: TopicModel | None = train_topic_model()
        except ValueError as error:
            raise CommandError(str(error)) from None
    else:
        stored = TopicModel.objects.order_by("pk").last()
    if stored is None:
        raise CommandError("no model is trained yet; run `central topics train`")
    model = from_json(stored.content)
    print_message(
        f"{day_in_thailand(stored.trained_at)}: {model.case_count:,} cases, {len(model.topics)} topics, "
        f"{len(model.words):,} words"
    )
    print_message(
        f"right in {model.accuracy:.1%} of {model.tested_count:,} held-out cases; "
        f"always naming the most frequent topic: {model.baseline:.1%}"
    )
