"""The published contract is valid, fresh, and its examples fit its own schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import app
from marketplace.web.export import PUBLISHED, SERVED, main, stale
from marketplace.web.openapi import openapi_document
from tests.fakes.http import event, invoke

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(json.dumps(openapi_document(app.ROUTES)))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert [] == [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]


def test_the_written_copies_are_fresh() -> None:
    assert [] == stale(ROOT), "run make openapi"


def test_check_names_the_copies_that_are_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    before = main(["--check"])
    said = capsys.readouterr().out
    written = main([])
    after = main(["--check"])

    assert (1, 0, 0) == (before, written, after)
    assert all(str(copy) in said for copy in (PUBLISHED, SERVED))


def test_every_route_is_documented(document: dict[str, Any]) -> None:
    routes = {str(route) for routes in app.ROUTES.values() for route in routes}

    assert routes == {name for name, _ in _operations(document)}


def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    problems = document["components"]["examples"]
    for name, operation in _operations(document):
        for media in _medias(operation):
            validator = Draft202012Validator({**media["schema"], "components": document["components"]})
            shown = (
                [media["example"]] if "example" in media else [problems[code]["value"] for code in media["examples"]]
            )
            for example in shown:
                assert [] == [error.message for error in validator.iter_errors(example)], name


def _medias(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in [operation.get("requestBody", {}), *operation["responses"].values()]:
        yield from (media for media in part.get("content", {}).values() if "schema" in media)


def test_a_route_that_needs_a_session_says_so(document: dict[str, Any]) -> None:
    expected = {"Public": [], "MaybeSignedIn": [{}, {"session": []}]}

    for name, operation in _operations(document):
        assert expected.get(operation["x-access"], [{"session": []}]) == operation["security"], name
        assert ("401" in operation["responses"]) or operation["x-access"] == "Public", name


def test_one_code_has_one_status(document: dict[str, Any]) -> None:
    statuses: dict[str, set[str]] = {}
    for _, operation in _operations(document):
        for status, answer in operation["responses"].items():
            examples = answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
            for code in examples:
                statuses.setdefault(code, set()).add(status)

    assert {} == {code: found for code, found in statuses.items() if len(found) > 1}


def test_the_contract_function_serves_the_document_and_the_page() -> None:
    contract = app.FUNCTIONS["contract"].handler

    served = invoke(contract, event("GET", "/openapi.json"))
    page = invoke(contract, event("GET", "/docs"))

    assert json.loads((ROOT / PUBLISHED).read_text(encoding="utf-8")) == served.json
    assert (200, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert all(operation["operationId"] in page.text for _, operation in _operations(served.json))
