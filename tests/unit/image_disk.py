"""A disk of the image as a loop device, on which the image's own scripts run: partitions and file systems are real.

The scripts run in a mount namespace whose root is the disk's root partition, or a directory for the initramfs. Two
programs need what a test machine lacks. `udevadm` stands for udev and makes the nodes of new partitions.
`systemd-cryptsetup` reads the LUKS header and its key by cryptsetup, and maps nothing: a loop device with a plain file
system stands for the content.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

NEEDS_LOOP_DEVICES = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/loop-control").exists() or not shutil.which("cryptsetup"),
    reason="needs root, loop devices and cryptsetup",
)
_NEW_ROOT = """
set -eu
root=$1 program=$2 disk=$3 content=$4
if [ -b "$root" ]; then
    mount "$root" /mnt
    root=/mnt
fi
cd "$root"
mkdir -p usr dev proc sys run etc tmp mnt
for name in bin sbin lib lib64; do ln -sfn "usr/$name" "$name"; done
mount --bind /usr usr
mount --bind /proc proc
mount --bind /sys sys
[ ! -e sys/class/tpm ] || mount -t tmpfs none sys/class/tpm
[ ! -e sys/firmware/acpi/tables ] || mount -t tmpfs none sys/firmware/acpi/tables
[ ! -e cmdline ] || mount --bind cmdline proc/cmdline
mount -t tmpfs none run
# Of the machine's disks only this one: what runs beside the test may have partitions of the same names.
mount -t tmpfs none dev
cp -a /dev/null /dev/random /dev/urandom dev
mkdir dev/mapper
cat >run/udevadm <<END
#!/bin/sh
for each in /sys/class/block/$disk /sys/class/block/$disk/*/partition /sys/class/block/$content; do
    [ -e "\\$each" ] || continue
    case \\$each in */partition) each=\\$(dirname "\\$each") ;; esac
    node=/dev/\\$(basename "\\$each")
    rm -f "\\$node"
    mknod "\\$node" b \\$(tr : ' ' <"\\$each/dev")
done
END
cat >run/systemd-cryptsetup <<END
#!/bin/sh
set -e
[ "\\$1" = attach ]
cryptsetup open --test-passphrase --key-file /key "\\$3"
ln -s /dev/$content "/dev/mapper/\\$2"
END
chmod 755 run/udevadm run/systemd-cryptsetup
for name in udevadm systemd-cryptsetup; do
    for place in usr/bin/$name usr/lib/systemd/$name; do [ ! -e $place ] || mount --bind run/$name $place; done
done
chroot . /run/udevadm
exec chroot . "$program"
"""


class ImageDisk:
    """`image`: a file, attached as the block device `device`."""

    def __init__(self, image: Path, device: str) -> None:
        self.image, self.device = image, device

    def partition(self, number: int) -> str:
        return f"{self.device}p{number}"

    def names(self) -> list[str]:
        """The names of the partitions, in both copies of the table."""
        main = _names(self.image)
        with self.image.open("r+b") as file:
            file.seek(512)
            header = file.read(512)
            file.seek(512)
            file.write(bytes(512))
        try:
            assert _names(self.image) == main, "the backup of the table says the same"
        finally:
            with self.image.open("r+b") as file:
                file.seek(512)
                file.write(header)
        return main

    def run_script(self, root: str | Path, program: str, content: str = "none") -> "subprocess.CompletedProcess[str]":
        """Run a program in a new root: a partition or a directory. `content`: a block device, see above."""
        names = [self.device.removeprefix("/dev/"), content.removeprefix("/dev/")]
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", _NEW_ROOT, "sh", str(root), program, *names],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@contextmanager
def loop_device(image: Path) -> Iterator[str]:
    """The file as a block device, with its partitions."""
    command = ["losetup", "--find", "--show", str(image)]
    device = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    # By partx: loop devices may be without a table of their own. A plain file system has no partitions.
    run = partial(subprocess.run, capture_output=True, check=False)
    try:
        run(["partx", "--update", device])
        yield device
    finally:
        run(["partx", "--delete", device])  # they would be those of the next file
        subprocess.run(["losetup", "--detach", device], check=True)


def run_in_file_system(device: str, script: str) -> str:
    """Run a shell script in the root of a file system. Returns what it prints. The file system is mounted in a
    namespace of its own: one that another process makes at this moment would hold a mount of this machine."""
    command = ["unshare", "--mount", "sh", "-euc", f'mount "$0" /mnt; cd /mnt; {script}', device]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _names(image: Path) -> list[str]:
    table = json.loads(subprocess.run(["sfdisk", "--json", image], check=True, capture_output=True).stdout)
    return [each.get("name", "") for each in table["partitiontable"]["partitions"]]
