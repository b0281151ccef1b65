"""The web room's names are imported when they are asked for."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace import web

ROOT = Path(__file__).parents[3]


def modules_after(program: str) -> set[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'layers/shared/python'}{os.pathsep}{ROOT}"}
    ran = subprocess.run(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return set(ran.stdout.split())


@pytest.mark.parametrize("name", web.__all__)
def test_every_listed_name_is_there(name) -> None:
    assert getattr(web, name) is not None


def test_no_module_of_the_room_hides_a_listed_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(web.__path__)}

    assert modules & set(web.__all__) == set()


def test_an_unknown_name_is_refused_as_any_module_would() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        web.nothing  # noqa: B018


@pytest.mark.parametrize("function", ["escrow_clock", "fraud_screening", "notification_delivery", "outbox_relay"])
def test_a_consumer_starts_without_chalice(function) -> None:
    loaded = modules_after(f"import functions.{function}.handler")

    assert "marketplace.web.consumers" in loaded
    assert "chalice" not in loaded


def test_a_function_that_serves_no_request_imports_no_sdk_until_its_first_call() -> None:
    loaded = modules_after("import functions.fraud_screening.handler")

    assert loaded & {"botocore.session", "pynamodb", "stripe"} == set()
