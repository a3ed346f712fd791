"""Checks and cleans Word and Excel files (.docx, .xlsx). Runs in a confined child process only. No Django.

Such a file is a zip of XML parts. It is written anew from the parts that were read, so what was in front of, behind or
between them is gone, and so are author and company. It is refused when it could do more than show its content: macros,
embedded programs and files, parts that are fetched from elsewhere, and fields that start a program."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from openpyxl import load_workbook

from central.cases.refusals import Refusal, RefusedFileError

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP_START, OLE_START = b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_PARTS, MAX_UNPACKED_BYTES = 2000, 150 << 20  # a report with fifty photos has 200 parts and 60 MB
_MAX_TEXT_LINES, _MAX_LINE_CHARS = 1000, 2000
_MAIN_PARTS = {f"{WORD}.main+xml": WORD, f"{EXCEL}.main+xml": EXCEL}
_CONTENT_TYPES = "[Content_Types].xml"
_OFFICE = "http://schemas.openxmlformats.org"
_METADATA = {
    "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_OFFICE}/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": f'<Properties xmlns="{_OFFICE}/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": f'<Properties xmlns="{_OFFICE}/officeDocument/2006/custom-properties"/>',
}
_PRINTER_SETTINGS = re.compile(r"^xl/printerSettings/[\w.]+\.bin$", re.IGNORECASE)
# Parts by their ending, and how they are joined: what an office program writes for text, tables, pictures and charts.
# Macros, controls, embedded files and programs, imported texts and linked tables are none of them.
_FORBIDDEN_PART = re.compile(r"vba|activex|/embeddings/|/externallinks/|macrosheets|/customui", re.IGNORECASE)
_PARTS = frozenset(["xml", "rels", "vml", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf"])
_RELATIONSHIPS = frozenset(
    "officedocument core-properties extended-properties custom-properties thumbnail styles stylesWithEffects settings"
    " webSettings fontTable theme numbering footnotes endnotes comments commentsExtended commentsIds"
    " commentsExtensible people header footer image hyperlink customXml customXmlProps glossaryDocument chart"
    " chartStyle chartColorStyle chartUserShapes diagramData diagramLayout diagramQuickStyle diagramColors"
    " diagramDrawing worksheet chartsheet sharedStrings calcChain table drawing vmlDrawing printerSettings"
    " threadedComment person pivotTable pivotCacheDefinition pivotCacheRecords sheetMetadata".lower().split()
)
# Elements that embed or link something, by their local name: the namespace has a transitional and a strict form.
_ACTIVE_ELEMENTS = frozenset({"ddelink", "ddeitem", "olelink", "oleobject", "oleobjects", "control", "controls"}) | {
    "altchunk",
    "externalreference",
    "attachedtemplate",
}
_FORMULA_ELEMENTS = frozenset({"f", "definedname", "formula", "formula1", "formula2", "oldformula"})
_LINK_TARGET = re.compile(r"^(?:https?://|mailto:|#)", re.IGNORECASE)
_PROGRAM_FIELD = re.compile(r"DDE|INCLUDE(?:TEXT|PICTURE)|IMPORT|MACROBUTTON|EMBED|(?<!HYPER)LINK", re.IGNORECASE)
_PROGRAM_FORMULA = re.compile(r"\w+\|[^|!]*!")  # cmd|'/c calc'!A0
_TEXT_PART = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml$")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DAMAGE = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, OSError, ValueError, EOFError, KeyError, LookupError)


def clean_office(content: bytes) -> tuple[str, bytes]:
    """Media type and clean content of a Word or Excel file. Raises RefusedFileError."""
    if content.startswith(OLE_START):
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise RefusedFileError(Refusal.ENCRYPTED if is_encrypted else Refusal.OLD_OFFICE)
    try:
        parts = _read_parts(content)
        media_type = _media_type(parts)
        for name, part in parts.items():
            _check_part(name, part)
        return media_type, _written(parts)
    except _DAMAGE:
        raise RefusedFileError(Refusal.DAMAGED) from None


def office_lines(content: bytes, media_type: str) -> list[str]:
    """The text of a clean file: paragraphs of Word, rows of Excel with ' · ' between cells; at most 1,000 lines of
    2,000 characters. Raises ValueError for a file that has none to read."""
    try:
        source = _word_lines(content) if media_type == WORD else _excel_lines(content)
        lines = []
        for line in source:
            text = " ".join(line.split())[:_MAX_LINE_CHARS]
            if text:
                lines.append(text)
            if len(lines) == _MAX_TEXT_LINES:
                break
    except _DAMAGE as error:
        raise ValueError("The text of the file cannot be read") from error
    return lines


def _read_parts(content: bytes) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        if len(entries) > _MAX_PARTS:
            raise RefusedFileError(Refusal.TOO_MUCH_INSIDE)
        for entry in entries:
            name = entry.filename
            if entry.flag_bits & 1:
                raise RefusedFileError(Refusal.ENCRYPTED)
            if entry.is_dir():
                continue
            if name in parts or name.startswith("/") or "\\" in name or ".." in name.split("/"):
                raise RefusedFileError(Refusal.DAMAGED)
            with package.open(entry) as part:
                parts[name] = part.read(left + 1)  # what the entry says of its size is not believed
            left -= len(parts[name])
            if left < 0:
                raise RefusedFileError(Refusal.TOO_MUCH_INSIDE)
    return parts


def _media_type(parts: Mapping[str, bytes]) -> str:
    if _CONTENT_TYPES not in parts:
        raise RefusedFileError(Refusal.UNKNOWN_TYPE)
    declared = {each.get("ContentType", "") for each in _parsed(parts[_CONTENT_TYPES]).iter()}
    if any("macroenabled" in each.lower() for each in declared):
        raise RefusedFileError(Refusal.ACTIVE_CONTENT)
    known = [media_type for main_type, media_type in _MAIN_PARTS.items() if main_type in declared]
    if len(known) != 1:
        raise RefusedFileError(Refusal.UNKNOWN_TYPE)
    return known[0]


def _check_part(name: str, part: bytes) -> None:
    ending = name.rpartition(".")[2].lower()
    if _FORBIDDEN_PART.search(f"/{name}") or (ending not in _PARTS and not _PRINTER_SETTINGS.match(name)):
        raise RefusedFileError(Refusal.ACTIVE_CONTENT)
    if ending not in ("xml", "rels", "vml"):
        return
    instructions: list[str] = []
    for element in _parsed(part).iter():
        kind = element.tag.rpartition("}")[2].lower()
        if kind == "relationship" and not _is_harmless(element):
            raise RefusedFileError(Refusal.ACTIVE_CONTENT)
        if kind in _ACTIVE_ELEMENTS or (kind in _FORMULA_ELEMENTS and _PROGRAM_FORMULA.search(element.text or "")):
            raise RefusedFileError(Refusal.ACTIVE_CONTENT)
        # Word may split the name of a field over several elements, so they are joined.
        instructions += [element.text or ""] if kind == "instrtext" else []
        instructions += [value for key, value in element.items() if key.rpartition("}")[2].lower() == "instr"]
    if _PROGRAM_FIELD.search("".join(instructions)):
        raise RefusedFileError(Refusal.ACTIVE_CONTENT)


def _is_harmless(relationship: ElementTree.Element) -> bool:
    """Whether a part is of a known kind and inside the file. From elsewhere comes only the target of a link to click: a
    template could bring macros, and a picture tells who opens it."""
    kind = relationship.get("Type", "").rpartition("/")[2].lower()
    if relationship.get("TargetMode", "").lower() == "external":
        return kind == "hyperlink" and bool(_LINK_TARGET.match(relationship.get("Target", "")))
    return kind in _RELATIONSHIPS


def _written(parts: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    names = sorted(parts, key=lambda name: (name != _CONTENT_TYPES, name))
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name in names:
            content = _METADATA[name].encode() if name in _METADATA else parts[name]
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return output.getvalue()


def _word_lines(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = [
            name for name in package.namelist() if re.match(r"word/(?:document|footnotes|endnotes)\d*\.xml$", name)
        ]
        for name in names:
            for paragraph in _parsed(package.read(name)).iter(f"{_W}p"):
                yield "".join(each.text or "" for each in paragraph.iter(f"{_W}t"))


def _excel_lines(content: bytes) -> Iterator[str]:
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows(max_row=_MAX_TEXT_LINES, max_col=100, values_only=True):
            yield " · ".join(str(value) for value in row if value is not None)


def _parsed(part: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\0" in part or part.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedFileError(Refusal.DAMAGED)  # no office program writes these
    return ElementTree.fromstring(part)  # noqa: S314 (without a DTD there are no entities)
