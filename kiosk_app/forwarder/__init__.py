"""Exchanges with the centre: delivery and heartbeats, enrolment, look-up of a case."""

from kiosk_app.forwarder.forwarder import DeliveryResult, Forwarder

__all__ = ["DeliveryResult", "Forwarder"]
