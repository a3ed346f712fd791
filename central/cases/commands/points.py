"""Where a matter happened: set by an officer or a tambon team, or taken from what a citizen has sent."""

from central.cases import clock
from central.cases.commands.step import Actor, kept_attention, locked_case, save_step
from central.cases.coordinates import UNREADABLE, CoordinatesError, parse_coordinates
from central.cases.errors import NotAllowedError
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent, CasePoint
from central.people.roles import Action


def set_point(case: Case, by: Actor, *, seen_revision: int | None, coordinates: str, note: str = "") -> CaseEvent:
    """Set the point of the incident; an empty text removes it. The history says that it was set, and not where: an
    event stays when a case is erased."""
    with locked_case(case, Action.SET_POINT, by, seen_revision=seen_revision, texts=[note]) as locked:
        stored = CasePoint.objects.filter(case=locked)
        if coordinates.strip():
            try:
                latitude, longitude = parse_coordinates(coordinates)
            except CoordinatesError as error:
                raise NotAllowedError(error.sentence) from error
            place = {"latitude": latitude, "longitude": longitude, "set_at": clock.now()}
            CasePoint.objects.update_or_create(
                case=locked, defaults={**place, "source": CasePoint.Source.OFFICER.value}
            )
        elif not stored.exists():
            raise NotAllowedError(UNREADABLE)
        else:
            stored.delete()
        payload = {"removed": not coordinates.strip()}
        return save_step(locked, EventKind.SET_POINT, by, attention=kept_attention(locked), payload=payload, note=note)
