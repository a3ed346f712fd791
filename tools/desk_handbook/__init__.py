"""Makes the pictures of the handbooks that the central service publishes: pages, kiosk screens, drawings."""
