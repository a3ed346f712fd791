"""A Debian root in a directory, and the machine that runs in it while it is booted."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image

from provision.packaging.architecture import ARCHITECTURES, own_architecture
from provision.packaging.debian_mirrors import debian_mirrors
from provision.packaging.debian_root import make_debian, trust_sites
from tests.appliance.tools import ApplianceTestError, run_command, wait_for

CHECKOUT = Path(__file__).parents[2]
STICK = "/mnt/stick"  # the directory of the repository, as on a technician's stick
# provision/install in the root, with its progress and errors on stdout.
INSTALL_COMMAND = ("sh", "-c", f'exec {STICK}/provision/install "$@" 2>&1', "sh")
# Bare: what every Debian has before provision/install.
BASE_PACKAGES = ("systemd", "systemd-sysv", "python3", "ca-certificates")
RUNTIME_DIR = "/run/damrongdham-kiosk"
PROXY_ENV = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}

# Debian 13's systemd needs the unified hierarchy of control groups. On a machine with the old one, the new one is
# mounted over it for this process tree only. nspawn would use the control group of this process, and two tests at the
# same time would share it, so each gets its own.
CGROUP_SETUP_SCRIPT = """\
[ -e /sys/fs/cgroup/cgroup.controllers ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
group=/sys/fs/cgroup/$0
"""


class Appliance:
    """A Debian root and, while booted, the machine that runs in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.leader = 0

    def bootstrap(self, release: str) -> None:
        """Make a bare root, or copy the one that APPLIANCE_BASES keeps."""
        base = Path(bases, release) if (bases := os.environ.get("APPLIANCE_BASES")) else None
        if base is not None and base.is_dir():
            run_command("cp", "--archive", base, self.root, timeout=300)
            return
        self._make_bare_root(release)
        if base is not None:
            base.parent.mkdir(parents=True, exist_ok=True)
            run_command("cp", "--archive", self.root, base, timeout=300)

    def _make_bare_root(self, release: str) -> None:
        hooks = []
        if package_cache := os.environ.get("APPLIANCE_DEBS"):
            debs = Path(package_cache) / release
            debs.mkdir(parents=True, exist_ok=True)
            archives = "/var/cache/apt/archives"
            hooks = [
                f'--setup-hook=mkdir -p "$1"{archives}',
                f"--setup-hook=sync-in {debs} {archives}",
                f"--customize-hook=sync-out {archives} {debs}",
                "--skip=cleanup/apt,essential/unlink",
            ]
        architecture = ARCHITECTURES[own_architecture()]
        options = [*hooks, *trust_sites()]
        make_debian(self.root, release, architecture, BASE_PACKAGES, sources=debian_mirrors(release), options=options)

    def insert_stick(self, repository: Path) -> None:
        """Place the repository in the root, instead of what was there: links, because it grows to 1 GB."""
        stick = self.root / STICK.lstrip("/")
        shutil.rmtree(stick, ignore_errors=True)
        shutil.copytree(repository, stick, copy_function=os.link)

    def _nspawn_command(self, *arguments: str | Path) -> list[str]:
        spawn = ["systemd-nspawn", "--quiet", "--directory", self.root, "--register=no", "--timezone=off", *arguments]
        if Path("/run/systemd/system").is_dir():
            return [str(argument) for argument in spawn]
        # Without systemd on this machine there is no scope to request, so a control group is created here.
        script = CGROUP_SETUP_SCRIPT + 'mkdir -p "$group" && echo $$ > "$group/cgroup.procs" && exec "$@"'
        return self._run_with_cgroups(script, spawn[0], "--keep-unit", *spawn[1:])

    def _run_with_cgroups(self, script: str, *command: str | Path) -> list[str]:
        name = self.root.parent.name
        return ["unshare", "--mount", "--propagation", "slave", "sh", "-c", script, name, *map(str, command)]

    def remove_cgroups(self) -> None:
        """Remove the control groups that were created here."""
        if not Path("/run/systemd/system").is_dir():
            script = CGROUP_SETUP_SCRIPT + '[ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} +'
            run_command(*self._run_with_cgroups(script))

    def run_offline(self, *command: str, timeout: float = 1200, network: bool = True) -> str:
        """Run a command in the root as in an installer's shell: with this machine's network, without systemd."""
        proxies = [f"--setenv={name}={value}" for name, value in PROXY_ENV.items()]
        return run_command(
            *self._nspawn_command(
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
    def boot(self, log: Path, *, network: bool = False) -> Iterator[None]:
        """Booted while the context lasts, with this machine's network or a private one that reaches nothing."""
        network_arguments = ["--resolv-conf=copy-host"] if network else ["--private-network", "--resolv-conf=off"]
        with log.open("wb") as console:
            machine = subprocess.Popen(
                self._nspawn_command("--boot", *network_arguments, "--console=pipe", "--link-journal=no"),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                wait_for("the root boots", lambda: machine.poll() is None and self._find_leader(machine.pid), 20)
                # A boot empties /tmp before its basic target.
                basic = ("systemctl", "--quiet", "is-active", "basic.target")
                wait_for("systemd has booted", lambda: self.succeeds_in_root(*basic), 120)
                yield
            finally:
                machine.send_signal(signal.SIGTERM)  # nspawn then powers the machine off
                try:
                    machine.wait(30)
                except subprocess.TimeoutExpired:
                    machine.kill()
                    machine.wait()
                self.leader = 0

    def _find_leader(self, parent: int) -> bool:
        """Find the child in its own pid namespace: the root's first process."""
        own_namespace = Path("/proc/self/ns/pid").readlink()
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            with suppress(OSError):  # for example `mount`, which has ended meanwhile
                if Path(f"/proc/{child}/ns/pid").readlink() != own_namespace:
                    self.leader = int(child)
        return self.leader > 0

    def command_in_root(self, *command: str, user: str = "root", **environment: str) -> list[str]:
        enter = ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--"]
        become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
        variables = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": "/",
        } | environment
        return [*enter, *become, "env", "-i", *(f"{name}={value}" for name, value in variables.items()), *command]

    def run_in_root(self, *command: str, user: str = "root", timeout: float = 120, **environment: str) -> str:
        return run_command(*self.command_in_root(*command, user=user, **environment), timeout=timeout)

    def succeeds_in_root(self, *command: str, user: str = "root") -> bool:
        try:
            self.run_in_root(*command, user=user)
        except ApplianceTestError:
            return False
        return True

    def command_in_network(self, *command: str | Path) -> list[str]:
        """A command of this machine that runs in the appliance's network, and only in that."""
        return ["nsenter", "--target", str(self.leader), "--net", "--", *map(str, command)]

    def unit_property(self, unit: str, name: str) -> str:
        return self.run_in_root("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def package_state(self, package: str) -> str:
        """dpkg's word for the state of a package, read from outside because a start in the root takes longer."""
        database = f"--admindir={self.root}/var/lib/dpkg"
        return run_command("dpkg-query", database, "--show", "--showformat=${db:Status-Status}", package)

    def interface_pid(self) -> int:
        """The pid, on this machine, of the interface's Python, a child of cage."""
        namespace = Path(f"/proc/{self.leader}/ns/pid").readlink()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                arguments = (process / "cmdline").read_bytes().split(b"\0")
                if b"python" in arguments[0] and b"run" in arguments and (process / "ns/pid").readlink() == namespace:
                    return int(process.name)
            except OSError:  # it ended meanwhile
                continue
        raise ApplianceTestError("no interface is running")

    def screenshot(self, target: Path) -> Image.Image:
        self.run_in_root(
            "grim", f"{RUNTIME_DIR}/shot.png", user="dk-ui", XDG_RUNTIME_DIR=RUNTIME_DIR, WAYLAND_DISPLAY="wayland-0"
        )
        target.write_bytes(
            subprocess.run(
                self.command_in_root("cat", f"{RUNTIME_DIR}/shot.png"), capture_output=True, check=True, timeout=30
            ).stdout
        )
        return Image.open(target).convert("RGB")
