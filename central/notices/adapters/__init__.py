"""One adapter for each channel: sends one notice through the gateway of a route, and says how that ended.

An adapter reads no database and changes none, so several run at once on threads."""
