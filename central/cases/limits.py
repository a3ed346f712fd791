"""Lengths of texts that officers type, in characters: for columns, commands and forms."""

MAX_NOTE_CHARS = 2000  # an outcome or an internal note
MAX_NAME_CHARS = 200  # name of an agency or of its person in charge
MAX_RESPONDENT_CHARS = 200  # name, plate or address of whom or what a case is about
MAX_REASON_CHARS = 300  # reason for viewing personal data
