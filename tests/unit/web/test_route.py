"""Declaring a route."""

import pytest

from marketplace.web import Content, Public, Route, make_app, route
from tests.unit.web.making import NewThing, Thing, drop_thing, get_thing, make_thing, services_of


def _view(request, services):
    """Do one thing.

    And say more
    about it.
    """


def test_a_decorated_view_is_a_value_that_knows_its_declaration() -> None:
    declared = route("POST", "/things/{thing_id}", access=Public, body=NewThing, returns=Thing)(_view)

    assert isinstance(declared, Route)
    assert str(declared) == "POST /things/{thing_id}"
    assert declared.parameters == ("thing_id",)
    assert (declared.name, declared.summary) == ("_view", "Do one thing.")
    assert declared.description == "And say more\nabout it."


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("FETCH", "/things", {"returns": Thing}),
        ("GET", "things", {"returns": Thing}),
        ("GET", "/Things", {"returns": Thing}),
        ("GET", "/things/", {"returns": Thing}),
        ("GET", "/things/{thing-id}", {"returns": Thing}),
        ("GET", "/things/{proxy+}", {"returns": Thing}),
        ("GET", "/things", {"returns": Thing, "body": NewThing}),
        ("DELETE", "/things", {"returns": Thing, "body": NewThing}),
        ("POST", "/things", {"returns": Thing, "body": NewThing, "raw": True}),
        ("POST", "/things", {}),
        ("POST", "/things", {"returns": Thing, "status": 204}),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(method: str, path: str, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        route(method, path, access=Public, **options)


def test_access_must_be_declared() -> None:
    with pytest.raises(TypeError):
        route("GET", "/things", returns=Content)


def test_two_routes_with_one_method_and_path_are_refused() -> None:
    with pytest.raises(ValueError, match="Duplicate"):
        make_app("things", make_thing, make_thing, services=services_of)


def test_a_route_serves_on_two_apps_alike() -> None:
    first = make_app("first", drop_thing, get_thing, services=services_of)
    second = make_app("second", drop_thing, get_thing, services=services_of)

    assert first.mounted == second.mounted
    for app in (first, second):
        assert set(app.routes["/things/{thing_id}"]) == {"DELETE", "GET", "OPTIONS"}
        assert app.routes["/things/{thing_id}"]["DELETE"].content_types == ["*/*"]
