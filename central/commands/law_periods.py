"""`central law-periods`: lists, sets and removes the periods that laws set for topics."""

import argparse
import sys

from django.core.exceptions import ValidationError

from central.commands import CommandError, print_message
from central.deadlines.models import LawPeriod
from protocol.topics import Topic


def run(arguments: argparse.Namespace) -> None:
    """List, set or remove. Raises CommandError for an unknown topic or a period that is not possible."""
    if arguments.action == "list":
        for period in LawPeriod.objects.all():
            columns = (period.topic, period.subtopic, str(period.days), period.law_th, period.law_en)
            sys.stdout.write("\t".join(columns) + "\n")
        return
    topics = [topic.value for topic in Topic]
    if arguments.topic not in topics:
        raise CommandError(f"there is no topic {arguments.topic} (known: {', '.join(topics)})")
    present = LawPeriod.objects.filter(topic=arguments.topic, subtopic=arguments.subtopic).first()
    if arguments.action == "remove":
        if present is None:
            raise CommandError("no law's period is stored for this topic and sub-topic")
        present.delete()
        print_message(f"{arguments.topic} {arguments.subtopic}: the period by law is removed")
        return
    period = present or LawPeriod(topic=arguments.topic, subtopic=arguments.subtopic)
    period.days, period.law_th, period.law_en = arguments.days, arguments.law_th, arguments.law_en
    try:
        period.full_clean()
    except ValidationError as error:
        raise CommandError("; ".join(error.messages)) from error
    period.save()
    print_message(f"{arguments.topic} {arguments.subtopic}: {period.days} working days by {period.law_en}")
