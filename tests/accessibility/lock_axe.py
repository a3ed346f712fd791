"""Takes the newest axe-core 4 from npm into `axe/`, with its version, licence and SHA-256 in `axe/lock.json`.

Part of `./run lock`. The file is in the repository, so no test needs npm or a network."""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

_AXE = Path(__file__).parent / "axe"
_PACKAGE, _FILE = "axe-core", "axe.min.js"
_KEPT = (_FILE, "LICENSE", "LICENSE-3RD-PARTY.txt")


def main() -> int:
    """Replace the vendored files; 1 without npm."""
    if shutil.which("npm") is None:
        print(f"npm is not installed: {_PACKAGE} stays as it is", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as directory:
        command = ["npm", "pack", f"{_PACKAGE}@4", "--silent", "--pack-destination", directory]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(directory).glob("*.tgz")
        with tarfile.open(archive) as package:
            contents = {name: _read(package, name) for name in (*_KEPT, "package.json")}
    about = json.loads(contents.pop("package.json"))
    for name, content in contents.items():
        (_AXE / name).write_bytes(content)
    locked = {
        "package": _PACKAGE,
        "version": about["version"],
        "licence": about["license"],
        "file": _FILE,
        "sha256": sha256(contents[_FILE]).hexdigest(),
    }
    (_AXE / "lock.json").write_text(f"{json.dumps(locked, indent=2)}\n", encoding="utf-8")
    return 0


def _read(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


if __name__ == "__main__":
    sys.exit(main())
