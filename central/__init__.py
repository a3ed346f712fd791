"""The central service: receives submissions from kiosks, shows citizens the status of their case, and has the desk."""
