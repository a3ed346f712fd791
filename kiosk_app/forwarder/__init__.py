"""The process that empties the outbox, and the kiosk's other words with its centre: enrolment and look-up."""

from kiosk_app.forwarder.forwarder import DeliveryResult, Forwarder

__all__ = ["DeliveryResult", "Forwarder"]
