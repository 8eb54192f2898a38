"""A private server: nobody gets in without a password, or by trying."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from shared_tiny import shared_tiny_results
from werkzeug.test import TestResponse

from dashboard.access import login
from dashboard.access.key import KEY_VARIABLE
from dashboard.access.users import USERS_VARIABLE, hashed_password
from dashboard.app import create_app
from dashboard.web import visitors

PASSWORD = "correct horse battery"
HASH = hashed_password(PASSWORD)
OTHER = hashed_password("another password")


@pytest.fixture
def make_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FlaskClient]]:
    """Return a maker of visitors to a server with the user Ada."""
    monkeypatch.setenv(KEY_VARIABLE, "k" * 40)

    def make(entries: str = f"ada={HASH}") -> FlaskClient:
        monkeypatch.setenv(USERS_VARIABLE, entries)
        return create_app(shared_tiny_results().folder).server.test_client()

    yield make


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    return make_client()


def sign_in(
    client: FlaskClient, name: str = "ada", password: str = PASSWORD, *, wanted: str = "",
    token: str | None = None, **options: Any,
) -> TestResponse:  # fmt: skip
    """Send the form as a browser does, with the token of the page or another."""
    address = login.LOGIN + (f"?next={wanted}" if wanted else "")
    page = client.get(address, **options).get_data(as_text=True)
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    form = {"token": found[1] if token is None else token, "name": name, "password": password}
    return client.post(address, data=form, **options)


def test_without_users_there_is_no_gate_and_no_cookie(make_client: Any) -> None:
    client = make_client("")
    response = client.get("/model")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert client.post("/login").status_code == 405


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 303), ("/model?model=x", 303), ("/nowhere", 303), ("/api/results", 401),
        ("/api/audio/gtzan/rock.00001", 401), ("/api/openapi.json", 401), ("/_dash-layout", 401),
        ("/_dash-component-suites/dash/deps/x.js", 401), ("/login", 200), ("/healthz", 503),
        ("/assets/tokens.css", 200),
    ],
)  # fmt: skip
def test_only_the_form_the_probes_and_its_style_are_open(
    client: FlaskClient, address: str, status: int
) -> None:
    response = client.get(address)
    assert response.status_code == status
    if status == 401:
        assert response.get_json()["code"] == "not_signed_in"
    if status == 303:
        assert response.headers["Location"].startswith("/login?next=%2F")


@pytest.mark.parametrize("address", ["/api/predict", "/_dash-update-component"])
def test_nothing_is_done_for_a_stranger(client: FlaskClient, address: str) -> None:
    assert client.post(address, json={}).status_code == 401


def test_password_opens_and_signing_out_closes(client: FlaskClient) -> None:
    response = sign_in(client, wanted="%2Fmodel%3Fmodel%3Dx")
    assert (response.status_code, response.headers["Location"]) == (303, "/model?model=x")
    assert client.get("/api/results").status_code == 200
    assert "Sign out" in client.get("/_dash-layout").get_data(as_text=True)
    assert client.post(login.LOGOUT).headers["Location"] == login.LOGIN
    assert client.get("/api/results").status_code == 401


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong"), ("ada", ""), ("eve", PASSWORD), ("", ""), ("ada\0", PASSWORD),
     ("ada", HASH), ("ada", PASSWORD + "x" * 9_000)],
)  # fmt: skip
def test_wrong_name_and_wrong_password_are_told_alike(
    client: FlaskClient, name: str, password: str
) -> None:
    response = sign_in(client, name, password)
    assert response.status_code == 401
    assert login.WRONG in response.get_data(as_text=True)
    assert client.get("/api/results").status_code == 401


def test_unknown_name_costs_a_hash_as_a_known_one(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.access import users as module

    checked: list[str] = []
    monkeypatch.setattr(
        module, "check_password_hash", lambda hashed, _password: bool(checked.append(hashed))
    )
    sign_in(client, "eve")
    sign_in(client, "ada")
    assert [hashed.partition("$")[0] for hashed in checked] == [HASH.partition("$")[0]] * 2


def test_form_without_its_token_is_refused(client: FlaskClient) -> None:
    assert sign_in(client, token="").status_code == 400
    assert sign_in(client, token="x" * 32).status_code == 400
    assert client.get("/api/results").status_code == 401


def test_session_of_before_does_not_become_a_session(client: FlaskClient) -> None:
    sign_in(client)
    with client.session_transaction() as session:
        assert set(session) == {"user", "mark", "_permanent"}


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example",
     "javascript:alert(1)", "/%09/evil.example", "/%0d%0aSet-Cookie:x=1", "evil.example"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(client: FlaskClient, elsewhere: str) -> None:
    assert sign_in(client, wanted=elsewhere).headers["Location"] == "/"


def test_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    (cookie,) = sign_in(client).headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    assert PASSWORD not in cookie and HASH not in cookie


def test_cookie_is_for_https_only_where_it_is_spoken(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cookie,) = sign_in(client, base_url="https://localhost").headers.getlist("Set-Cookie")
    assert "Secure" in cookie
    monkeypatch.setattr(visitors, "proxies", lambda: 1)
    page = client.get(login.LOGIN, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in page.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_request_from_another_site_is_refused(client: FlaskClient, headers: Any) -> None:
    sign_in(client)
    for address in ("/api/predict", login.LOGIN, login.LOGOUT):
        response = client.post(address, headers=headers)
        assert (response.status_code, response.get_json()["code"]) == (403, "cross_origin")
    own = client.post("/api/predict", headers={"Origin": "http://localhost"})
    assert own.status_code != 403


def test_guessing_is_slowed(client: FlaskClient) -> None:
    statuses = [sign_in(client, password="guess").status_code for _ in range(12)]
    assert statuses == [401] * login.ATTEMPTS_PER_MINUTE + [429] * 2
    response = sign_in(client)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")


def test_new_password_ends_sessions(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(client)
    assert client.get("/api/results").status_code == 200
    monkeypatch.setenv(USERS_VARIABLE, f"ada={OTHER}")
    assert client.get("/api/results").status_code == 401
    monkeypatch.setenv(USERS_VARIABLE, f"bob={HASH}")
    assert client.get("/api/results").status_code == 401


def test_session_of_another_key_is_none(make_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_client()
    sign_in(first)
    cookie = first.get_cookie("genrelens").value
    monkeypatch.setenv(KEY_VARIABLE, "another key " * 4)
    second = make_client()
    second.set_cookie("genrelens", cookie)
    assert second.get("/api/results").status_code == 401


def test_form_has_a_bound(client: FlaskClient) -> None:
    form = {"name": "ada", "password": PASSWORD, "token": "x" * login.FORM_BYTES}
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        assert client.post("/login", data=form, content_type=kind).status_code == 413
    assert client.get("/api/results").status_code == 401


def test_dash_signs_with_the_key_of_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k" * 40)
    app = create_app(shared_tiny_results().folder)
    assert app._get_signing_secret() == b"k" * 40


def test_address_that_asks_without_end_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    from dash import Dash, html

    from dashboard.web import rates

    app = Dash(__name__)
    app.layout = html.Div()
    monkeypatch.setattr(rates, "COUNTED", (rates.CALLBACKS,))
    rates.limit_rates(app, 2)
    client = app.server.test_client()
    statuses = [client.post(rates.CALLBACKS, json={}).status_code for _ in range(3)]
    assert statuses[2] == 429 and 429 not in statuses[:2]
