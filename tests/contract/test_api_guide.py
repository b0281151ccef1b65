"""docs/api/README.md says what the API does: its exchanges are sent, in their order, and answered as it says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.principal import Principal
from marketplace.kit.settings import Settings
from marketplace.web.decode import REASONS
from marketplace.wiring import Services
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.http import Api, Reply
from tests.unit.catalog.making import SELLER, CountedIds, FrozenClock, MadeUpGate, MadeUpSellers

GUIDE = Path(__file__).parents[2] / "docs/api/README.md"
BLOCK = re.compile(r"```http\n(.*?)\n```", re.DOTALL)
ANYTHING = "…"
LISTED_BEFORE = 2  # listings on sale when the guide begins


class SellerSessions:
    """One token, which is the seller's account id."""

    def authenticate(self, token: str) -> Principal:
        if token != SELLER:
            raise Unauthenticated
        return Principal(SELLER, "ses_1", email_verified=True, locale="es", has_applied=True, seller_active=True)


@pytest.fixture
def api() -> Iterator[Api]:
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        given = {"sessions": SellerSessions(), "sellers": MadeUpSellers(), "traders": MadeUpGate(MadeUpSellers())}
        api = Api(Services(Settings(), clock=FrozenClock(), ids=CountedIds(), **given), app.ROUTES)
        for place in range(LISTED_BEFORE):
            _put_on_sale(api, f"before-{place}")
        yield api


def _put_on_sale(api: Api, key: str) -> None:
    listing = {
        "title": "Objetivo de 50 mm",
        "description": "Luminoso.",
        "category": "photography",
        "price_minor": 8_000,
        "currency": "eur",
        "stock": 1,
        "language": "es",
    }
    made = api.post("/listings", listing, token=SELLER, key=key)
    assert api.post(f"/listings/{made.json['listing_id']}/publish", token=SELLER).status == 200


def _exchanges() -> list[tuple[str, str]]:
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    return list(zip(blocks[::2], blocks[1::2], strict=True))


def _split(block: str) -> tuple[str, dict[str, str], str]:
    head, _, body = block.partition("\n\n")
    first, *lines = head.splitlines()
    return first, dict(line.split(": ", 1) for line in lines), body


def _send(api: Api, block: str, known: dict[str, str]) -> Reply:
    first, headers, body = _split(_filled(block, known))
    method, _, target = first.partition(" ")
    path, _, query = target.partition("?")
    pairs = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
    return api.call(method, path, body or None, headers=headers, query=pairs)


def _filled(text: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _differences(shown: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Compare what the guide shows with the answer; of an object only the fields that it shows."""
    if isinstance(shown, dict) and isinstance(actual, dict):
        for name, value in shown.items():
            yield from _differences(value, actual.get(name, "nothing"), f"{path}.{name}")
    elif isinstance(shown, list) and isinstance(actual, list) and len(shown) == len(actual):
        for place, value in enumerate(shown):
            yield from _differences(value, actual[place], f"{path}[{place}]")
    elif shown != actual and not (shown == ANYTHING and actual):
        yield f"{path}: {shown!r} is shown, {actual!r} was answered"


def test_every_exchange_of_the_guide_goes_as_it_says(api: Api) -> None:
    known: dict[str, str] = {}

    for request, answer in _exchanges():
        reply = _send(api, request, known)

        first, headers, body = _split(_filled(answer, known))
        where = request.splitlines()[0]
        assert first.removeprefix("HTTP/1.1 ") == str(reply.status), f"{where}: {reply.text}"
        assert list(_differences(json.loads(body), reply.json)) == [], where
        assert {name: reply.headers.get(name.lower()) for name in headers} == headers, where
        known |= {name: value for name, value in reply.json.items() if isinstance(value, str)}


def test_the_guide_explains_every_reason_a_field_is_refused_for() -> None:
    text = GUIDE.read_text(encoding="utf-8")

    assert [reason for reason in sorted(REASONS) if f"`{reason}`" not in text] == []
