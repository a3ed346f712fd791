"""How what stands in the visit is called on the screens: sentences of the small choices."""

from kiosk_app.language import _
from protocol.choices import AboutWhom, ForWhom, Naming, Nature

NATURE = {
    Nature.COMPLAINT: _("Complaint"),
    Nature.HELP: _("Request for help"),
    Nature.TIP_OFF: _("Tip-off"),
    Nature.SUGGESTION: _("Suggestion"),
    Nature.PRAISE: _("Praise"),
}
ABOUT = {
    AboutWhom.NOBODY: _("About nobody in particular"),
    AboutWhom.OFFICIAL: _("About an official or an agency"),
    AboutWhom.PERSON: _("About a person"),
}
FOR_WHOM = {
    ForWhom.SELF: _("For myself"),
    ForWhom.ANOTHER: _("For another person"),
    ForWhom.GROUP: _("For a group or a company"),
}
ASSISTED = {
    False: _("I do it myself"),
    True: _("Staff help me"),
}
NAMING = {
    Naming.NAMED: _("Show my name"),
    Naming.WITHHELD: _("Hide it from the agency"),
    Naming.ANONYMOUS: _("Give no name"),
}
NAMING_MEANS = {
    Naming.NAMED: _("The centre and the agency that acts see your name"),
    Naming.WITHHELD: _("Only the centre sees your name, the agency does not"),
    Naming.ANONYMOUS: _("Nobody gets your name. Nobody can ask you back: follow the case by its code"),
}
