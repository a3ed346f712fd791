"""Finds what an argument names, or raises CommandError."""

from central.centres.models import Centre, Officer
from central.commands import CommandError
from central.people.roles import Role


def find_officer(name: str) -> Officer:
    """The officer with this user name. Raises CommandError."""
    officer = Officer.objects.filter(username=name).first()
    if officer is None:
        raise CommandError(f"there is no officer {name}")
    return officer


def find_centre(slug: str) -> Centre:
    """The centre with this slug. Raises CommandError, which lists the known ones."""
    centre = Centre.objects.filter(slug=slug).first()
    if centre is None:
        known = ", ".join(Centre.objects.values_list("slug", flat=True)) or "none yet, see `central create-centre`"
        raise CommandError(f"there is no centre {slug} (known: {known})")
    return centre


def find_roles(names: list[str]) -> list[Role]:
    """The roles with these names, without repetitions. Raises CommandError, which lists the known ones."""
    known = {role.value: role for role in Role}
    for name in names:
        if name not in known:
            raise CommandError(f"there is no role {name} (known: {', '.join(known)})")
    return [known[name] for name in dict.fromkeys(names)]
