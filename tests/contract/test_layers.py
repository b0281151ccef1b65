"""A function that lacks a layer fails in the tests as it would fail when deployed."""

import pytest

from tests.fakes.layers import LAYER_OF, layers_by_function, only_its_layers


def _import(library):
    exec(f"import {library}", {"__name__": "marketplace.somewhere"})  # noqa: S102 - an import, as a module would have it


@pytest.mark.parametrize("library", LAYER_OF)
def test_a_library_is_there_for_who_has_its_layer_and_for_nobody_else(library):
    having = [name for name, layers in layers_by_function().items() if LAYER_OF[library] in layers]
    lacking = sorted(set(layers_by_function()) - set(having))

    for name in having:
        with only_its_layers(name):
            _import(library)
    for name in lacking:
        with only_its_layers(name), pytest.raises(ModuleNotFoundError, match=f"{name} has no {LAYER_OF[library]}"):
            _import(library)
    assert having
    assert lacking
