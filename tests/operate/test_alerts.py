"""Alerts through a real mail server and a real web server on loopback, and what becomes of those that fail."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from archive.config import Alerts
from archive.errors import DatabaseUnavailableError
from archive.operate.alerts import tell_of, tell_of_failure, tell_of_start
from archive.operate.digest import Loud
from tests.operate.mailbox import PASSWORD, USER, Hook, Mailbox, certificate, hooked, served
from tests.operate.test_digest import MARCH, NAME, QUIET, digest

LOUD = digest(QUIET, loud=(Loud("emptied", NAME, "column 年报 names no report any more"),))
CALM = digest(QUIET)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as running:
        yield running


@pytest.fixture
def pem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def by_mail(box: Mailbox, **more: Any) -> Alerts:
    given = Alerts(mail_server=box.address, mail_from="nianbao@example.org", mail_to="a@example.org, b@example.org")
    return replace(given, **more)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_loud_night_is_mailed_encrypted_with_a_login(pem: Path, security: str) -> None:
    with Mailbox(pem, tls=security == "tls") as box, served(box):
        alerts = by_mail(box, mail_security=security, mail_user=USER, mail_password=PASSWORD)
        assert tell_of(alerts, LOUD) == []
    [(message, encrypted, user)] = box.received
    assert (encrypted, user) == (True, USER)
    assert message["Subject"].startswith("Nianbao 2027-03-20: 1 to look at")
    assert message["To"] == "a@example.org, b@example.org"
    assert message["Message-ID"]
    assert "!! 990101-a: column 年报 names no report any more" in message.get_content()


def test_a_relay_on_this_machine_needs_neither(pem: Path) -> None:
    with Mailbox(None) as box, served(box):
        assert tell_of(by_mail(box, mail_security="none", mail_from=None), LOUD) == []
    [(message, encrypted, user)] = box.received
    assert (encrypted, user, message["From"]) == (False, None, "a@example.org")


def test_nothing_goes_out_in_the_clear_where_encryption_was_asked_for(pem: Path) -> None:
    with Mailbox(None) as box, served(box):
        [issue] = tell_of(by_mail(box, mail_user=USER, mail_password=PASSWORD), LOUD)
        assert "STARTTLS" in issue
        [issue] = tell_of(by_mail(box, mail_security="none", mail_user=USER, mail_password=PASSWORD), LOUD)
        assert "in the clear" in issue
    assert box.received == []


def test_a_stranger_s_certificate_is_refused(tmp_path: Path) -> None:
    with Mailbox(certificate(tmp_path)) as box, served(box):
        [issue] = tell_of(by_mail(box), LOUD)
    assert "certificate verify failed" in issue
    assert box.received == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"mail_user": USER, "mail_password": "falsch"}, "wrong password"),
        ({"mail_to": None}, "mail_to"),
        ({"mail_server": "127.0.0.1:1"}, "refused"),
        ({"mail_server": "a:b"}, "host:port"),
    ],
)
def test_mail_that_cannot_be_sent_is_an_issue_that_names_no_password(
    pem: Path, more: dict[str, Any], said: str
) -> None:
    with Mailbox(pem) as box, served(box):
        [issue] = tell_of(by_mail(box, **more), LOUD)
    assert issue.startswith("alert by mail failed: ")
    assert said in issue
    assert "falsch" not in issue
    assert box.received == []


def test_the_webhook_gets_the_digest_as_json(hook: Hook) -> None:
    assert tell_of(Alerts(webhook=f"{hook.base}/hook?key=1"), LOUD) == []
    [asked] = hook.asked
    assert (asked.method, asked.path, asked.media) == ("POST", "/hook?key=1", "application/json; charset=utf-8")
    said = json.loads(asked.body)
    assert said["subject"].startswith("Nianbao 2027-03-20: 1 to look at")
    assert said["digest"]["loud"] == [
        {"code": "emptied", "portal": NAME, "message": "column 年报 names no report any more"}
    ]
    assert "!! 990101-a" in said["text"]


def test_a_quiet_night_says_nothing_unless_asked_to(hook: Hook) -> None:
    alerts = Alerts(webhook=hook.base)
    assert tell_of(alerts, CALM) == []
    assert tell_of(alerts, digest(replace(QUIET, state="incomplete"))) == []
    assert hook.asked == []
    assert tell_of(alerts, digest(replace(QUIET, state="failed"))) == []
    assert tell_of(replace(alerts, when="always"), CALM) == []
    assert len(hook.asked) == 2


def test_a_webhook_that_does_not_take_it_is_an_issue_without_its_address(hook: Hook) -> None:
    hook.status = 500
    [issue] = tell_of(Alerts(webhook=f"{hook.base}/services/TOKEN"), LOUD)
    assert issue == f"alert by webhook failed: 127.0.0.1:{hook.port} answers with status 500"
    [issue] = tell_of(Alerts(webhook="file:///etc/passwd"), LOUD)
    assert "http://" in issue
    [issue] = tell_of(Alerts(webhook="http://127.0.0.1:1/TOKEN"), LOUD)
    assert "TOKEN" not in issue


def test_the_healthcheck_hears_of_start_end_and_failure(hook: Hook) -> None:
    alerts = Alerts(healthcheck=f"{hook.base}/ping/")
    assert tell_of_start(alerts) == []
    assert tell_of(alerts, LOUD) == []
    assert tell_of_failure(alerts, MARCH, ValueError("x")) == []
    assert [asked.path for asked in hook.asked] == ["/ping/start", "/ping", "/ping/fail"]


def test_a_failed_night_is_told_with_its_exit_code(hook: Hook, tmp_path: Path) -> None:
    alerts = Alerts(webhook=hook.base, textfile=tmp_path / "nianbao.prom")
    assert tell_of_failure(alerts, date(2027, 1, 2), DatabaseUnavailableError("the database does not answer")) == []
    said = json.loads(hook.asked[0].body)
    assert said["subject"] == "Nianbao 2027-01-02: the night failed, exit code 6"
    assert said["error"]["message"] == "the database does not answer"
    assert "nianbao_night_exit_code 6\n" in (tmp_path / "nianbao.prom").read_text(encoding="utf-8")
    assert tell_of_failure(alerts, date(2027, 1, 2), KeyError("geheim")) == []
    assert "geheim" not in hook.asked[1].body.decode()


def test_the_numbers_are_what_prometheus_reads(tmp_path: Path) -> None:
    path = tmp_path / "nianbao.prom"
    path.write_text("old", encoding="utf-8")
    assert tell_of(Alerts(textfile=path), LOUD) == []
    assert [found.name for found in tmp_path.iterdir()] == ["nianbao.prom"]
    assert path.stat().st_mode & 0o777 == 0o644
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            assert line.split()[1] in ("HELP", "TYPE")
        else:
            name, _, value = line.rpartition(" ")
            values[name] = float(value)
    assert values["nianbao_night_exit_code"] == 3
    assert values["nianbao_night_loud"] == 1
    assert values["nianbao_night_end_timestamp_seconds"] == LOUD.finished.timestamp()
    assert values['nianbao_portal_found{portal="990101-a"}'] == 40
    assert values['nianbao_night_portals{state="complete"}'] == 1
    [issue] = tell_of(Alerts(textfile=tmp_path / "none" / "n.prom"), LOUD)
    assert issue.startswith("alert by textfile failed: ")


def test_apprise_is_asked_for_only_where_it_is_set_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    [issue] = tell_of(Alerts(apprise="dingtalk://token"), LOUD)
    assert issue == "alert by apprise failed: apprise is not installed: pip install 'nianbao[alerts]'"


def test_apprise_gets_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    class Services:
        def add(self, url: str) -> bool:
            told.append(url)
            return not url.startswith("bad:")

        def notify(self, title: str, body: str) -> bool:
            told.append(title)
            return "990101-a" in body

    module = ModuleType("apprise")
    module.Apprise = Services  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "apprise", module)
    assert tell_of(Alerts(apprise="dingtalk://token  bark://host"), LOUD) == []
    assert told[:2] == ["dingtalk://token", "bark://host"]
    [issue] = tell_of(Alerts(apprise="bad://TOKEN"), LOUD)
    assert "TOKEN" not in issue
    [issue] = tell_of(Alerts(apprise="bark://host", when="always"), digest())
    assert "did not take" in issue
