"""Reviews through their Chalice app, with whole API Gateway events, on the real wiring."""

import json
from pathlib import Path

import pytest

from functions.reviews import handler
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.principal import Principal
from marketplace.kit.settings import Settings
from marketplace.wiring import Services
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.http import Api, invoke_file
from tests.unit.reviews.making import (
    BUYER_ID,
    ORDER_ID,
    SELLER_ID,
    STRANGER_ID,
    WINDOW_SECONDS,
    FrozenClock,
    MadeUpOrders,
    order,
)

EVENTS = sorted((Path(__file__).parents[2] / "events" / "reviews").glob("*.json"))
PATH = f"/orders/{ORDER_ID}/reviews"
WORD = {"rating": 5, "text": "Llegó antes de lo previsto."}
ANSWER = {"rating": 4, "text": "Paid at once."}


class MadeUpSessions:
    """Tokens that are the account's id."""

    def authenticate(self, token: str) -> Principal:
        if token not in {BUYER_ID, SELLER_ID, STRANGER_ID}:
            raise Unauthenticated
        return Principal(token, f"ses_{token}", email_verified=True, locale="en")


class Shelf:
    def __init__(self) -> None:
        self.clock = FrozenClock()
        going_on = order(order_id="ord_going_on", state="shipped", ended_at=None)
        self.services = Services(
            Settings(), clock=self.clock, sessions=MadeUpSessions(), order_store=MadeUpOrders(order(), going_on)
        )
        self.api = Api(self.services, {"reviews": handler.ROUTES})


@pytest.fixture
def shelf():
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        yield Shelf()


@pytest.fixture
def api(shelf):
    return shelf.api


def test_both_parties_write_blind_and_then_everybody_reads(api) -> None:
    first = api.post(PATH, WORD, token=BUYER_ID)
    assert (201, None, "buyer") == (first.status, first.json["published_at"], first.json["written_by"])
    assert api.get(PATH, token=BUYER_ID).json["mine"] == first.json
    blind = api.get(PATH, token=SELLER_ID).json
    assert (None, None) == (blind["mine"], blind["theirs"])
    assert api.get(f"/sellers/{SELLER_ID}/reviews").json == {"rating": None, "items": [], "cursor": None}

    second = api.post(PATH, ANSWER, token=SELLER_ID)
    assert second.json["published_at"] == "2026-03-02T09:30:00.000Z"
    seen = api.get(PATH, token=SELLER_ID).json
    assert (second.json, WORD["text"]) == (seen["mine"], seen["theirs"]["text"])

    about_seller = api.get(f"/sellers/{SELLER_ID}/reviews").json
    assert {"count": 1, "average_hundredths": 500, "stars": [0, 0, 0, 0, 1]} == about_seller["rating"]
    assert [WORD["text"]] == [it["text"] for it in about_seller["items"]]
    about_buyer = api.get(f"/buyers/{BUYER_ID}/reviews").json
    assert [ANSWER["text"]] == [it["text"] for it in about_buyer["items"]]


def test_the_public_does_not_learn_who_traded_with_whom(api) -> None:
    api.post(PATH, WORD, token=BUYER_ID)
    api.post(PATH, ANSWER, token=SELLER_ID)

    text = api.get(f"/sellers/{SELLER_ID}/reviews").text

    assert BUYER_ID not in text
    assert ORDER_ID not in text


def test_a_silent_party_loses_its_word_and_not_the_others(shelf) -> None:
    shelf.api.post(PATH, WORD, token=BUYER_ID)
    shelf.clock.advance(WINDOW_SECONDS)

    late = shelf.api.post(PATH, ANSWER, token=SELLER_ID)
    shelf.services.reviews.reveal_due(limit=50)

    assert (409, "review_window_closed") == (late.status, late.json["code"])
    assert shelf.api.get(PATH, token=SELLER_ID).json["theirs"]["text"] == WORD["text"]
    assert shelf.api.get(f"/sellers/{SELLER_ID}/reviews").json["rating"]["count"] == 1


def test_repeating_the_same_review_is_safe_and_another_one_is_refused(api) -> None:
    first, again = api.post(PATH, WORD, token=BUYER_ID), api.post(PATH, WORD, token=BUYER_ID)
    other = api.post(PATH, {**WORD, "rating": 1}, token=BUYER_ID)

    assert (first.status, first.json) == (again.status, again.json)
    assert (409, "already_reviewed") == (other.status, other.json["code"])


def test_a_strangers_order_answers_as_one_that_never_was(api) -> None:
    def shape(reply):
        return reply.status, {name: reply.json[name] for name in reply.json if name not in {"instance", "request_id"}}

    for call in (lambda path: api.get(path, token=STRANGER_ID), lambda path: api.post(path, WORD, token=STRANGER_ID)):
        foreign, missing = call(PATH), call("/orders/ord_never/reviews")
        assert shape(foreign) == shape(missing)
        assert foreign.status == 404


@pytest.mark.parametrize("token", [None, "forged"])
def test_who_is_not_signed_in_neither_writes_nor_reads_an_orders_reviews(api, token) -> None:
    assert {401} == {api.post(PATH, WORD, token=token).status, api.get(PATH, token=token).status}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": 4.5}, "rating"),
        ({"rating": True}, "rating"),
        ({"text": ""}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 2_001}, "text"),
        ({"text": "nul \x00"}, "text"),
        ({"stars": 5}, "stars"),
    ],
)
def test_a_bad_field_is_named(api, wrong, field) -> None:
    reply = api.post(PATH, {**WORD, **wrong}, token=BUYER_ID)

    assert reply.status == 422
    assert [field] == list(reply.json["fields"])


@pytest.mark.parametrize("query", [{"limit": 51}, {"limit": 0}, {"cursor": "nonsense"}, {"page": 2}])
def test_a_bad_query_is_refused_by_field(api, query) -> None:
    reply = api.get(f"/sellers/{SELLER_ID}/reviews", query=query)

    assert reply.status == 422
    assert list(query) == list(reply.json["fields"])


def test_refusals_speak_the_callers_language(api) -> None:
    replies = [
        api.post("/orders/ord_going_on/reviews", WORD, token=BUYER_ID, headers={"Accept-Language": it})
        for it in ("es", "en")
    ]

    assert [
        "Este pedido aún no ha terminado. Podrás valorarlo cuando termine.",
        "This order has not ended yet. Review it when it has.",
    ] == [reply.json["title"] for reply in replies]


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(api, path) -> None:
    held = json.loads(path.read_text())
    for given in held.get("given", []):
        invoke_file(api.apps["reviews"], path.with_name(given))

    reply = invoke_file(api.apps["reviews"], path)

    assert held["expect"]["status"] == reply.status
    assert held["expect"].get("code") == (reply.json or {}).get("code")
