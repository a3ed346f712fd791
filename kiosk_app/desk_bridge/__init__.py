"""The bridge between a page of the desk and the card reader and receipt printer of the officer's computer."""
