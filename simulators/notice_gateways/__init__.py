"""Local services that take notices as the real ones do, and misbehave on request: an SMS gateway, LINE's Messaging API
and a push service."""
