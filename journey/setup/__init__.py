"""The first set-up of a kiosk as values: its pages, their checks, and the state of a set-up that may be continued."""
