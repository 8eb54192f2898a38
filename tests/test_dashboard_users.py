"""Who may get in and what the server signs with: the entries, their command, the key."""

import getpass
import os
import stat
import sys
from pathlib import Path

import pytest

from dashboard import users as command
from dashboard.access.key import KEY_VARIABLE, secret_key
from dashboard.access.users import USERS_VARIABLE, hashed_password, users

PASSWORD = "correct horse battery"
HASH = hashed_password(PASSWORD)
OTHER = hashed_password("another password")


def test_users_come_from_a_list_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(USERS_VARIABLE, f"ada={HASH}, bob={OTHER}")
    assert users() == {"ada": HASH, "bob": OTHER}
    (tmp_path / "users").write_text(f"ada={HASH}\nbob={OTHER}\n")
    monkeypatch.setenv(USERS_VARIABLE, str(tmp_path / "users"))
    assert users() == {"ada": HASH, "bob": OTHER}
    (tmp_path / "users").write_text(f"bob={HASH}\n")
    os.utime(tmp_path / "users", ns=(1, 1))  # whatever the clock's steps
    assert users() == {"bob": HASH}  # without a restart


@pytest.mark.parametrize(
    "entry",
    [
        "ada",
        "ada=secret",
        "a/b=scrypt:x",
        "ada=scrypt:32768:8:1",
        "ada=scrypt:32768:8:1$$ab",
        f"={HASH}",
    ],
)
def test_entry_that_is_no_hash_is_refused(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USERS_VARIABLE, entry)
    with pytest.raises(ValueError, match=r"python -m dashboard\.users NAME"):
        users()


def test_command_prints_an_entry(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["users", "ada"])
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: PASSWORD)
    command.main()
    entry = capsys.readouterr().out.strip()
    assert PASSWORD not in entry
    monkeypatch.setenv(USERS_VARIABLE, entry)
    assert set(users()) == {"ada"}


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [("a b", [], "A name has"), ("ada", ["short"], "at least 10"),
     ("ada", [PASSWORD, PASSWORD + "!"], "differ")],
)  # fmt: skip
def test_command_refuses(
    name: str, typed: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["users", name])
    answers = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))
    with pytest.raises(SystemExit, match=said):
        command.main()


def test_key_is_made_once_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    key = secret_key(tmp_path / "state")
    assert len(key) == 64
    assert secret_key(tmp_path / "state") == key  # as another worker finds it
    (file,) = (tmp_path / "state").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert secret_key(tmp_path / "state") == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_key_that_cannot_be_kept_lives_with_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    (tmp_path / "file").write_text("no folder")
    assert secret_key(tmp_path / "file") != secret_key(tmp_path / "file")
    assert KEY_VARIABLE in caplog.text


def test_key_of_the_environment_is_taken_and_must_be_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k" * 32)
    assert secret_key() == "k" * 32
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(ValueError, match="at least 32 characters, got 5"):
        secret_key()
