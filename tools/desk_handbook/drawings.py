"""The drawings of the technicians' handbook as SVG. They have numbers instead of words: the text beside them explains
them in both languages."""

from collections.abc import Callable, Mapping, Sequence

INK, LINE, BLUE, TINT, GOLD, PAPER = "#14213D", "#8A93A6", "#12376E", "#E8EEF8", "#B57F12", "#FFFFFF"


def _rect(x: float, y: float, width: float, height: float, fill: str = PAPER, radius: float = 8) -> str:
    size = f'width="{width}" height="{height}" rx="{radius}"'
    return f'<rect x="{x}" y="{y}" {size} fill="{fill}" stroke="{INK}" stroke-width="3"/>'


def _line(points: Sequence[tuple[float, float]], color: str = LINE, width: float = 5, *, arrow: bool = False) -> str:
    path = " ".join(f"{x},{y}" for x, y in points)
    end = ' marker-end="url(#arrow)"' if arrow else ""
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"{end}/>'


def _text(x: float, y: float, text: str, size: float = 22, anchor: str = "middle", color: str = INK) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{color}">{text}</text>'


def _number(x: float, y: float, number: int) -> str:
    circle = f'<circle cx="{x}" cy="{y}" r="19" fill="{BLUE}" stroke="{PAPER}" stroke-width="3"/>'
    return circle + _text(x, y + 8, str(number), 23, color=PAPER)


def _svg(width: int, height: int, *parts: str) -> str:
    marker = (
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="4" markerHeight="4" '
        f'orient="auto"><path d="M0 0L10 5L0 10z" fill="{BLUE}"/></marker></defs>'
    )
    view = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{marker}{"".join(parts)}</svg>'


def _stick(x: float, y: float) -> str:
    return _rect(x, y, 78, 34, TINT, 6) + _rect(x + 78, y + 7, 26, 20, PAPER, 2)


def _disk(x: float, y: float, fill: str = PAPER) -> str:
    return _rect(x, y, 120, 78, fill, 10) + "".join(_rect(x + 12 + 12 * i, y + 66, 6, 12, INK, 0) for i in range(8))


def _kiosk(x: float, y: float, scale: float = 1.0) -> str:
    """A kiosk seen from the front, 110 by 210 at scale 1."""
    body = (
        _rect(5, 0, 100, 128, TINT),
        _rect(14, 10, 82, 104),
        _rect(-6, 128, 122, 26, TINT),
        _rect(34, 154, 42, 46, TINT, 0),
        _rect(12, 198, 86, 12, TINT, 3),
    )
    return f'<g transform="translate({x} {y}) scale({scale})">{"".join(body)}</g>'


def _parts() -> str:
    return _svg(
        520,
        740,
        _line([(10, 690), (510, 690)], INK, 3),
        _rect(150, 60, 220, 330, TINT),
        _rect(166, 78, 188, 294),
        _rect(110, 390, 300, 66, TINT),
        _rect(126, 408, 62, 10, INK, 3),
        _rect(126, 430, 62, 10, PAPER, 2),
        _rect(216, 404, 78, 12, INK, 3),
        _rect(230, 416, 50, 44, PAPER, 0),
        _rect(316, 402, 82, 42, PAPER, 4),
        _rect(215, 456, 90, 200, TINT, 0),
        _rect(150, 650, 220, 40, TINT, 6),
        "".join(f'<circle cx="{236 + 16 * i}" cy="500" r="4" fill="{INK}"/>' for i in range(4)),
        _line([(40, 390), (40, 690)], BLUE, 3),
        _line([(28, 390), (110, 390)], BLUE, 3),
        _line([(28, 690), (52, 690)], BLUE, 3),
        _text(40, 372, "80 cm", 20, color=BLUE),
        _line([(110, 715), (410, 715)], GOLD, 5),
        _number(260, 200, 1),
        _number(157, 462, 2),
        _number(312, 428, 3),
        _number(357, 462, 4),
        _number(332, 500, 5),
        _number(440, 715, 6),
    )


def _wiring() -> str:
    boxes = ((60, 30), (330, 30), (600, 30), (60, 380), (330, 380), (600, 380))
    parts = [_rect(310, 190, 240, 96, TINT), _text(430, 248, "PC", 34)]
    for number, (x, y) in enumerate(boxes, start=1):
        side = 100 if y < 100 else 0
        lane = 370 + 60 * ((number - 1) % 3)
        height = 160 if y < 100 else 330
        target = 190 if y < 100 else 286
        parts.append(_line([(x + 100, y + side), (x + 100, height), (lane, height), (lane, target)]))
        parts.append(_rect(x, y, 200, 100))
        parts.append(_number(x + 26, y + 26, number))
    parts += [
        _rect(128, 48, 64, 64, TINT, 4),
        _rect(390, 70, 80, 14, INK, 3),
        _rect(400, 84, 60, 30, TINT, 2),
        _rect(668, 56, 64, 26, TINT),
        _rect(680, 82, 40, 36, PAPER, 0),
        _rect(112, 420, 100, 40, TINT, 4),
        f'<path d="M395 420h26l30-22v66l-30-22h-26z" fill="{TINT}" stroke="{INK}" stroke-width="3"/>',
        _rect(664, 404, 72, 52, TINT, 4),
        "".join(_rect(672 + 15 * i, 412, 8, 16, INK, 0) for i in range(4)),
        _line([(550, 238), (690, 238)], GOLD, 7),
        _rect(690, 206, 110, 64, TINT),
        _text(745, 246, "UPS", 24),
        _line([(800, 238), (838, 238)], GOLD, 7),
        f'<circle cx="852" cy="238" r="14" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>',
        _number(690, 206, 7),
    ]
    return _svg(880, 510, *parts)


def _three_ways() -> str:
    def column(x: float, letter: str, *drawn: str) -> str:
        return _rect(x, 10, 270, 260) + _text(x + 34, 56, letter, 34, color=BLUE) + "".join(drawn)

    cloud = f'<path d="M662 130a34 34 0 0 1 6-67 44 44 0 0 1 84-6 34 34 0 0 1 10 73z" fill="{TINT}" stroke="{INK}" '
    return _svg(
        880,
        280,
        column(
            10, "A", _disk(85, 70), _text(145, 116, "kiosk.img", 20), _line([(145, 158), (145, 196)], BLUE, arrow=True)
        ),
        _kiosk(124, 200, 0.32),
        column(305, "B", _stick(388, 92), _text(440, 166, "provision/install", 20)),
        _line([(440, 176), (440, 196)], BLUE, arrow=True),
        _kiosk(419, 200, 0.32),
        column(600, "C", cloud + 'stroke-width="3"/>', _text(735, 166, "apt install", 20)),
        _line([(735, 176), (735, 196)], BLUE, arrow=True),
        _kiosk(714, 200, 0.32),
    )


def _paper() -> str:
    return _svg(
        520,
        290,
        f'<g stroke="{INK}" stroke-width="3">',
        f'<path d="M60 130v120a16 16 0 0 0 16 16h330a16 16 0 0 0 16-16V130" fill="{TINT}"/>',
        f'<circle cx="190" cy="160" r="88" fill="{PAPER}"/><circle cx="190" cy="160" r="22" fill="{TINT}"/></g>',
        _line([(190, 72), (400, 72), (470, 24)], INK, 4),
        _line([(420, 40), (486, 4)], BLUE, 5, arrow=True),
        f'<path d="M118 160a72 72 0 0 1 60-71" fill="none" stroke="{BLUE}" stroke-width="5" marker-end="url(#arrow)"/>',
    )


def _usb() -> str:
    phone = _rect(250, 60, 64, 116, PAPER, 10) + _rect(258, 74, 48, 80, TINT, 2)
    return _svg(
        880,
        260,
        _rect(10, 10, 420, 240),
        _rect(450, 10, 420, 240),
        _kiosk(50, 32),
        _text(106, 110, "PIN", 26),
        phone,
        _line([(178, 118), (240, 118)], BLUE, arrow=True),
        _line([(322, 118), (352, 118)], BLUE, arrow=True),
        _rect(360, 84, 56, 68, TINT, 4),
        _text(388, 130, "✓", 34, color=BLUE),
        _stick(490, 96),
        _text(542, 166, ".permit", 22),
        _line([(604, 114), (690, 114)], BLUE, arrow=True),
        _kiosk(710, 32),
    )


def _old_disk() -> str:
    return _svg(
        880,
        290,
        _disk(30, 100),
        _text(90, 218, "outbox", 22),
        _line([(160, 138), (260, 138)], BLUE, arrow=True),
        _stick(280, 122),
        _line([(398, 138), (490, 138)], BLUE, arrow=True),
        _rect(505, 84, 130, 110, TINT),
        _text(570, 148, "✓", 40, color=BLUE),
        _kiosk(730, 40),
        _text(786, 100, "KKN07B", 19),
        _line([(715, 138), (650, 138)], BLUE, arrow=True),
    )


def _boot_menu() -> str:
    entries = (
        "Kiosk",
        "Kiosk, the kernel before",
        "Recovery: install the system again, …",
        "Technician: USB keyboards …",
    )
    rows = [_rect(10, 10, 700, 270, INK)]
    for index, entry in enumerate(entries):
        y = 76 + 50 * index
        is_chosen = entry.startswith("Recovery")
        if is_chosen:
            rows.append(_rect(40, y - 30, 640, 44, PAPER, 2))
        color = INK if is_chosen else PAPER
        rows.append(f'<g font-family="monospace">{_text(58, y, entry, 23, "start", color)}</g>')
    return _svg(720, 290, *rows)


DRAWINGS: Mapping[str, Callable[[], str]] = {
    "kiosk-parts": _parts,
    "kiosk-wiring": _wiring,
    "kiosk-image": _three_ways,
    "kiosk-paper": _paper,
    "kiosk-usb": _usb,
    "kiosk-old-disk": _old_disk,
    "kiosk-boot-menu": _boot_menu,
}
