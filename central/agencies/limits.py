"""Limits of the register of agencies, for columns, commands, forms and files."""

MAX_CODE_CHARS = 50
MAX_NAME_CHARS = 200
MAX_PHONE_CHARS = 60  # several numbers or an extension
MAX_ADDRESS_CHARS = 500
MAX_REASON_CHARS = 300  # why a rule exists
MAX_DECLARED_DAYS = 365  # working days
MAX_AREAS = 300  # of one agency; the largest province, Nakhon Ratchasima, has 32 districts and 289 tambons
MAX_OTHER_CONTACTS = 20  # of one agency, beside contact point and CCEO
MAX_RULES = 500  # of one centre
MAX_PENDING = 300  # registrations of one centre that wait; a province has up to 330 agencies
# 5,000 rows of 250 Thai characters (3 bytes each in UTF-8) are 3.75 MB.
MAX_IMPORT_BYTES = 4 * 1024 * 1024
IMPORT_DRAFT_HOURS = 24  # until a file that was checked and not imported is deleted
MAX_OFFERED = 1_000  # agencies in one select; a province has 330
