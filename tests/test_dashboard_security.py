"""Headers that keep browsers from doing what a page of ours never asks for, on every answer."""

from collections.abc import Iterator

import pytest
from dash import Dash
from flask.testing import FlaskClient
from multipart import CONTENT_TYPE, multipart
from shared_tiny import shared_tiny_results
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.pages import PAGES
from dashboard.web import visitors
from dashboard.web.security import HEADERS, MOST_BYTES, POLICY, content_policy

ROUTES = {
    **{page.PATH: 200 for page in PAGES},
    "/nowhere": 200,  # Dash's page says so
    "/assets/theme.js": 200,
    "/assets/examples/../nothing.js": 404,
    "/_dash-layout": 200,
    "/_dash-dependencies": 200,
    "/api/results": 200,
    "/api/provenance": 200,
    "/api/predict": 405,
    "/api/audio/gtzan/none.00001": 404,
    "/api/present/story": 200,
}


@pytest.fixture(scope="module")
def app() -> Dash:
    return create_app(shared_tiny_results().folder)


@pytest.fixture
def client(app: Dash) -> Iterator[FlaskClient]:
    with app.server.test_client() as client:
        yield client


def policy(response: TestResponse) -> dict[str, list[str]]:
    """Return the sources that an answer's content policy allows, by kind."""
    text = response.headers["Content-Security-Policy"]
    return {kind: allowed for kind, *allowed in (part.split() for part in text.split("; "))}


def check_headers(response: TestResponse) -> None:
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert response.headers.getlist("Content-Security-Policy") == [
        response.headers["Content-Security-Policy"]
    ]
    assert set(policy(response)) == set(POLICY)


@pytest.mark.parametrize(("address", "status"), ROUTES.items(), ids=list(ROUTES))
def test_every_kind_of_answer_has_the_headers(
    client: FlaskClient, address: str, status: int
) -> None:
    response = client.get(address)
    assert response.status_code == status
    check_headers(response)


def test_failure_inside_a_route_has_the_headers_and_no_stack_trace() -> None:
    app = create_app(shared_tiny_results().folder)

    def fails() -> str:
        raise RuntimeError("a secret of the server")

    app.server.add_url_rule("/fails", "fails", fails)
    response = app.server.test_client().get("/fails")
    assert response.status_code == 500
    assert "secret" not in response.get_data(as_text=True)
    check_headers(response)


def test_answer_to_an_upload_has_the_headers(client: FlaskClient) -> None:
    response = client.post(
        "/api/predict", data=multipart(b"no sound" * 99), content_type=CONTENT_TYPE
    )
    assert response.status_code >= 400
    check_headers(response)


def test_answer_that_says_not_changed_has_the_headers(client: FlaskClient) -> None:
    etag = client.get("/assets/theme.js").headers["ETag"]
    response = client.get("/assets/theme.js", headers={"If-None-Match": etag})
    assert response.status_code == 304
    check_headers(response)


def test_policy_names_no_other_host_and_permits_no_text_as_script(client: FlaskClient) -> None:
    allowed = policy(client.get("/"))
    assert allowed["script-src"][0] == "'self'"
    assert all(source.startswith("'sha256-") for source in allowed["script-src"][1:])
    assert allowed["default-src"] == ["'self'"]
    for sources in allowed.values():
        assert not {"*", "https:", "http:", "'unsafe-eval'"} & set(sources)
        assert not any("." in source or "/" in source.partition("-")[0] for source in sources)


def test_digests_are_of_the_lines_in_the_page(app: Dash) -> None:
    page = app.server.test_client().get("/").get_data(as_text=True)
    assert f">{app.renderer}</script>" in page
    for script in app._inline_scripts:
        assert f">{script}</script>" in page
    assert len(policy(app.server.test_client().get("/"))["script-src"]) == 2 + len(
        app._inline_scripts
    )


def test_content_policy_lists_scripts_beside_own_files() -> None:
    assert "; script-src 'self' 'sha256-x='; " in content_policy(("'sha256-x='",))


@pytest.mark.parametrize(
    ("proxies", "headers", "is_bound"),
    [
        ("", {}, False),
        (0, {"X-Forwarded-Proto": "https"}, False),  # whoever says so may be anybody
        (1, {"X-Forwarded-Proto": "https"}, True),
        (1, {"X-Forwarded-Proto": "https, http"}, False),
        (1, {"X-Forwarded-Proto": "http"}, False),
    ],
)
def test_browsers_are_bound_to_https_only_where_it_is_spoken(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    proxies: str,
    headers: dict[str, str],
    is_bound: bool,
) -> None:
    monkeypatch.setattr(visitors, "proxies", lambda: proxies)
    response = client.get("/healthz", headers=headers)
    assert ("Strict-Transport-Security" in response.headers) == is_bound


def test_https_without_a_proxy_binds_too(client: FlaskClient) -> None:
    response = client.get("/api/results", base_url="https://genrelens.example")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


def test_request_has_a_bound_where_no_route_says_otherwise(client: FlaskClient) -> None:
    response = client.post(
        "/_dash-update-component", data=b"[" * (MOST_BYTES + 1), content_type="application/json"
    )
    assert response.status_code == 413
    check_headers(response)
