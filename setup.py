"""The distribution: one wheel, six extras.

[kiosk] is what an appliance installs, [central] the central service, [s3] its page store in an S3-compatible service,
[simulators] the simulated devices for development and tests, [test] what the tests need in addition, [training] what
trains the model for letters (`ocr/training`, not in the wheel). Version bounds are here; the exact versions of an
installation are in requirements.lock, and those of the training in requirements-training.lock; `./run lock` makes both.

DAMRONGDHAM_PART=kiosk leaves out central service and simulators, DAMRONGDHAM_PART=central kiosk and simulators: the
wheels inside the Debian packages. DAMRONGDHAM_VERSION replaces the version; `./run packages` sets it to that of the
package.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

VERSION = "0.1.0"
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
KIOSK = [
    "kivy>=2.3.1,<2.4",
    "pyscard>=2.3,<2.4",
    "python-escpos>=3.1,<3.2",
    "pytesseract>=0.3.13,<0.4",
    "tesserocr>=2.13,<3",
    "opencv-python-headless>=5,<6",
    "pypdfium2>=5,<6",
    "requests>=2.32,<3",
    "sqlite-utils>=4.1,<5",
    "pillow>=11,<14",
    "segno>=1.6,<2",
    "zxing-cpp>=3,<4",
    "uuid6>=2025.0.1,<2027",
    "geothai>=3.2,<4",
    "cryptography>=50,<52",
    "http-message-signatures>=3,<4",
    "pydantic>=2.12,<3",
    "msgspec>=0.20,<1",
    "numpy>=2,<3",
    "pyserial>=3.5,<4",
]
CENTRAL = [
    "django>=5.2,<5.3",
    "django-ninja>=1.7,<2",
    "psycopg[binary]>=3.2,<4",
    "dj-database-url>=3,<4",
    "waitress>=3,<4",
    "whitenoise>=6.9,<7",
    "cryptography>=50,<52",
    "http-message-signatures>=3,<4",
    "pydantic>=2.12,<3",
    "uuid6>=2025.0.1,<2027",
    "geothai>=3.2,<4",
    "requests>=2.32,<3",
    "tzdata",  # a bare Debian has no time zone data
    "django-tasks>=0.12,<0.13",
    "django-tasks-db>=0.13,<0.14",
    "django-otp>=1.7,<2",
    "django-otp-webauthn>=0.10,<0.11",
    "holidays>=0.109,<1",
    "prometheus-client>=0.26,<1",
    "pypdf>=7.1,<8",  # checks PDF attachments
    "shapely>=2.1,<3",  # imports boundaries; web processes never load it
    "openpyxl>=3.1,<4",  # reads Excel files of earlier cases, writes those of reports
    "python-docx>=1.2,<2",  # monthly report as Word file
    "pillow>=11,<14",  # decodes and re-encodes attached pictures
    # Recognition of letters and attached files, as on the kiosk.
    "numpy>=2,<3",
    "opencv-python-headless>=5,<6",
    "pypdfium2>=5,<6",
    "pytesseract>=0.3.13,<0.4",
    "tesserocr>=2.13,<3",
    "zxing-cpp>=3,<4",
    "segno>=1.6,<2",
    "weasyprint>=70,<71",
    "rapidfuzz>=3.14,<4",  # spelling of searched words
    "feedparser>=6.0.12,<7",  # RSS and Atom feeds of the listening
    "scikit-learn>=1.7,<2",  # trains the suggestion of topics, in a command only
]
S3 = ["django-storages[s3]>=1.14,<2"]  # pages in an S3-compatible store instead of on the centre's disk
SIMULATORS = [
    "pillow>=11,<14",
    "numpy>=2,<3",
    "requests>=2.32,<3",
    "selenium>=4.40,<5",
    "zxing-cpp>=3,<4",
]
TEST = [
    "pytest>=9,<10",
    "pytest-timeout>=2.4,<3",
    "pytest-xdist>=3.8,<4",
    "pytest-django>=4.11,<5",
    "django-stubs>=5.2,<6",
    "hypothesis>=6.150,<7",
    "import-linter>=2.10,<3",
    "selenium>=4.40,<5",
    "ruff>=0.14,<1",
    "mypy>=2,<3",
    "types-openpyxl>=3.1.5,<4",
    "types-requests",
    "types-setuptools",
    "babel>=2.17,<3",
    "zxing-cpp>=3,<4",
    "schemathesis>=4.32,<5",
]
TRAINING = [
    "jax>=0.7,<1",
    "optax>=0.2.5,<0.3",
    "numpy>=2,<3",
    "opencv-python-headless>=4.12,<6",  # degradations of lines
    "pillow>=11,<14",
    "fonttools>=4.60,<5",  # joins fonts that are split by script
    "pythainlp>=5.1,<6",  # Thai words by frequency
    "geothai>=3.2,<4",
    "rapidfuzz>=3.14,<4",  # edit distances
    "pytest>=9,<10",
    "pytest-timeout>=2.4,<3",
]


class BuildWithCatalogues(build_py):
    """Compiles the gettext catalogues before package data is collected, so that the wheel contains the translations."""

    def run(self) -> None:
        for package in PACKAGES:
            for source in Path(package).glob("**/locale/*/LC_MESSAGES/*.po"):
                with source.open("rb") as po_file, source.with_suffix(".mo").open("wb") as mo_file:
                    catalogue = read_po(po_file)
                    # Babel writes the present time for a catalogue that names none: two builds would differ.
                    catalogue.creation_date = catalogue.revision_date = NO_DATE
                    write_mo(mo_file, catalogue)
        super().run()


PART = os.environ.get("DAMRONGDHAM_PART", "")
SHARED = ["ocr", "protocol", "thai", "machine", "assets"]
PACKAGES_OF = {
    "kiosk": ["kiosk_app", "screens", "journey", "drivers", *SHARED],
    "central": ["central", *SHARED],
}
PACKAGES_OF[""] = [*dict.fromkeys(PACKAGES_OF["kiosk"] + PACKAGES_OF["central"]), "simulators"]
PACKAGES = PACKAGES_OF[PART]
COMMANDS_OF = {"kiosk": ["kiosk=kiosk_app.cli:main"], "central": ["central=central.cli:main"]}
COMMANDS_OF[""] = COMMANDS_OF["kiosk"] + COMMANDS_OF["central"]

setup(
    name="damrongdham-kiosk",
    version=os.environ.get("DAMRONGDHAM_VERSION", VERSION),
    description="Touchscreen complaint kiosk for Thai provincial halls, and its central service",
    license="Apache-2.0",  # of this project; docs/licences.md lists the rest
    license_files=["LICENSE", "assets/fonts/OFL.txt", "assets/icons/LICENSE"],
    python_requires=">=3.11",
    packages=find_namespace_packages(
        include=[p for name in PACKAGES for p in (name, f"{name}.*")], exclude=["ocr.training", "ocr.training.*"]
    ),
    package_data={name: ["**/*"] for name in PACKAGES},
    exclude_package_data={"": ["*.po", "*.pyc"], "ocr": ["training/*"]},
    include_package_data=False,
    extras_require={
        "kiosk": KIOSK,
        "central": CENTRAL,
        "s3": S3,
        "simulators": SIMULATORS,
        "test": TEST,
        "training": TRAINING,
    },
    entry_points={"console_scripts": COMMANDS_OF[PART]},
    cmdclass={"build_py": BuildWithCatalogues},
)
