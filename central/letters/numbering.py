"""Numbers of letters: one series for an office and a year, without gaps and without doubles (decision 0151)."""

from datetime import date

from django.db import transaction

from central.centres.models import Centre
from central.letters.models import NumberSeries
from thai import dates


def take_number(centre: Centre, day: date) -> tuple[int, int]:
    """The Buddhist year of this day and the next number in it. Call it in the transaction that stores the number: the
    series stays locked until its end, and a transaction that fails gives the number back."""
    series = _locked(centre, dates.year(day))
    series.last += 1
    series.save(update_fields=["last"])
    return series.year, series.last


def last_number(centre: Centre, day: date) -> int:
    """The last number of this year that was given; 0 for none."""
    return NumberSeries.objects.filter(centre=centre, year=dates.year(day)).values_list("last", flat=True).first() or 0


def continue_after(centre: Centre, day: date, last: int) -> bool:
    """Let the series of this year continue after a number of the paper register. False for one below the last."""
    with transaction.atomic():
        series = _locked(centre, dates.year(day))
        if last < series.last:
            return False
        series.last = last
        series.save(update_fields=["last"])
        return True


def _locked(centre: Centre, year: int) -> NumberSeries:
    NumberSeries.objects.get_or_create(centre=centre, year=year)
    return NumberSeries.objects.select_for_update().get(centre=centre, year=year)
