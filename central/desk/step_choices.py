"""What the form of a step proposes and offers for one case: agencies, owners, centres, and how a typed text names one.

An agency is typed or picked by its label, «name · code»; the list that the browser completes from is limited, and
every other agency that can get the case is found by its code or full name as well."""

from dataclasses import dataclass

from central.agencies.case_routing import facts_of, propose_route
from central.agencies.models import Agency, AgencyContact
from central.agencies.register import own_and_above, reachable_agencies
from central.agencies.routing import RoutingResult
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.people.permission import officers_allowed
from central.people.roles import Action

MAX_LISTED_AGENCIES = 500  # a province has 330 agencies; 500 labels are about 40 kB
_SEPARATOR = " · "


def agency_label(agency: Agency, centre: Centre, language: str = "th") -> str:
    """«name · code», with the slug of its centre before the code when it is registered elsewhere. Unique."""
    code = agency.code if agency.centre_id == centre.pk else f"{agency.centre.slug}/{agency.code}"
    return f"{agency.name_in(language)}{_SEPARATOR}{code}"


def find_agency(text: str, centre: Centre) -> Agency | None:
    """The agency with this label, code or full name that a case of the centre can be ordered to. None without one, and
    for a name that several have."""
    agencies = reachable_agencies(centre).select_related("centre")
    slug, _, code = text.rpartition(_SEPARATOR)[2].strip().rpartition("/")
    named = list(agencies.filter(code=code.lower(), centre__slug=slug or centre.slug)[:2])
    if not named:
        named = list(agencies.filter(name_th=text.strip())[:2]) or list(agencies.filter(name_en=text.strip())[:2])
    return named[0] if len(named) == 1 else None


def listed_agencies(centre: Centre) -> list[Agency]:
    """The agencies that the form lists: the centre's own first, then those registered above and below."""
    agencies = list(reachable_agencies(centre).select_related("centre")[:MAX_LISTED_AGENCIES])
    return sorted(agencies, key=lambda agency: (agency.centre_id != centre.pk, agency.name_th))


@dataclass(frozen=True)
class AgencyProposal:
    """Who should get the case by the routing rules, with the reasons."""

    lead: Agency | None
    supports: tuple[Agency, ...]
    copies: tuple[Agency, ...]
    result: RoutingResult


def propose_agencies(case: Case) -> AgencyProposal:
    """The routing of the case as rows of the register."""
    result = propose_route(facts_of(case), case.centre)
    entries = [entry for entry in (result.lead, *result.support, *result.copies) if entry is not None]
    rows = Agency.objects.select_related("centre").in_bulk([entry.key for entry in entries])
    return AgencyProposal(
        lead=rows.get(result.lead.key) if result.lead else None,
        supports=tuple(rows[entry.key] for entry in result.support if entry.key in rows),
        copies=tuple(rows[entry.key] for entry in result.copies if entry.key in rows),
        result=result,
    )


def contact_name(agency: Agency) -> str:
    """The contact point of an agency: in charge of a case when the order names nobody. '' without one."""
    contact = agency.contacts.filter(kind=AgencyContact.Kind.CONTACT_POINT).first()
    return contact.name if contact else ""


def possible_owners(centre: Centre) -> list[Officer]:
    """The officers who may own a case of this centre, by name."""
    return list(officers_allowed(Action.TAKE, own_and_above(centre).order_by()))


def target_centres(case: Case, proposed: Centre | None) -> list[Centre]:
    """The centres a case may move to: that of its place first, those of its province and above, all provinces."""
    own = case.centre.area_code[:2]
    centres = [
        centre
        for centre in Centre.objects.filter(is_active=True).exclude(pk=case.centre_id)
        if len(centre.area_code) <= 2 or centre.area_code.startswith(own)
    ]
    first = [proposed] if proposed else []
    return [*first, *(centre for centre in centres if centre != proposed)]
