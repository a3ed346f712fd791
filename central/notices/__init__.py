"""Notices: tells citizens by SMS, LINE, e-mail and Web Push what happens to their case, if they agreed to it."""
