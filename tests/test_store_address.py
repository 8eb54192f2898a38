"""Where a store is: what a URL names, what is refused, and that no password is ever shown."""

import subprocess
import sys
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store import StoreError, is_url, parse_url, redacted

PASSWORD = "s3cret-Pa55"


@pytest.mark.parametrize(
    ("url", "hosts", "database", "user"),
    [
        ("mongodb://localhost", "localhost", "Music_db", ""),
        ("mongodb://localhost/", "localhost", "Music_db", ""),
        ("mongodb://localhost:27018/mine", "localhost:27018", "mine", ""),
        ("mongodb://a:1,b:2/x?replicaSet=r", "a:1,b:2", "x", ""),
        ("mongodb://me:pw@[::1]:27017/x", "[::1]:27017", "x", "me"),
        ("mongodb+srv://m%40e:p%2Fw@cluster.example/x", "cluster.example", "x", "m@e"),
        ("mongodb://h?ssl=true", "h", "Music_db", ""),
    ],
)
def test_url_names_hosts_database_and_user(url, hosts, database, user):
    address = parse_url(url)
    assert (address.hosts, address.database, address.user) == (hosts, database, user)
    assert address.url == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://h/x", "a store is named by a URL such as mongodb://HOST"),
        ("Music_db", "a store is named by a URL"),
        ("", "a store is named by a URL"),
        ("mongodb://", "expected hosts"),
        ("mongodb://h:port/x", "expected hosts"),
        ("mongodb://h:70000/x", "expected hosts"),
        ("mongodb://h,,k/x", "expected hosts"),
        ("mongodb://h/a/b", "cannot name a database"),
        ("mongodb://h/a.b", "cannot name a database"),
        ("mongodb://h/" + "x" * 64, "too long"),
        ("mongodb://me:a@b@h/x", "must be escaped"),
        ("mongodb://me:a/b@h/x", "must be escaped"),
        ("mongodb://me:a:b@h/x", "must be escaped"),
        ("mongodb://me:a?b@h/x", "must be escaped"),
    ],
)
def test_other_urls_are_refused_with_what_is_expected(url, said):
    with pytest.raises(StoreError, match=said):
        parse_url(url)


@pytest.mark.parametrize(
    "url",
    [
        f"mongodb://me:{PASSWORD}@h:x/db",
        f"mongodb://me:{PASSWORD}@h/a b",
        f"mongodb://me:{PASSWORD}@/db",
        f"mongodb://me:@{PASSWORD}@h/db",
        f"mongodb://me:/{PASSWORD}@h/db",
        f"mongodb://me:?{PASSWORD}@h/db",
        f"mongo://me:{PASSWORD}@h/db",
        f"mongodb:/me:{PASSWORD}@h/db",
        f"postgres://me:{PASSWORD}@h/db",
        f"me:{PASSWORD}@h/db",
        f"mongodb:me:{PASSWORD}@h",
        f"mongodb:me:{PASSWORD}",
        f"mongodb//me:{PASSWORD}@h",
        f"http://me:a {PASSWORD}@h",
        f"http://me:{PASSWORD} b@h",
        f"mongodb://me:{PASSWORD}",
        f"mongodb://me:{PASSWORD}/db",
    ],
)
def test_no_refusal_shows_the_password(url):
    with pytest.raises(StoreError) as caught:
        parse_url(url)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_address_is_shown_without_password_and_options():
    address = parse_url(f"mongodb://me:{PASSWORD}@h:1/db?tlsCertificateKeyFilePassword={PASSWORD}")
    assert str(address) == "mongodb://h:1/db"
    assert PASSWORD not in repr(address) + address.place + f"{address}"
    assert address.place == "MongoDB at h:1, database db"


@given(st.text(st.characters(exclude_categories=("C",)), min_size=8), st.text())
def test_redacted_text_holds_no_password(password, before):
    text = f"{before} mongodb://me:{password}@h:1/db could not"
    assert f":{password}@" not in redacted(text)
    assert redacted(text).endswith("***@h:1/db could not")


def test_text_without_credentials_is_left_alone():
    for text in (
        "see mongodb://h:1/db",
        "me@example.org",
        "ask me@example.org, not https://x.example/y",
        "https://x.example/y?to=me@example.org",
        "me@example.org\nmongodb://h:1/db\nme@example.org",
    ):
        assert redacted(text) == text


def test_what_may_be_a_password_goes_with_the_rest_of_the_line():
    text = "mongodb://h:1/db and https://x.example/y, me@example.org"
    assert redacted(text) == "mongodb://***@example.org"


@pytest.mark.parametrize("text", ["mongodb://h", "postgres://h/x", "mongodb+srv://h"])
def test_urls_are_told_from_paths(text):
    assert is_url(text)


@pytest.mark.parametrize("text", ["", "results", "/a/b", "./x", "C:\\x", "a/b://c"])
def test_paths_are_no_urls(text):
    assert not is_url(text)


def test_address_key_depends_on_place_and_not_on_the_user():
    assert parse_url("mongodb://h/x").key == parse_url("mongodb://me:pw@h/x?appName=a").key
    assert parse_url("mongodb://h/x").key != parse_url("mongodb://h/y").key


def test_asking_for_stores_loads_no_driver():
    script = (
        "import sys, dashboard.app, pipeline.store; "
        "print([name for name in ('pymongo', 'bson', 'gridfs') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
