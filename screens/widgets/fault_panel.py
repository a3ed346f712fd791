"""How a fault is shown inside a screen: icon, title, advice and staff code, filled from the fault table."""

from typing import NamedTuple

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty

from journey.faults import FAULTS, Fault, format_staff_code
from screens.kv_loader import load_kv
from screens.widgets import text_labels as _text_labels  # noqa: F401  used by the rule
from screens.widgets.containers import Column, RowPanel


class FaultNotice(NamedTuple):
    """The texts and icon of a fault, or of another message shown in its place."""

    title: str = ""  # message id; '' for nothing to show
    advice: str = ""  # message id
    icon: str = ""
    staff_code: str = ""  # text, translated


NO_FAULT = FaultNotice()


def fault_notice(fault: Fault | None, language: str) -> FaultNotice:
    """The notice of a fault; NO_FAULT for None."""
    if fault is None:
        return NO_FAULT
    row = FAULTS[fault]
    return FaultNotice(row.title, row.advice, row.icon, format_staff_code(fault, language))


class FaultText(Column):
    """Title, advice and staff code of `notice`, one below the other."""

    notice = ObjectProperty(NO_FAULT, rebind=True)
    color = ColorProperty("#5E4206")
    detail_color = ColorProperty("#5E4206")  # of advice and staff code
    halign = StringProperty("left")
    title_font = StringProperty("SarabunSemiBold")
    title_size = NumericProperty(40)
    advice_size = NumericProperty(34)
    balance = BooleanProperty(False)  # lines of about equal length


class FaultPanel(RowPanel):
    """An icon and the FaultText of `notice` in a coloured box."""

    notice = ObjectProperty(NO_FAULT, rebind=True)
    color = ColorProperty("#5E4206")
    icon_color = ColorProperty("#5E4206")
    icon_size = NumericProperty(64)  # pixels
    title_font = StringProperty("SarabunSemiBold")
    advice_size = NumericProperty(34)
    balance = BooleanProperty(False)
    line_spacing = NumericProperty(0)


load_kv(__file__)
