"""Schemathesis asks the API what its OpenAPI document allows and forbids, and holds the answers against it."""

import json
from pathlib import Path

from tests import peers

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
HELD = {
    "path.division": ["990101"],
    "path.agency": ["苇渡镇"],
    "path.year": [2016, 2021],
    "path.code": ["requests.received.total"],
    "path.version": ["2026.11.0"],
    "query.agency": ["苇渡"],
    "query.division": ["99", "990101"],
    "query.identity": ["requests.balance.natural_person"],
    "query.level": ["township"],
    "query.q": ["公开", "-公开 申请"],
    "query.region": ["99", "990101"],
}
"""What the archive holds: a parameter is one of these as often as not, or most questions would lead nowhere."""

LIMITS = "[phases.coverage.generation]\nmode = 'positive'\n"
"""Every bound is tried from inside; what lies outside is left to fuzzing, which is a third of the time."""


def settings() -> str:
    """Gives Schemathesis' settings with what is held; lists and texts of JSON are those of TOML."""
    lists = "".join(f'[dictionaries."{name}"]\nvalues = {json.dumps(values)}\n' for name, values in HELD.items())
    used = "".join(f'"{name}" = {{ dictionary = "{name}", probability = 0.5 }}\n' for name in HELD)
    return f"{lists}[parameters]\n{used}{LIMITS}"


def test_every_answer_is_as_the_openapi_document_says(pages: str, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(settings(), encoding="utf-8")
    bounds = ("--phases", "coverage,fuzzing", "--max-examples", "6", "--seed", "1", "--request-timeout", "60")
    plain = ("--generation-database", "none", "--no-shrink", "--suppress-health-check", "all")
    said = peers.run(
        "schemathesis",
        *("--no-color", "run", *bounds, *plain, "--checks", ",".join(CHECKS), f"{pages}/api/v1/openapi.json"),
        cwd=tmp_path,
    )
    assert "20 selected / 20 total" in said
    assert "Tested: 20" in said
