"""Labels of the choices of a complaint, as message ids. Names and icons of topics are in protocol.topics."""

from journey.language import _
from protocol.choices import NameDisclosure, Nature, OnBehalfOf, RespondentKind

NATURE_LABELS = {
    Nature.COMPLAINT: _("Complaint"),
    Nature.HELP: _("Request for help"),
    Nature.TIP_OFF: _("Tip-off"),
    Nature.SUGGESTION: _("Suggestion"),
    Nature.PRAISE: _("Praise"),
}
ABOUT_LABELS = {
    RespondentKind.NOBODY: _("About no one in particular"),
    RespondentKind.OFFICIAL: _("About an official or an agency"),
    RespondentKind.PERSON: _("About another person"),
}
FOR_WHOM_LABELS = {
    OnBehalfOf.SELF: _("For myself"),
    OnBehalfOf.ANOTHER: _("For someone else"),
    OnBehalfOf.GROUP: _("For a group or company"),
}
ASSISTED_LABELS = {
    False: _("Myself"),
    True: _("Staff are helping me"),
}
SMS_LABELS = {
    False: _("No SMS"),
    True: _("Send SMS"),
}
NAME_DISCLOSURE_LABELS = {
    NameDisclosure.NAMED: _("Show my name"),
    NameDisclosure.WITHHELD: _("Hide my name from the agency"),
    NameDisclosure.ANONYMOUS: _("Stay anonymous"),
}
NAME_DISCLOSURE_EXPLANATIONS = {
    NameDisclosure.NAMED: _("The centre and the agency handling your case see your name"),
    NameDisclosure.WITHHELD: _("Only the centre sees your name. The agency does not"),
    NameDisclosure.ANONYMOUS: _("Nobody sees your name, and nobody can contact you. Use the code to track your case"),
}
