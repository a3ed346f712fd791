"""The desk: the pages for officers, behind a sign-in."""
