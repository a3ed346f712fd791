"""Points that arrive with a case or a file: coordinates in the words about the place, the place of a photo.

They are taken without asking anybody once more: the sender has written or added them for this purpose."""

from collections.abc import Iterable

from central.cases import clock
from central.cases.coordinates import CoordinatesError, is_in_thailand, parse_coordinates
from central.cases.models import Case, CasePoint


def note_written_point(case: Case) -> None:
    """Take the coordinates that the citizen has written about the place, such as the link of a map."""
    try:
        place = parse_coordinates(case.location_note)
    except CoordinatesError:
        return
    _note(case, place, CasePoint.Source.CITIZEN)


def note_photo_point(case: Case, positions: Iterable[tuple[float, float]], source: CasePoint.Source) -> None:
    """Take the place of the first photo that was taken in Thailand, unless the case has a point."""
    place = next((each for each in positions if is_in_thailand(*each)), None)
    if place is not None:
        _note(case, place, source)


def _note(case: Case, place: tuple[float, float], source: CasePoint.Source) -> None:
    values = {"latitude": place[0], "longitude": place[1], "source": source.value, "set_at": clock.now()}
    CasePoint.objects.get_or_create(case=case, defaults=values)
