"""Officers signing in: how often somebody may try, what is recorded of it, and whose sessions end."""
