"""The typefaces of the lines: one table, with where each comes from, its licence and its part of the split.

Every family has all ten Thai digits (`typeface_files.py` checks the files). The model learns from `training` families
only; `tuning` families decide settings, such as when to stop; `held_out` families are used for nothing but figures.
"""

from dataclasses import dataclass
from typing import Literal

Split = Literal["training", "tuning", "held_out"]
Design = Literal["looped sans", "looped serif", "loopless", "typewriter", "informal"]


@dataclass(frozen=True)
class FontPackage:
    """A package with fonts, pinned. `source`: `debian` (apt-get download) or `npm` (npm pack)."""

    source: Literal["debian", "npm"]
    name: str
    version: str
    sha256: str
    licence: str


@dataclass(frozen=True)
class Typeface:
    """A family. `faces`: paths in the package, without the suffix; weights and slants count as one typeface.

    `parts`: the file of a face is split by script, with one of these names in place of `{}`.
    """

    family: str
    package: FontPackage
    split: Split
    design: Design
    faces: tuple[str, ...]
    parts: tuple[str, ...] = ()


_TLWG_LICENCE = "GPL-2.0-or-later with font exception"
_OFL = "OFL-1.1"


def _tlwg(name: str, sha256: str, licence: str = _TLWG_LICENCE) -> FontPackage:
    return FontPackage("debian", f"fonts-tlwg-{name}-ttf", "1:0.7.3-1", sha256, licence)


def _npm(name: str, version: str, sha256: str) -> FontPackage:
    return FontPackage("npm", name, version, sha256, _OFL)


_ARUNDINA = FontPackage(
    "debian",
    "fonts-arundina",
    "0.3.2-1",
    "6dca34164427e011422379b38e9b62d4ff9cfafbe10d6c8f8290fadfda5e0839",
    "Bitstream-Vera",
)
_NOTO = FontPackage(
    "debian",
    "fonts-noto-core",
    "20201225-1",
    "58f4f0bb6720f919f92096b3508e1412a0f1544424ade6c5b5bf1eb694dd64ba",
    _OFL,
)
_GARUDA = _tlwg("garuda", "b650a7374cc917bc2ea59bf494ab1d024b9bc036004aa7f67ff6b80c62fe7598")
_KINNARI = _tlwg("kinnari", "ea50510e185c6b92d8fe2e9e32cc091ac53a52359bd9fd4270f4289431da0cdb")
_LAKSAMAN = _tlwg("laksaman", "fe7970f2341ba396ad68fb393c9d655222d13959d1c0651676f7f50da0e1de81")
_LOMA = _tlwg("loma", "8b50518887b766f2744fae0f3a86c5b33d4b4895cd6ac23613c7745275b754c3")
_NORASI = _tlwg("norasi", "0162cde56b2ce3b6f3c18899ec0a30c7e18059251e8c4490e2eff4d98872cf6a")
_PURISA = _tlwg("purisa", "e9081a871f561b19529659e984e9cdb3f2342b776787c6af9f312e862ff4e36d")
_SAWASDEE = _tlwg("sawasdee", "bdee3b0cbbe4c24e165844fc59904611a11594c726ebffec6c0fbcc657a4c317")
_TYPEWRITER = _tlwg("typewriter", "f8fb13401925d131708c0c4f581feb574355836a2def033b2ae9dba3d99780c2")
_TYPIST = _tlwg("typist", "d0d148f1f66bb9e89725b0fc504dfbc1b2f34b1db9cd6b376a249f3b31c09b6e")
_TYPO = _tlwg("typo", "478e3845ac54739458c49d6583e6a099e869f875826516453b7564ef67c1b67f")
_UMPUSH = _tlwg("umpush", "ec3dfd52c78a095169bb1200910825d9e9559c0eac1043221e0ecd7f048a8808")
_WAREE = _tlwg("waree", "43220ac0eb326e20de50c3c29d2e165e327c4be0535cfe8d5b689ea3db11dce4")
_BAI_JAMJUREE = _npm(
    "@expo-google-fonts/bai-jamjuree", "0.4.1", "835c69984c52eb6463e8eb43bb02b061930bbb856565c137081fd689c2af729b"
)
_CHAKRA_PETCH = _npm(
    "@expo-google-fonts/chakra-petch", "0.4.1", "116c03f741be23002f574e1dc32667668f4234d728c9ad91fc243e81c23bc226"
)
_GOOGLE_SANS = _npm(
    "@expo-google-fonts/google-sans", "0.4.2", "9d4e4cfe406ba0f09e58627afb473bf25d241330846a6fe5927de83d64b5c0e4"
)
_KANIT = _npm("@expo-google-fonts/kanit", "0.4.1", "59022b9afae4ab6093c39df55a855dbd95e093b047b7c53567071175bd3f3ca3")
_PROMPT = _npm("@expo-google-fonts/prompt", "0.4.1", "064560b537775b25f7df11eeb7e8e9b5df3b2b45e4cb65d3fbcd9d2cb6fdbdcf")
_SARABUN = _npm(
    "@expo-google-fonts/sarabun", "0.4.1", "770c8a0afef8539badb9b54e9a7e5bd8cf0a181dca2656dc161c1b558102c628"
)
_ANUPHAN = _npm("@fontsource/anuphan", "5.3.0", "7902b5f85a4b1f52dc208aeeabaea0b43bda55c3e72d09d216caba5a99ab8da3")
_FAHKWANG = _npm("@fontsource/fahkwang", "5.3.0", "b03cb2ddff3ba0794195adee5f83ec773c76355f8ea77aebf3bb1c2716f93e84")
_ITIM = _npm("@fontsource/itim", "5.3.0", "2b6f41d05eae237d51e51e69099993e2864d9c61a0015cb908b73850000f1e2e")
_K2D = _npm("@fontsource/k2d", "5.2.8", "78b22c0133ee3fa1d2776747a39d488a739c5efa3b1230d2e02ab8a49875d4fd")
_SRIRACHA = _npm("@fontsource/sriracha", "5.3.0", "934c3629d255c4f86f66b218cdefef90d6328727be5036fc28f953ac53a7b6f4")
_TAVIRAJ = _npm("@fontsource/taviraj", "5.3.0", "46b17315606d768b38961bff02f0b36fd5d7ed8fa694dbe3bfaaed10236fd20e")
_PLEX = _npm("@ibm/plex-sans-thai", "1.1.0", "9ddc70a54f7992646989fbc981f0bfeca32b3adceaa9bdf425ece7f0fbfd6565")
_PLEX_LOOPED = _npm(
    "@ibm/plex-sans-thai-looped", "1.1.0", "76f87add6bce805e284a9f9e0ef117a9fd63b47ffd46debd36b0f00f2e8a799e"
)


def _tlwg_faces(*names: str) -> tuple[str, ...]:
    return tuple(f"usr/share/fonts/truetype/tlwg/{name}" for name in names)


def _expo(name: str, *styles: str) -> tuple[str, ...]:
    return tuple(f"package/{style}/{name}_{style}" for style in styles)


def _fontsource(name: str, *weights: int) -> tuple[str, ...]:
    return tuple(f"package/files/{name}-{{}}-{weight}-normal" for weight in weights)


def _plex(name: str, *styles: str) -> tuple[str, ...]:
    return tuple(f"package/fonts/complete/woff/{name}-{style}" for style in styles)


_ARUNDINA_FILES = "usr/share/fonts/truetype/arundina/"
_NOTO_FILES = "usr/share/fonts/truetype/noto/"
_BY_SCRIPT = ("thai", "latin")

TYPEFACES: tuple[Typeface, ...] = (
    Typeface(
        "Laksaman",
        _LAKSAMAN,
        "training",
        "looped sans",
        _tlwg_faces("Laksaman", "Laksaman-Bold", "Laksaman-Italic", "Laksaman-BoldItalic"),
    ),
    Typeface(
        "Sarabun",
        _SARABUN,
        "training",
        "looped sans",
        _expo("Sarabun", "400Regular", "700Bold", "400Regular_Italic", "200ExtraLight", "300Light"),
    ),
    Typeface(
        "Kinnari",
        _KINNARI,
        "training",
        "looped serif",
        _tlwg_faces("Kinnari", "Kinnari-Bold", "Kinnari-Italic", "Kinnari-BoldItalic"),
    ),
    Typeface("Garuda", _GARUDA, "training", "looped sans", _tlwg_faces("Garuda", "Garuda-Bold", "Garuda-Oblique")),
    Typeface(
        "Umpush",
        _UMPUSH,
        "training",
        "looped sans",
        _tlwg_faces("Umpush", "Umpush-Light", "Umpush-Bold", "Umpush-Oblique"),
    ),
    Typeface("Sawasdee", _SAWASDEE, "training", "looped sans", _tlwg_faces("Sawasdee", "Sawasdee-Bold")),
    Typeface("Purisa", _PURISA, "training", "informal", _tlwg_faces("Purisa", "Purisa-Bold")),
    Typeface("Tlwg Typist", _TYPIST, "training", "typewriter", _tlwg_faces("TlwgTypist", "TlwgTypist-Bold")),
    Typeface("Tlwg Typo", _TYPO, "training", "typewriter", _tlwg_faces("TlwgTypo", "TlwgTypo-Bold")),
    Typeface(
        "Arundina Serif",
        _ARUNDINA,
        "training",
        "looped serif",
        (_ARUNDINA_FILES + "ArundinaSerif", _ARUNDINA_FILES + "ArundinaSerif-Bold"),
    ),
    Typeface(
        "Noto Sans Thai",
        _NOTO,
        "training",
        "loopless",
        (_NOTO_FILES + "NotoSansThai-Regular", _NOTO_FILES + "NotoSansThai-Bold"),
    ),
    Typeface(
        "Noto Looped Thai",
        _NOTO,
        "training",
        "looped sans",
        (_NOTO_FILES + "NotoLoopedThai-Regular", _NOTO_FILES + "NotoLoopedThai-Bold"),
    ),
    Typeface(
        "Bai Jamjuree",
        _BAI_JAMJUREE,
        "training",
        "loopless",
        _expo("BaiJamjuree", "400Regular", "300Light", "200ExtraLight", "700Bold"),
    ),
    Typeface(
        "Chakra Petch", _CHAKRA_PETCH, "training", "loopless", _expo("ChakraPetch", "400Regular", "300Light", "700Bold")
    ),
    Typeface("Kanit", _KANIT, "training", "loopless", _expo("Kanit", "400Regular", "300Light", "200ExtraLight")),
    Typeface("Anuphan", _ANUPHAN, "training", "loopless", _fontsource("anuphan", 400, 200, 700), _BY_SCRIPT),
    Typeface("K2D", _K2D, "training", "loopless", _fontsource("k2d", 400, 200, 700), _BY_SCRIPT),
    Typeface("Sriracha", _SRIRACHA, "training", "informal", _fontsource("sriracha", 400), _BY_SCRIPT),
    Typeface("Taviraj", _TAVIRAJ, "training", "looped serif", _fontsource("taviraj", 400, 200, 300, 700), _BY_SCRIPT),
    Typeface(
        "IBM Plex Sans Thai",
        _PLEX,
        "training",
        "loopless",
        _plex("IBMPlexSansThai", "Regular", "Light", "ExtraLight", "Bold"),
    ),
    Typeface(
        "Arundina Sans Mono",
        _ARUNDINA,
        "tuning",
        "typewriter",
        (_ARUNDINA_FILES + "ArundinaSansMono", _ARUNDINA_FILES + "ArundinaSansMono-Bold"),
    ),
    Typeface("Fahkwang", _FAHKWANG, "tuning", "loopless", _fontsource("fahkwang", 400, 700), _BY_SCRIPT),
    Typeface("Itim", _ITIM, "tuning", "informal", _fontsource("itim", 400), _BY_SCRIPT),
    Typeface("Loma", _LOMA, "tuning", "looped sans", _tlwg_faces("Loma", "Loma-Bold")),
    Typeface("Norasi", _NORASI, "held_out", "looped serif", _tlwg_faces("Norasi", "Norasi-Bold", "Norasi-Italic")),
    Typeface("Waree", _WAREE, "held_out", "looped sans", _tlwg_faces("Waree", "Waree-Bold")),
    Typeface("Tlwg Typewriter", _TYPEWRITER, "held_out", "typewriter", _tlwg_faces("TlwgTypewriter")),
    Typeface(
        "Arundina Sans",
        _ARUNDINA,
        "held_out",
        "looped sans",
        (_ARUNDINA_FILES + "ArundinaSans", _ARUNDINA_FILES + "ArundinaSans-Bold"),
    ),
    Typeface("Noto Serif Thai", _NOTO, "held_out", "looped serif", (_NOTO_FILES + "NotoSerifThai-Regular",)),
    Typeface("Google Sans", _GOOGLE_SANS, "held_out", "loopless", _expo("GoogleSans", "400Regular")),
    Typeface("Prompt", _PROMPT, "held_out", "loopless", _expo("Prompt", "400Regular", "300Light")),
    Typeface(
        "IBM Plex Sans Thai Looped",
        _PLEX_LOOPED,
        "held_out",
        "looped sans",
        _plex("IBMPlexSansThaiLooped", "Regular", "Light"),
    ),
)


def typefaces_of(split: Split) -> tuple[Typeface, ...]:
    """The families of one part of the split."""
    return tuple(typeface for typeface in TYPEFACES if typeface.split == split)
