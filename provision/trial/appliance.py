"""A Debian in a directory, and the machine that runs while it is booted."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image

from provision.trial.tools import TrialError, run, wait_for

CHECKOUT = Path(__file__).parents[2]
INSIDE = "/root/damrongdham-kiosk"  # the checkout in the root
BASE = "systemd,systemd-sysv,python3,ca-certificates"  # bare: what any Debian has before provision/install
RUNTIME = "/run/damrongdham-kiosk"
PROXIES = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
CHECKOUT_PARTS = [
    *("setup.py", "pyproject.toml", "LICENSE"),
    *("requirements-build.lock", "requirements-kiosk.lock", "provision", "systemd"),
    *("kiosk_app", "drivers", "screens", "ocr", "thai", "protocol", "simulators", "central", "assets"),
]

# Debian 13's systemd runs on the unified hierarchy of control groups only; a machine that still has the old one gets
# the new one mounted over it, for this process tree alone. nspawn would take the group it is in for its own, and two
# trials at once would share it.
IN_OWN_GROUP = """\
[ -e /sys/fs/cgroup/cgroup.controllers ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
group=/sys/fs/cgroup/$0
"""


def debian_mirrors(release: str) -> list[str]:
    """apt lines of that release from the mirrors this machine uses. Raises TrialError where its apt has no Debian."""
    fields = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL) $(ORIGIN)")
    seen = {tuple(line.split()[:2]) for line in fields.splitlines() if line.endswith(" Debian")}
    uri = {label: uri for uri, label in seen}
    if "Debian" not in uri:
        raise TrialError("this machine's apt knows no Debian mirror (on Debian: apt-get update)")
    lines = [f"deb {uri['Debian']} {suite} main" for suite in (release, f"{release}-updates")]
    if "Debian-Security" in uri:
        lines.append(f"deb {uri['Debian-Security']} {release}-security main")
    return lines


class Appliance:
    """A Debian root and, while booted, the machine that runs in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.leader = 0

    def make(self, release: str) -> None:
        hooks = []
        if kept := os.environ.get("APPLIANCE_DEBS"):
            debs = Path(kept) / release
            debs.mkdir(parents=True, exist_ok=True)
            archives = "/var/cache/apt/archives"
            hooks = [
                f'--setup-hook=mkdir -p "$1"{archives}',
                f"--setup-hook=sync-in {debs} {archives}",
                f"--customize-hook=sync-out {archives} {debs}",
                "--skip=cleanup/apt,essential/unlink",
            ]
        run(
            "mmdebstrap",
            "--variant=minbase",
            f"--include={BASE}",
            *hooks,
            release,
            self.root,
            *debian_mirrors(release),
            timeout=900,
        )
        # What this machine trusts and resolves, the trial does too.
        authorities = Path("/usr/local/share/ca-certificates")
        if authorities.is_dir():
            shutil.copytree(authorities, self.root / "usr/local/share/ca-certificates", dirs_exist_ok=True)
            self.before_boot("update-ca-certificates")
        ignore = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.mo")
        for part in CHECKOUT_PARTS:
            source, target = CHECKOUT / part, self.root / INSIDE.lstrip("/") / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=ignore)
            else:
                shutil.copy(source, target)

    def _nspawn(self, *arguments: str | Path) -> list[str]:
        spawn = ["systemd-nspawn", "--quiet", "--directory", self.root, "--register=no", "--timezone=off", *arguments]
        if Path("/run/systemd/system").is_dir():
            return [str(word) for word in spawn]
        # Without a systemd of its own to ask for a scope, this machine lends a control group made here.
        script = IN_OWN_GROUP + 'mkdir -p "$group" && echo $$ > "$group/cgroup.procs" && exec "$@"'
        return self._with_groups(script, spawn[0], "--keep-unit", *spawn[1:])

    def _with_groups(self, script: str, *words: str | Path) -> list[str]:
        name = self.root.parent.name
        return ["unshare", "--mount", "--propagation", "slave", "sh", "-c", script, name, *map(str, words)]

    def forget_groups(self) -> None:
        """Take away the control groups that were lent."""
        if not Path("/run/systemd/system").is_dir():
            script = IN_OWN_GROUP + '[ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} +'
            run(*self._with_groups(script))

    def before_boot(self, *command: str, timeout: float = 1200, network: bool = True) -> str:
        """Run a command in the root as an installer's shell would: with this machine's network, without systemd."""
        proxies = [f"--setenv={name}={value}" for name, value in PROXIES.items()]
        return run(
            *self._nspawn(
                "--resolv-conf=copy-host",
                *([] if network else ["--private-network"]),
                "--console=pipe",
                "--setenv=DEBIAN_FRONTEND=noninteractive",
                *proxies,
                *command,
            ),
            timeout=timeout,
        )

    @contextmanager
    def booted(self, log: Path, *, network: bool = False) -> Iterator[None]:
        """Until the block ends; with this machine's network, or with one of its own that reaches nothing."""
        reach = ["--resolv-conf=copy-host"] if network else ["--private-network", "--resolv-conf=off"]
        with log.open("wb") as console:
            machine = subprocess.Popen(
                self._nspawn("--boot", *reach, "--console=pipe", "--link-journal=no"),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                wait_for("the root boots", lambda: machine.poll() is None and self._find_leader(machine.pid), 20)
                wait_for("systemd answers", lambda: self.succeeds("systemctl", "list-jobs"), 60)
                yield
            finally:
                machine.send_signal(signal.SIGTERM)  # to nspawn: power off
                try:
                    machine.wait(30)
                except subprocess.TimeoutExpired:
                    machine.kill()
                    machine.wait()
                self.leader = 0

    def _find_leader(self, parent: int) -> bool:
        """The child that lives in a house of its own: the root's first process."""
        outside = Path("/proc/self/ns/pid").readlink()
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            with suppress(OSError):  # `mount`, say, which has ended meanwhile
                if Path(f"/proc/{child}/ns/pid").readlink() != outside:
                    self.leader = int(child)
        return self.leader > 0

    def command(self, *command: str, user: str = "root", **environment: str) -> list[str]:
        enter = ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--"]
        become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
        told = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": "/",
        } | environment
        return [*enter, *become, "env", "-i", *(f"{name}={value}" for name, value in told.items()), *command]

    def inside(self, *command: str, user: str = "root", timeout: float = 120, **environment: str) -> str:
        return run(*self.command(*command, user=user, **environment), timeout=timeout)

    def succeeds(self, *command: str, user: str = "root") -> bool:
        try:
            self.inside(*command, user=user)
        except TrialError:
            return False
        return True

    def outside(self, *command: str | Path) -> list[str]:
        """A command of this machine's that sees the appliance's network (and only that)."""
        return ["nsenter", "--target", str(self.leader), "--net", "--", *map(str, command)]

    def unit(self, unit: str, name: str) -> str:
        return self.inside("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def interface(self) -> int:
        """This machine's pid of the interface's Python, cage's child."""
        house = Path(f"/proc/{self.leader}/ns/pid").readlink()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                if b"python" in words[0] and b"run" in words and (process / "ns/pid").readlink() == house:
                    return int(process.name)
            except OSError:  # it ended meanwhile
                continue
        raise TrialError("no interface is running")

    def screenshot(self, target: Path) -> Image.Image:
        self.inside("grim", f"{RUNTIME}/shot.png", user="dk-ui", XDG_RUNTIME_DIR=RUNTIME, WAYLAND_DISPLAY="wayland-0")
        target.write_bytes(
            subprocess.run(
                self.command("cat", f"{RUNTIME}/shot.png"), capture_output=True, check=True, timeout=30
            ).stdout
        )
        return Image.open(target).convert("RGB")
