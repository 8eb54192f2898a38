"""The OpenAPI document: valid, complete, and true of what the routes answer."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from dash import Dash
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tiny_models import shared_results

from dashboard.app import create_app
from dashboard.prediction.uploads import LIVE_EXTENSION
from dashboard.web.openapi import ADDRESS, PATHS, document

EXAMPLES = 8
OWN = re.compile(r"/api/|/healthz$|/readyz$|/metrics$")
NOT_DESCRIBED = {"/api/{path:unknown}"}  # answers 404 to everything
CHECKS = [
    checks.not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Iterator[Dash]:
    app = create_app(shared_results())
    yield app
    app.server.extensions[LIVE_EXTENSION].close()


@pytest.fixture(scope="module")
def schema(app: Dash) -> Any:
    return schemathesis.openapi.from_wsgi(ADDRESS, app.server)


def test_document_is_valid_openapi(app: Dash) -> None:
    validate(app.server.test_client().get(ADDRESS).get_json(), cls=OpenAPIV31SpecValidator)


def test_every_route_for_programs_is_described(app: Dash) -> None:
    rules = [rule.rule for rule in app.server.url_map.iter_rules()]
    routes = {rule.replace("<", "{").replace(">", "}") for rule in rules}
    assert {route for route in routes if OWN.match(route)} - NOT_DESCRIBED == set(PATHS)
    assert document()["paths"] == PATHS


def test_methods_are_those_of_the_routes(app: Dash) -> None:
    for path, operations in PATHS.items():
        pattern = path.replace("{", "<").replace("}", ">")
        rules = [rule for rule in app.server.url_map.iter_rules() if rule.rule == pattern]
        methods = {
            method.lower()
            for rule in rules
            if not rule.endpoint.rpartition(".")[2].startswith("only_post")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        assert methods == set(operations), path


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/api/<script>"), ("POST", "/api/nothing"), ("DELETE", "/api/results")],
)
def test_address_that_is_no_route_is_an_error_in_json(method: str, address: str, app: Dash) -> None:
    response = app.server.test_client().open(address, method=method)
    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")
    assert response.mimetype == "application/json"


@pytest.mark.parametrize("path", PATHS)
def test_route_answers_as_described(path: str, app: Dash, schema: Any) -> None:
    for method in PATHS[path]:
        cases = schema[path][method.upper()].as_strategy()

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(cases)
        def answers_as_described(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

        answers_as_described()
