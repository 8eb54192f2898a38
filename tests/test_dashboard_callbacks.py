"""Dash's route of callbacks: whatever is sent there, nothing fails, and what is meant passes."""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared_tiny import shared_tiny_results
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.web.callbacks import fault_of

ADDRESS = "/_dash-update-component"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FUZZ = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def app() -> Dash:
    made = create_app(shared_tiny_results().folder)
    made.server.test_client().get("/")  # Dash collects its callbacks with the first request
    return made


@pytest.fixture(scope="module")
def client(app: Dash) -> FlaskClient:
    return app.server.test_client()


def sent(client: FlaskClient, body: Any) -> TestResponse:
    """Send a body as JSON; NaN and lone surrogates are what Python's own parser takes."""
    return client.post(ADDRESS, data=json.dumps(body), content_type="application/json")


def refused(response: TestResponse) -> str:
    """Check that an answer says what was expected, and return it."""
    assert (response.status_code, response.get_json()["code"]) == (400, "bad_callback")
    text: str = response.get_json()["error"]
    assert text.startswith("A call of a callback is expected")
    assert text.endswith("Reload the page.")
    return text


def component(declared: Mapping[str, Any], value: Any = None) -> Any:
    """Return a component as a page sends it."""
    name = declared["id"]
    if not name.startswith("{"):
        return {"id": name, "property": declared["property"], "value": value}
    made = {key: "x" if part == ["ALL"] else part for key, part in json.loads(name).items()}
    one = {"id": made, "property": declared["property"], "value": value}
    return [one] if '["ALL"]' in name else one


def call(app: Dash, output: str, values: list[Any] | None = None) -> dict[str, Any]:
    """Return a call of a callback as a page sends it."""
    callback = app.callback_map[output]
    given = iter(values or [])
    inputs, state = (
        [component(one, next(given, None)) for one in callback[name]]
        for name in ("inputs", "state")
    )
    outputs = callback["output"]
    made: Any = (
        [component(one.to_dict()) for one in outputs]
        if isinstance(outputs, list | tuple)
        else component(outputs.to_dict())
    )
    return {"output": output, "outputs": made, "inputs": inputs, "state": state,
            "changedPropIds": []}  # fmt: skip


def outputs_of(app: Dash) -> list[str]:
    """Return the callbacks that the server answers."""
    return [name for name, callback in app.callback_map.items() if "callback" in callback]


@pytest.mark.parametrize("body", [[], {}, "x", 1, None, {"output": "x"}, {"output": ["x"]}])
def test_body_that_is_no_call_is_told_what_was_expected(client: FlaskClient, body: Any) -> None:
    refused(sent(client, body))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200_000, b'{"a":' * 200_000])
def test_body_that_is_no_json_is_told_so(client: FlaskClient, body: bytes) -> None:
    answer = client.post(ADDRESS, data=body, content_type="application/json")
    assert "no JSON, or too deep" in refused(answer)
    assert "no JSON" in refused(client.post(ADDRESS, data=b"{}", content_type="text/plain"))


@given(data=st.data())
@settings(FUZZ, max_examples=150)
def test_no_body_makes_the_server_fail(app: Dash, client: FlaskClient, data: st.DataObject) -> None:
    body = data.draw(JSON_VALUES)
    if data.draw(st.booleans()):
        body = call(app, data.draw(st.sampled_from(outputs_of(app))))
        place = data.draw(st.sampled_from(sorted(body)))
        spoilt = copy.deepcopy(body[place])
        if isinstance(spoilt, list) and spoilt and data.draw(st.booleans()):
            spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(JSON_VALUES)
        else:
            spoilt = data.draw(JSON_VALUES)
        body[place] = spoilt
    assert sent(client, body).status_code in (200, 204, 400)


@given(data=st.data())
@settings(FUZZ, max_examples=60)
def test_no_value_makes_the_server_fail(
    app: Dash, client: FlaskClient, data: st.DataObject
) -> None:
    output = data.draw(st.sampled_from(outputs_of(app)))
    values = data.draw(st.lists(JSON_VALUES, min_size=1, max_size=4))
    assert sent(client, call(app, output, values)).status_code in (200, 204)


def test_every_callback_can_be_called(app: Dash) -> None:
    outputs = outputs_of(app)
    assert len(outputs) > 50
    for output in outputs:
        body = call(app, output)
        assert fault_of(body, app.callback_map) == ""
        del body["inputs"]
        assert "'inputs'" in fault_of(body, app.callback_map)
    clientside = set(app.callback_map) - set(outputs)
    assert "no callback" in fault_of({"output": clientside.pop()}, app.callback_map)
