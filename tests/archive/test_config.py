"""Settings: file, then environment; mistakes named."""

from pathlib import Path

import pytest

from archive import config
from archive.errors import UsageError


def written(folder: Path, text: str) -> dict[str, str]:
    """Writes a settings file; gives the variables that name it."""
    path = folder / "nianbao.toml"
    path.write_text(text, encoding="utf-8")
    return {"NIANBAO_CONFIG": str(path)}


def test_paths_of_the_file_count_from_its_folder_and_the_environment_wins(tmp_path: Path) -> None:
    environ = written(tmp_path, 'home = "a"\nportals_dir = "p"\nworkers = 3\noperator = "file"\n')
    found = config.load(environ | {"NIANBAO_OPERATOR": "environment"})
    assert (found.home, found.portals_dir) == (tmp_path / "a", tmp_path / "p")
    assert (found.workers, found.operator) == (3, "environment")
    assert found.warcs == tmp_path / "a" / "warc"


def test_a_child_process_gets_the_same_settings(tmp_path: Path) -> None:
    found = config.load(written(tmp_path, f'home = "{tmp_path}"\nworkers = 3\nprofile = "test"\nnight_hours = 1e-5\n'))
    assert config.load(found.environ()) == found


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("home = [", "nianbao.toml"),
        ("hoem = 'x'", "hoem"),
        ("workers = 'many'", "workers"),
        ("workers = 0", "workers"),
        ("profile = 'secret'", "profile"),
        ("night_requests = 0", "night_requests"),
        ("night_hours = -1", "night_hours"),
        ("night_hours = nan", "night_hours"),
        ("night_hours = 'long'", "night_hours"),
        ("alerts = 'me'", "alerts"),
        ("[alerts]\nmail_too = 'me@example.org'", "mail_too"),
        ("[alerts]\nmail_security = 'maybe'", "mail_security"),
        ("warc_local = 'lose'", "warc_local"),
        ("warc_url = '/a/folder'", "warc_url"),
        ("warc_url = 's3://key:secret@bucket/prefix'", "warc_url"),
        ("warc_copy = 's3://key:secret@bucket/prefix'", "warc_copy"),
        ("warc_copy = 'https://example.org/warc'", "warc_copy"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        config.load(written(tmp_path, text))


def test_a_store_is_named_without_credentials(tmp_path: Path) -> None:
    environ = written(tmp_path, "warc_url = 's3://bucket/a/prefix'")
    found = config.load(environ | {"AWS_ENDPOINT_URL": "http://127.0.0.1:8333"})
    assert (found.storage.folder, found.storage.url) == (found.warcs, "s3://bucket/a/prefix")
    for wrong in ("127.0.0.1:8333", "https://key:secret@s3.example.org"):
        with pytest.raises(UsageError, match="AWS_ENDPOINT_URL must be an address") as told:
            config.load(environ | {"AWS_ENDPOINT_URL": wrong})
        assert "secret" not in str(told.value)


def test_a_second_place_is_a_folder_or_a_store(tmp_path: Path) -> None:
    assert config.load(written(tmp_path, "warc_copy = 'copies'")).warc_copy == str(tmp_path / "copies")
    assert config.load(written(tmp_path, "warc_copy = 's3://bucket/a'")).warc_copy == "s3://bucket/a"
    environ = written(tmp_path, "warc_copy = 'copies'") | {"NIANBAO_WARC_COPY": "/mnt/copies"}
    assert config.load(environ).warc_copy == "/mnt/copies"


def test_a_missing_file_that_was_named_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        config.load({"NIANBAO_CONFIG": str(tmp_path / "none.toml")})


def test_home_follows_the_desktop_standard() -> None:
    assert config.default_home({"XDG_DATA_HOME": "/srv/data"}) == Path("/srv/data/nianbao")


def test_no_crawl_without_a_contact() -> None:
    with pytest.raises(UsageError, match="NIANBAO_CONTACT"):
        config.Config(Path("/x")).require_contact()
    config.Config(Path("/x"), contact="https://example.org/bot").require_contact()
    assert "https://example.org/bot" in config.Config(Path("/x"), contact="https://example.org/bot").user_agent


def test_alerts_are_a_table_of_their_own_and_no_child_gets_their_secrets(tmp_path: Path) -> None:
    text = 'night_hours = 2.5\n[alerts]\nmail_to = "a@example.org"\ntextfile = "n.prom"\n'
    found = config.load(written(tmp_path, text) | {"NIANBAO_ALERTS_MAIL_PASSWORD": "geheim"})
    assert found.night_hours == 2.5
    assert (found.alerts.mail_to, found.alerts.mail_password) == ("a@example.org", "geheim")
    assert found.alerts.textfile == tmp_path / "n.prom"
    assert "geheim" not in found.environ().values()
