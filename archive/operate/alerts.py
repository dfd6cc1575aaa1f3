"""Tells of a night: e-mail, webhook, apprise; a ping for a healthcheck; numbers for Prometheus.

A message goes out where someone has to look, a portal or the night has failed, or `when` is "always". What cannot be
told never fails a night: it is an issue, and names no secret (a webhook's address may be one).
"""

import importlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.client import HTTPException
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from archive.config import Alerts
from archive.errors import NianbaoError, UsageError
from archive.operate import mail, metrics
from archive.operate.digest import Digest, digest_json, digest_text, subject

SECONDS = 30.0
FAILURES = (OSError, HTTPException, SMTPException, ValueError, NianbaoError)  # what a channel may end with


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: in a line, in full, and as data."""

    subject: str
    text: str
    data: dict[str, Any]


def tell_of_start(alerts: Alerts) -> list[str]:
    """Tells the healthcheck that a night has begun; gives what went wrong with that."""
    return ping(alerts, "/start")


def tell_of(alerts: Alerts, digest: Digest) -> list[str]:
    """Tells of a night that came to its end; gives what could not be told."""
    issues = []
    if digest.troubled or alerts.when == "always":
        issues += send(alerts, Message(subject(digest), digest_text(digest), {"digest": digest_json(digest)}))
    return [*issues, *write(alerts, lambda: metrics.of_night(digest)), *ping(alerts, "")]


def tell_of_failure(alerts: Alerts, today: date, error: Exception) -> list[str]:
    """Tells of a night that an error ended; gives what could not be told."""
    code = error.exit_code if isinstance(error, NianbaoError) else 1
    kind = type(error).__name__
    said = str(error) if isinstance(error, NianbaoError) else f"unexpected {kind}"
    message = Message(
        f"Nianbao {today}: the night failed, exit code {code}",
        f"The night of {today} did not come to its end (exit code {code}).\n\n{said}\n",
        {"error": {"kind": kind, "exit_code": code, "message": said}},
    )
    return [
        *send(alerts, message),
        *write(alerts, lambda: metrics.of_failure(code, datetime.now(UTC))),
        *ping(alerts, "/fail"),
    ]


def send(alerts: Alerts, message: Message) -> list[str]:
    """Sends a message through every channel that is set; gives what went wrong."""
    channels: list[tuple[str | None, str, Callable[[], None]]] = [
        (alerts.mail_server, "mail", lambda: mail.send(alerts, message.subject, message.text)),
        (alerts.webhook, "webhook", lambda: post(str(alerts.webhook), message)),
        (alerts.apprise, "apprise", lambda: by_apprise(str(alerts.apprise), message)),
    ]
    return [issue for setting, name, go in channels if setting for issue in tried(name, go)]


def ping(alerts: Alerts, how: str) -> list[str]:
    """Asks for the healthcheck's address; gives what went wrong."""
    url = alerts.healthcheck
    return tried("healthcheck", lambda: ask(urllib.request.Request(known(url.rstrip("/") + how)))) if url else []


def write(alerts: Alerts, text: Callable[[], str]) -> list[str]:
    """Writes the numbers of a night for Prometheus; gives what went wrong."""
    path = alerts.textfile
    return tried("textfile", lambda: metrics.write(path, text())) if path else []


def tried(name: str, go: Callable[[], None]) -> list[str]:
    """Does something that may fail; gives how it failed."""
    try:
        go()
    except FAILURES as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        return [f"alert by {name} failed: {said}"]
    return []


def post(url: str, message: Message) -> None:
    """Posts a message as JSON. Raises OSError where it was not taken."""
    body = {"subject": message.subject, "text": message.text} | message.data
    data = json.dumps(body, ensure_ascii=False).encode()
    ask(urllib.request.Request(known(url), data, {"Content-Type": "application/json; charset=utf-8"}))


def ask(request: urllib.request.Request) -> None:
    """Makes a request. Raises OSError, naming the host alone, where the answer is no success."""
    host = urlsplit(request.full_url).netloc.rpartition("@")[2]
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"{host} answers with status {error.code}") from None
    except urllib.error.URLError as error:
        raise OSError(f"{host}: {error.reason}") from None


def known(url: str) -> str:
    """Gives the URL. Raises UsageError for one that is not of the web."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("its address must begin with http:// or https:// and a host")
    return url


def by_apprise(urls: str, message: Message) -> None:
    """Sends a message through the services of apprise. Raises UsageError without the extra, or for a bad address."""
    try:
        apprise = importlib.import_module("apprise")
    except ImportError:
        raise UsageError("apprise is not installed: pip install 'nianbao[alerts]'") from None
    services = apprise.Apprise()
    for number, url in enumerate(urls.split(), 1):
        if not services.add(url):
            raise UsageError(f"apprise does not understand address {number} ({url.partition(':')[0]})")
    if not services.notify(title=message.subject, body=message.text):
        raise OSError("a service did not take the message")
