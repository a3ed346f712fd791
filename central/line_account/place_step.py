"""Where it happened: a place on the map, a typed name, or the list of districts."""

from central.line_account import common_choices as buttons
from central.line_account.chat_content import Draft
from central.line_account.messages import Choice
from central.line_account.place_names import areas_in
from central.line_account.turn import Turn
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_NOTE_CHARS
from thai import places

_PLACE = BilingualText(
    "เกิดที่ไหน ส่งตำแหน่งบนแผนที่ พิมพ์ชื่อตำบลหรืออำเภอ หรือเลือกจากรายชื่อ",
    "Where is it? Share a place on the map, type the sub-district or district, or choose from the list",
)
_NOT_KNOWN = BilingualText(
    "ไม่พบชื่อนี้ โปรดพิมพ์ชื่อตำบลหรืออำเภอ เช่น «อำเภอน้ำพอง»", "This name is not known. Type a district such as “Nam Phong”"
)
_WHICH = BilingualText("มีหลายแห่ง โปรดเลือก", "There are several. Please choose")
_NO_AREA = BilingualText(
    "รับตำแหน่งแล้ว แต่ไม่ทราบอำเภอ โปรดพิมพ์ชื่ออำเภอหรือเลือกจากรายชื่อ",
    "The place is stored, but its district is not clear. Type the district, or choose from the list",
)
_LIST = Choice(BilingualText("เลือกจากรายชื่อ", "Choose from the list"), "areas:0")
_UNKNOWN = Choice(BilingualText("ไม่ทราบหรือไม่มีที่", "No place"), "area:")
_BACK = BilingualText("ก่อนหน้า", "Earlier")
_MORE = BilingualText("ถัดไป", "More")
_AREAS_SHOWN = 10  # of thirteen buttons: earlier, more and cancel are the others


def ask_place(turn: Turn, draft: Draft) -> None:
    """The question, unless the list is shown already."""
    if not turn.choices:
        turn.say(_PLACE)
        turn.offer(buttons.SHARE_PLACE, _LIST, _UNKNOWN, buttons.CANCEL)


def take_place(turn: Turn, draft: Draft) -> None:
    """Store the area of a place, a name or a button; otherwise offer what it can mean."""
    province = turn.chat.route.centre.area_code[:2]
    if turn.incoming.place is not None:
        draft.place_note = turn.incoming.place.description[:MAX_NOTE_CHARS]
        _take_areas(turn, draft, areas_in(turn.incoming.place.address), _NO_AREA)
    elif turn.choice.startswith("areas:"):
        _show_list(turn, turn.choice.removeprefix("areas:"), province)
    elif turn.choice.startswith("area:"):
        code = turn.choice.removeprefix("area:")
        draft.area = code if not code or places.place(code) else None
    elif turn.text:
        matches = areas_in(turn.text, province) or areas_in(turn.text)
        _take_areas(turn, draft, matches, _NOT_KNOWN)
        if draft.area is not None and not draft.place_note and len(turn.text) <= MAX_NOTE_CHARS:
            draft.place_note = turn.text  # «หน้าวัดโพธิ์ อำเภอน้ำพอง» says more than the district


def _take_areas(turn: Turn, draft: Draft, codes: list[str], if_none: BilingualText) -> None:
    if len(codes) == 1:
        draft.area = codes[0]
    elif codes:
        _offer_numbers(turn, codes[:_AREAS_SHOWN])
    else:
        turn.say(if_none)


def _offer_numbers(turn: Turn, codes: list[str]) -> None:
    """Full names are longer than a button: each has its number."""
    rows = [f"{number}. {places.full_name(code, turn.language)}" for number, code in enumerate(codes, 1)]
    turn.say(_WHICH)
    turn.texts[-1] += "\n" + "\n".join(rows)
    numbers = (Choice(BilingualText(str(each), str(each)), f"area:{code}") for each, code in enumerate(codes, 1))
    turn.offer(*numbers, _LIST, buttons.CANCEL)


def _show_list(turn: Turn, start_text: str, province: str) -> None:
    """One page of the districts of the centre's province; of the ministry, of the provinces."""
    areas = places.districts(province) if province else places.provinces()
    start = int(start_text) if start_text.isascii() and start_text.isdecimal() and len(start_text) < 4 else 0
    shown = areas[start : start + _AREAS_SHOWN]
    if not shown:
        return
    turn.say(_WHICH)
    turn.texts[-1] += "\n" + " · ".join(area.th if turn.language == "th" else area.en for area in shown)
    moves = []
    if start:
        moves.append(Choice(_BACK, f"areas:{max(start - _AREAS_SHOWN, 0)}"))
    if start + _AREAS_SHOWN < len(areas):
        moves.append(Choice(_MORE, f"areas:{start + _AREAS_SHOWN}"))
    names = (Choice(BilingualText(area.th, area.en), f"area:{area.code}") for area in shown)
    turn.offer(*names, *moves, buttons.CANCEL)
