"""The wording of a case's status at its centre: a district says นายอำเภอ with its name, a province its own ladder."""

from central.centres.models import Centre
from protocol.case_status import CaseStatus, status_text, status_wording
from protocol.centre_kind import CentreKind


def official_text(status: CaseStatus, centre: Centre, language: str) -> str:
    """The official sentence: «เสนอนายอำเภอน้ำพองพิจารณา»."""
    return status_text(status, language, centre.province_name(language), centre.kind, centre.district_name(language))


def headline(status: CaseStatus, centre: Centre, language: str) -> str:
    """The plain sentence at the top of the tracking page."""
    return status_wording(status, centre.kind).headline.in_language(language)


def desk_label(status: CaseStatus, centre: Centre, language: str) -> str:
    """The short label for tables of the desk."""
    return status_wording(status, centre.kind).desk_label.in_language(language)


def shared_desk_label(status: CaseStatus, language: str) -> str:
    """The short label where cases of several kinds of centres are meant: «เสนอ หน.สนจ. / เสนอนายอำเภอ»."""
    texts = [status_wording(status, kind).desk_label.in_language(language) for kind in CentreKind]
    return " / ".join(dict.fromkeys(texts))


def head_of(centre: Centre) -> str:
    """The title of whom the office reports to, in Thai: it stands in official letters."""
    match centre.kind:
        case CentreKind.PROVINCE:
            return f"ผู้ว่าราชการจังหวัด{centre.province_name('th')}"
        case CentreKind.DISTRICT:
            return f"นายอำเภอ{centre.district_name('th')}"
        case _:
            return "ปลัดกระทรวงมหาดไทย"
