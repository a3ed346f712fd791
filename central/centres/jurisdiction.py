"""Which centre works on a case: the one of the place of the incident, not the one of the kiosk (decision 0055)."""

from central.centres.models import Centre


def centre_for_area(area_code: str, fallback: Centre) -> Centre:
    """The centre whose queue a place belongs to: its district's, else its province's, if that centre exists and is
    active. Otherwise `fallback`, or the nearest active centre above it. `area_code` has 0, 2, 4 or 6 digits."""
    codes = {area_code[:length] for length in (2, 4) if len(area_code) >= length}
    responsible = Centre.objects.filter(area_code__in=codes, is_active=True).order_by("-area_code").first()
    return responsible or nearest_active(fallback)


def nearest_active(centre: Centre) -> Centre:
    """This centre if it is active, else the nearest active one above it; itself if there is none."""
    candidate: Centre | None = centre
    while candidate is not None and not candidate.is_active:
        candidate = candidate.parent
    return candidate or centre


def filing_centre(area_code: str, kiosk_centre: Centre) -> Centre:
    """The centre that a case filed at a kiosk is stored at.

    A place in the province of the kiosk's centre decides directly. For a place in another province the case waits at
    the kiosk's centre: `proposed_centre` names the other one, and an officer moves the case after reading it."""
    own_province = kiosk_centre.area_code[:2]
    if area_code.startswith(own_province):
        return centre_for_area(area_code, kiosk_centre)
    return nearest_active(kiosk_centre)


def proposed_centre(area_code: str, current: Centre) -> Centre | None:
    """The centre that a case at `current` should move to because of its place, or because `current` is inactive. None
    where the case is right."""
    centre = centre_for_area(area_code, current)
    return None if centre == current else centre
