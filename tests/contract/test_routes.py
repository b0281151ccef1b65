"""What is deployed, what is listed and what is written are the same routes."""

import ast
import importlib
import inspect
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from marketplace.web import Route
from marketplace.web.headers import ALLOWED_HEADERS, ALLOWED_METHODS

ROOT = Path(__file__).parents[2]
VIEW_LINES_MAX = 15
FUNCTION_TYPE = "AWS::Serverless::Function"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags, which are read as their plain values."""


def _plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _plain)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return yaml.load((ROOT / "infra/template.yaml").read_text(), Loader=_Loader)  # noqa: S506 - derives from SafeLoader


def _deployed(template: dict[str, Any]) -> set[tuple[str, str, str]]:
    found = set()
    for resource in template["Resources"].values():
        if not isinstance(resource, dict) or resource.get("Type") != FUNCTION_TYPE:
            continue
        folder = Path(resource["Properties"]["CodeUri"]).name
        for event in resource["Properties"].get("Events", {}).values():
            if event["Type"] == "Api":
                found.add((folder, event["Properties"]["Method"].upper(), event["Properties"]["Path"]))
    return found


def _listed() -> set[tuple[str, str, str]]:
    return {(name, route.method, route.path) for name, routes in app.ROUTES.items() for route in routes}


def _routes() -> list[Route]:
    return [route for routes in app.ROUTES.values() for route in routes]


def test_every_function_folder_with_routes_stands_in_app_py() -> None:
    folders = {
        path.parent.name
        for path in (ROOT / "functions").glob("*/handler.py")
        if "\nROUTES" in path.read_text(encoding="utf-8")
    }

    assert folders == set(app.ROUTES)


def test_the_template_deploys_exactly_the_routes_of_app_py(template: dict[str, Any]) -> None:
    assert _listed() == _deployed(template)


def test_the_gateways_preflight_allows_what_the_api_reads(template: dict[str, Any]) -> None:
    cors = template["Resources"]["Api"]["Properties"]["Cors"]

    allowed_headers = set(cors["AllowHeaders"].strip("'").replace(" ", "").split(","))
    allowed_methods = set(cors["AllowMethods"].strip("'").replace(" ", "").split(","))

    assert set(ALLOWED_HEADERS.split(", ")) <= allowed_headers
    assert {route.method for route in _routes()} | {"OPTIONS"} <= allowed_methods
    assert allowed_methods <= set(ALLOWED_METHODS.split(", "))


def test_the_one_app_serves_every_listed_route() -> None:
    served = {(route.method, route.path) for route in app.app.mounted}

    assert {(method, path) for _, method, path in _listed()} == served


@pytest.mark.parametrize("name", sorted(app.ROUTES))
def test_each_function_serves_its_own_routes_and_no_other(name: str) -> None:
    module = importlib.import_module(f"functions.{name}.handler")

    assert module.ROUTES == module.handler.mounted
    assert name == module.handler.app_name


def test_operation_names_are_unique() -> None:
    repeated = [name for name, count in Counter(route.name for route in _routes()).items() if count > 1]

    assert [] == repeated


@pytest.mark.parametrize("route", _routes(), ids=str)
def test_a_route_says_who_may_call_it_and_what_it_does(route: Route) -> None:
    assert route.access.name
    assert route.view.__doc__, f"{route} has no docstring"
    assert route.summary[0].isupper(), route.summary


def test_request_shapes_refuse_what_they_do_not_know() -> None:
    shapes = {shape for route in _routes() for shape in (route.body, route.query) if shape is not None}

    assert [] == [shape.__name__ for shape in shapes if not shape.__struct_config__.forbid_unknown_fields]


def test_views_are_short() -> None:
    long = {str(route): lines for route in _routes() if (lines := _body_lines(route)) > VIEW_LINES_MAX}

    assert {} == long


def _body_lines(route: Route) -> int:
    (view,) = ast.parse(textwrap.dedent(inspect.getsource(route.view))).body
    assert isinstance(view, ast.FunctionDef)
    statements = view.body[1:] if ast.get_docstring(view) else view.body
    return (view.end_lineno or 0) - statements[0].lineno + 1
