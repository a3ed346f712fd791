"""What an operator watches: health, readiness, metrics and the log of requests. No personal data, no case numbers."""
