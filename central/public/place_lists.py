"""The lists of places on the form: provinces, and the districts and tambons of one."""

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from central.centres.models import Centre
from thai import places
from thai.places import Place


@require_safe
@gzip_page
def places_of_province(request: HttpRequest, province: str) -> JsonResponse:
    """The districts of a province with their tambons: 5 kB on the wire. A phone keeps them, to work without network."""
    if places.place(province) is None or len(province) != 2:
        raise Http404
    districts = [_listed(district) | {"tambons": _tambons(district)} for district in places.districts(province)]
    response = JsonResponse({"districts": districts})
    response["Cache-Control"] = "public, max-age=604800"
    return response


def _tambons(district: Place) -> list[dict[str, Any]]:
    return [_listed(tambon) for tambon in places.tambons(district.code)]


def _listed(area: Place) -> dict[str, Any]:
    return {"code": area.code, "th": area.th, "en": area.en}


def choices(areas: tuple[Place, ...], first: str, language: str) -> list[tuple[str, str]]:
    """The choices of a list, headed by what nothing chosen means."""
    return [("", first), *((area.code, area.en if language == "en" else area.th) for area in areas)]


def deepest_area(province: str, district: str, tambon: str) -> str:
    """The code of the deepest level that is chosen and lies in the levels above; '' for none. A list that belongs to
    another province than the one chosen last counts for nothing."""
    area = ""
    for length, code in ((2, province), (4, district), (6, tambon)):
        if len(code) != length or not code.startswith(area) or places.place(code) is None:
            return area
        area = code
    return area


def usual_province() -> str:
    """The code of the province that this installation serves alone; '' for several."""
    codes = Centre.objects.filter(is_active=True).exclude(area_code="").values_list("area_code", flat=True)
    provinces = {code[:2] for code in codes}
    return provinces.pop() if len(provinces) == 1 else ""
