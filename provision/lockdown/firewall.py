"""The firewall: nothing enters or leaves this kiosk except what its settings name.

    apply   load the rules; then look the names up, and load again when an address has changed
    show    print the rules that `apply` would load first

It runs on Debian's Python and needs no release: at each boot before the network, when the name servers change, and
every five minutes, because rules contain addresses and the settings contain names. Without a name server, or with an
invalid kiosk.toml, the destinations of the last time are used. Local programs get an error at once, not a time-out.
"""

import ipaddress
import json
import pwd
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SETTINGS = Path("/etc/damrongdham-kiosk/kiosk.toml")
ENROLMENT = Path("/var/lib/damrongdham-kiosk/enrolment.json")
MEMORY = Path("/var/lib/damrongdham-kiosk-firewall/destinations.json")
STATE = Path("/run/damrongdham-kiosk-lockdown")
RESOLVER_FILES = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))
ROUTE_TABLES = (Path("/proc/net/route"), Path("/proc/net/ipv6_route"))
TABLE = "inet damrongdham_kiosk"
KIOSK_USERS = ("dk-ui", "dk-forwarder")
TIME_USERS = ("systemd-timesync", "_chrony")
UPDATE_USERS = ("_apt",)  # apt fetches as this user, and checks signatures before root uses anything
RESOLVER_USERS = ("systemd-resolve",)
DEFAULT_PORTS = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Destination = tuple[str, int]  # host or address, TCP port


@dataclass(frozen=True)
class Wanted:
    """What the settings name. `destinations` are reached by the kiosk's programs and by root; `ssh_from` are networks
    that may open a terminal on this machine."""

    destinations: tuple[Destination, ...] = ()
    ssh_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """The rest that the rules depend on: addresses by host, name servers, numbers of users by name."""

    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resolvers: tuple[str, ...] = ()
    users: Mapping[str, int] = field(default_factory=dict)


# --- what is wanted ---------------------------------------------------------------------------------------------------


def read_wanted(settings: Mapping[str, Any], enrolment: Mapping[str, Any]) -> Wanted:
    """The destinations of kiosk.toml and of the enrolment. Values of another type than expected are left out: `kiosk
    settings` reports them, and a kiosk without firewall would be worse than one without centre."""
    network = _section(settings, "network")
    urls = (_section(settings, "centre").get("url"), enrolment.get("centre_url"), enrolment.get("public_url"))
    named = [*map(parse_url, urls), parse_printer(_section(settings, "printer").get("connection"))]
    named += map(parse_host_and_port, _texts([*_list(network.get("also_reach")), network.get("proxy")]))
    return Wanted(
        tuple(sorted({destination for destination in named if destination})),
        tuple(sorted({parsed for text in _texts(network.get("ssh_from")) if (parsed := _parse_network(text))})),
    )


def _section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name)
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def parse_url(url: object) -> Destination | None:
    """Host and port of an address of the centre; None for anything else."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port and _is_host(parts.hostname) else None


def parse_printer(connection: object) -> Destination | None:
    """Host and port of a printer in the network: 'network:ADDRESS:9100'."""
    kind, _, rest = connection.partition(":") if isinstance(connection, str) else ("", "", "")
    return parse_host_and_port(rest) if kind == "network" else None


def parse_host_and_port(text: str) -> Destination | None:
    """'HOST:PORT', with an IPv6 address in brackets."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not port.isdecimal() or not 0 < int(port) < 65536 or not _is_host(host):
        return None
    return host, int(port)


def _is_host(text: str) -> bool:
    """Whether it is a name or an address, and so nothing that could be a word of the rules' language."""
    return re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", text) is not None


def _parse_network(text: str) -> str:
    if "%" in text:  # 'fe80::1%eth0': nft refuses all rules for it, and the kiosk would have no firewall
        return ""
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return ""


def parse_resolvers(text: str) -> list[str]:
    """The addresses of name servers in a resolv.conf."""
    servers = re.findall(r"^\s*nameserver\s+([0-9A-Fa-f.:]+)", text, re.MULTILINE)
    return [server for server in servers if _parse_address(server)]


def _parse_address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


# --- the rules --------------------------------------------------------------------------------------------------------


def render(wanted: Wanted, site: Site) -> str:
    """The rules, for `nft -f`: the table is replaced in one step, so no packet passes in between."""
    lines = [f"table {TABLE}", f"delete table {TABLE}", f"table {TABLE} {{", "  chain input {"]
    lines += [f"    {rule}" for rule in _input_rules(wanted)]
    lines += ["  }", "  chain forward {", "    type filter hook forward priority filter; policy drop;", "  }"]
    lines += ["  chain output {", *(f"    {rule}" for rule in _output_rules(wanted, site)), "  }", "}"]
    return "\n".join(lines) + "\n"


def _input_rules(wanted: Wanted) -> list[str]:
    return [
        "type filter hook input priority filter; policy drop;",
        "iif lo accept",
        "ct state established,related accept",
        "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept",
        "udp sport 67 udp dport 68 accept",  # an address by DHCP
        "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
        *(f"{_family(network)} saddr {network} tcp dport 22 accept" for network in wanted.ssh_from),
        "counter drop",
    ]


_DNS = "meta l4proto { tcp, udp } th dport"


def _output_rules(wanted: Wanted, site: Site) -> list[str]:
    rules = [
        "type filter hook output priority filter; policy drop;",
        "oif lo accept",
        "ct state established,related accept",
        "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld2-listener-report } accept",
        "udp sport 68 udp dport 67 accept",
        "ip6 daddr { fe80::/10, ff02::1:2 } udp sport 546 udp dport 547 accept",
        *(f"{_family(server)} daddr {server} {_DNS} 53 accept" for server in site.resolvers),
    ]
    for users, rule in (
        (RESOLVER_USERS, f"{_DNS} {{ 53, 853 }} accept"),
        (TIME_USERS, "udp dport 123 accept"),
        (UPDATE_USERS, "tcp dport { 80, 443 } accept"),
    ):
        if numbers := _numbers(users, site):
            rules.append(f"meta skuid {{ {numbers} }} {rule}")
    callers = ", ".join(filter(None, ("0", _numbers((*KIOSK_USERS, *UPDATE_USERS), site))))
    for host, port in wanted.destinations:
        for address in site.addresses.get(host, ()):
            rules.append(f"meta skuid {{ {callers} }} {_family(address)} daddr {address} tcp dport {port} accept")
    return [*rules, "counter reject with icmpx admin-prohibited"]


def _family(network: str) -> str:
    return "ip6" if ":" in network else "ip"


def _numbers(users: Iterable[str], site: Site) -> str:
    return ", ".join(str(site.users[user]) for user in users if user in site.users)


# --- this machine -----------------------------------------------------------------------------------------------------


def load_wanted(settings_file: Path, enrolment_file: Path, remembered: Mapping[str, Any]) -> Wanted:
    """What the files name; the destinations of the last time while kiosk.toml cannot be read."""
    enrolment: Mapping[str, Any] = {}
    with suppress(OSError, ValueError):
        enrolment = _as_mapping(json.loads(enrolment_file.read_text("utf-8")))
    try:
        return read_wanted(tomllib.loads(settings_file.read_text("utf-8")), enrolment)
    except (OSError, ValueError):
        pairs = [tuple(pair) for pair in remembered.get("destinations", []) if len(pair) == 2]
        return Wanted(tuple((str(host), int(port)) for host, port in pairs), tuple(_texts(remembered.get("ssh_from"))))


def _as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def look_up(host: str) -> tuple[str, ...]:
    """The addresses of a name; () when no name server knows it."""
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(sorted({str(entry[4][0]).partition("%")[0] for entry in entries}))


def has_route(tables: Iterable[Path] = ROUTE_TABLES) -> bool:
    """Whether this machine has a route to others. Before there is one, a look-up would only delay the boot."""
    for table in tables:
        with suppress(OSError):
            routes = table.read_text("ascii").splitlines()
            if any(not route.rstrip().endswith(" lo") and not route.startswith("Iface") for route in routes):
                return True
    return False


def _load_memory() -> Mapping[str, Any]:
    try:
        return _as_mapping(json.loads(MEMORY.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _known_addresses(memory: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {host: tuple(_texts(addresses)) for host, addresses in _as_mapping(memory.get("addresses")).items()}


def _connected_clients() -> list[str]:
    """Addresses of the terminals that were open when the kiosk was installed: they stay open until the next boot."""
    with suppress(OSError):
        return [line for line in (STATE / "ssh-clients").read_text("ascii").split() if _parse_network(line)]
    return []


def _site(addresses: Mapping[str, tuple[str, ...]]) -> Site:
    resolvers: list[str] = []
    for file in RESOLVER_FILES:
        with suppress(OSError):
            resolvers += parse_resolvers(file.read_text("utf-8", errors="replace"))
    names = (*KIOSK_USERS, *TIME_USERS, *UPDATE_USERS, *RESOLVER_USERS)
    users = {}
    for name in names:
        with suppress(KeyError):
            users[name] = pwd.getpwnam(name).pw_uid
    return Site(addresses, tuple(dict.fromkeys(resolvers)), users)


def run_nft(rules: str) -> None:
    """Load the rules. Raises CalledProcessError."""
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)


def apply(find_addresses: Callable[[str], tuple[str, ...]] = look_up) -> None:
    """Load the rules with the addresses of the last time, and again with those of now."""
    memory = _load_memory()
    wanted = load_wanted(SETTINGS, ENROLMENT, memory)
    open_to = Wanted(wanted.destinations, (*wanted.ssh_from, *_connected_clients()))
    known = _known_addresses(memory)
    literal = {host: (host,) for host, _ in wanted.destinations if _parse_address(host)}
    site = _site({**known, **literal})
    rules = render(open_to, site)
    run_nft(rules)
    names = {host for host, _ in wanted.destinations} - literal.keys()
    online = has_route()
    looked_up = {name: (online and find_addresses(name)) or known.get(name, ()) for name in names}
    new_rules = render(open_to, _site({**looked_up, **literal}))
    if new_rules != rules:
        run_nft(new_rules)
    _write(MEMORY, {"destinations": wanted.destinations, "ssh_from": wanted.ssh_from, "addresses": looked_up})
    _write(STATE / "firewall.json", {"unknown": sorted(name for name in names if not looked_up[name])})


def _write(file: Path, content: object) -> None:
    text = json.dumps(content, indent=1)
    with suppress(OSError):
        if file.read_text("utf-8") == text:
            return  # no write to the disk every five minutes
    new_file = file.with_name(f"{file.name}.new")
    new_file.write_text(text, encoding="utf-8")
    new_file.replace(file)


def main(arguments: list[str]) -> int:
    """Run one command; the exit status."""
    match arguments:
        case ["apply"]:
            apply()
        case ["show"]:
            memory = _load_memory()
            print(render(load_wanted(SETTINGS, ENROLMENT, memory), _site(_known_addresses(memory))), end="")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
