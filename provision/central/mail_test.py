"""A test message by the mail server of `central setup`, with the security that the service itself uses."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20.0
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def send(server: str, host: str, recipients: str) -> None:
    """Send it. Raises OSError, of which smtplib's errors are a kind."""
    parts = urlsplit(server)
    name = parts.hostname or "localhost"
    message = EmailMessage()
    message["Subject"] = "Damrongdham: test"
    message["From"] = f"damrongdham@{host}"
    message["To"] = recipients
    message.set_content(f"ข้อความทดสอบจากการติดตั้งระบบ {host}\nThe set-up of {host} sends this message as a test.\n")
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(name, parts.port or 465, timeout=TIMEOUT_S, context=context)
    else:
        connection = smtplib.SMTP(name, parts.port or 25, timeout=TIMEOUT_S)
    with connection:
        if parts.scheme == "smtp" and name not in LOCAL_HOSTS:
            connection.starttls(context=context)
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        connection.send_message(message)
