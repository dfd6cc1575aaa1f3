"""Alerts by e-mail: one message through the operator's mail server."""

import smtplib
import ssl
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from archive.config import Alerts
from archive.errors import UsageError

PORTS = {"starttls": 587, "tls": 465, "none": 25}
SECONDS = 30.0
LONGEST = 900  # bytes of a line; the subject is not folded, for Python folds before its first word


def send(alerts: Alerts, subject: str, text: str) -> None:
    """Sends a message. Raises UsageError for settings that will not do, OSError or smtplib's errors else.

    The server's certificate is checked; where it offers no TLS, nothing is sent in the clear instead.
    """
    host, port = server(alerts)
    if not alerts.mail_to:
        raise UsageError("mail_server is set, mail_to is not")
    if alerts.mail_user and alerts.mail_security == "none":
        raise UsageError("mail_user with mail_security = none would send the password in the clear")
    message = EmailMessage(policy.default.clone(max_line_length=LONGEST))
    message["Subject"] = subject
    message["From"] = alerts.mail_from or alerts.mail_to.partition(",")[0].strip()
    message["To"] = alerts.mail_to
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid("nianbao", host)
    message.set_content(text)
    with connected(host, port, alerts.mail_security) as smtp:
        if alerts.mail_user:
            smtp.login(alerts.mail_user, alerts.mail_password or "")
        smtp.send_message(message)


def server(alerts: Alerts) -> tuple[str, int]:
    """Gives host and port of the mail server. Raises UsageError where they cannot be read."""
    try:
        parts = urlsplit(f"//{alerts.mail_server}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise UsageError(f"mail_server must be a host or host:port, not {alerts.mail_server!r}")
    return host, port or PORTS[alerts.mail_security]


def connected(host: str, port: int, security: str) -> smtplib.SMTP:
    """Gives a session with the mail server, encrypted as the settings say."""
    context = ssl.create_default_context()
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    smtp = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if security == "starttls":
            smtp.starttls(context=context)
    except (OSError, smtplib.SMTPException):
        smtp.close()
        raise
    return smtp
