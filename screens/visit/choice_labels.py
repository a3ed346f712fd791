"""How what stands in the visit is called on the screens: sentences of the small choices."""

from journey.language import _
from protocol.choices import AboutWhom, ForWhom, Naming, Nature

NATURE = {
    Nature.COMPLAINT: _("Complaint"),
    Nature.HELP: _("Request for help"),
    Nature.TIP_OFF: _("Tip-off"),
    Nature.SUGGESTION: _("Suggestion"),
    Nature.PRAISE: _("Praise"),
}
ABOUT = {
    AboutWhom.NOBODY: _("About no one in particular"),
    AboutWhom.OFFICIAL: _("About an official or an agency"),
    AboutWhom.PERSON: _("About another person"),
}
FOR_WHOM = {
    ForWhom.SELF: _("For myself"),
    ForWhom.ANOTHER: _("For someone else"),
    ForWhom.GROUP: _("For a group or company"),
}
ASSISTED = {
    False: _("Myself"),
    True: _("Staff are helping me"),
}
NAMING = {
    Naming.NAMED: _("Show my name"),
    Naming.WITHHELD: _("Hide my name from the agency"),
    Naming.ANONYMOUS: _("Stay anonymous"),
}
NAMING_MEANS = {
    Naming.NAMED: _("The centre and the agency handling your case see your name"),
    Naming.WITHHELD: _("Only the centre sees your name. The agency does not"),
    Naming.ANONYMOUS: _("Nobody sees your name, and nobody can contact you. Use the code to track your case"),
}
