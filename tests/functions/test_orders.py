"""/orders with whole gateway events: who sees what, and who may do what in every state."""

from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.kit.clock import to_text
from marketplace.orders.model import TRACKING_LENGTH_MAX
from marketplace.orders.process import LATEST, PROCESSES, Kind
from tests.functions.events import expected, run_event
from tests.functions.story import (
    BUYER,
    DISPUTE,
    OPERATOR_ID,
    ORDER,
    OTHER_SELLER,
    PLAIN_OPERATOR,
    SELLER,
    STRANGER,
    UNVERIFIED,
    bring_to,
)

EVENTS = sorted((Path(__file__).parents[2] / "events" / "orders").glob("*.json"))
STATES = [(version, state) for version, process in PROCESSES.items() for state in process.states]
WAITING = [(version, state) for version, state in STATES if PROCESSES[version].states[state].kind is Kind.WAITING]
REVIEWED_BY_OPERATOR = ["attest_delivery", "refund", "refuse"]
# Said a second time, apart from the tables that the product reads: who may do what, state by state.
MAY_AT_FIRST = {
    ("paid", BUYER): ["cancel"],
    ("paid", SELLER): ["ship", "cancel"],
    ("paid", OPERATOR_ID): ["refuse"],
    ("shipped", BUYER): ["confirm", "open_dispute"],
    ("shipped", OPERATOR_ID): REVIEWED_BY_OPERATOR,
    ("delivery_unproven", BUYER): ["confirm", "open_dispute"],
    ("delivery_unproven", OPERATOR_ID): REVIEWED_BY_OPERATOR,
    ("delivered", BUYER): ["confirm", "open_dispute"],
    ("delivered", OPERATOR_ID): ["refund", "refuse"],
    **{(state, SELLER): ["refund"] for state in ("shipped", "delivery_unproven", "delivered", "held")},
    ("held", BUYER): ["open_dispute"],
    ("held", OPERATOR_ID): ["clear", "refund", "refuse"],
    ("disputed", SELLER): ["answer"],
    ("dispute_review", OPERATOR_ID): ["decide"],
}
MAY = {
    1: MAY_AT_FIRST,
    2: {
        **MAY_AT_FIRST,
        ("reported_done", BUYER): ["confirm", "open_dispute"],
        ("reported_done", SELLER): ["refund"],
        ("reported_done", OPERATOR_ID): REVIEWED_BY_OPERATOR,
        ("delivered", BUYER): ["confirm", "open_return", "open_dispute"],
        ("return_open", BUYER): ["open_dispute"],
        ("return_open", SELLER): ["refund"],
        ("return_open", OPERATOR_ID): ["refund", "refuse"],
        ("held", BUYER): ["open_return", "open_dispute"],
        ("disputed", BUYER): ["agree", "agree_return", "drop"],
        ("disputed", SELLER): ["answer", "agree", "agree_return"],
        ("negotiating", BUYER): ["escalate", "agree", "agree_return", "drop"],
        ("negotiating", SELLER): ["escalate", "agree", "agree_return"],
        ("dispute_review", BUYER): ["agree", "agree_return", "drop"],
        ("dispute_review", SELLER): ["agree", "agree_return"],
        ("decided", BUYER): ["accept_decision", "appeal"],
        ("decided", SELLER): ["accept_decision", "appeal"],
        ("appeal_review", OPERATOR_ID): ["decide_appeal"],
    },
}
# How long each waits, said a second time too; the story begins on a Monday.
LASTS = {
    "awaiting_payment": timedelta(minutes=15),
    "paid": timedelta(days=14),
    "shipped": timedelta(days=30),
    "reported_done": timedelta(days=14),
    "delivery_unproven": timedelta(days=60),
    "delivered": timedelta(days=14),
    "return_open": timedelta(days=100),
    "held": timedelta(days=60),
    "disputed": timedelta(days=3),
    "negotiating": timedelta(days=7),
    "dispute_review": timedelta(days=60),
    "decided": timedelta(days=7),
    "appeal_review": timedelta(days=30),
    "charged_back": timedelta(days=120),
}
LASTED_AT_FIRST = LASTS | {"disputed": timedelta(days=5)}
DEEDS = {
    "ship": ("shipment", {"carrier": "correos", "tracking_number": "PK1"}),
    "confirm": ("confirm", None),
    "cancel": ("cancel", {"reason": "Changed my mind."}),
    "attest_delivery": ("delivery", {"evidence": "The carrier's signed receipt."}),
    "open_dispute": ("disputes", {"reason": "damaged", "statement": "It came broken."}),
}
# Whom the route itself turns away, whatever the order.
NOT_FOR = {"ship": {BUYER, OPERATOR_ID, STRANGER}, "attest_delivery": {BUYER, SELLER, STRANGER, PLAIN_OPERATOR}}
PARTY_TO = {
    "ship": {SELLER},
    "confirm": {BUYER, SELLER},
    "cancel": {BUYER, SELLER},
    "attest_delivery": {OPERATOR_ID},
    "open_dispute": {BUYER},  # for anybody else there is nothing to dispute
}


def read(story, who: str, order_id: str = "", **options):
    return story.get(f"/orders/{order_id or story.order_id}", who, **options)


def do(story, deed: str, who: str | None, order_id: str = ""):
    path, body = DEEDS[deed]
    return story.post(f"/orders/{order_id or story.order_id}/{path}", who, body)


def everything(story) -> object:
    view = story.world.view()
    return view.orders, view.moves, view.intents, view.ledger, story.stock()


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


# Who may do what.


@pytest.mark.parametrize(("version", "state"), STATES)
def test_in_every_state_each_actor_is_offered_exactly_what_they_may_do(story, version, state):
    story.world.place_under(version)
    bring_to(story, state)

    offered = {who: read(story, who).json for who in (BUYER, SELLER, OPERATOR_ID)}

    for who, order in offered.items():
        assert order["allowed_actions"] == MAY[version].get((state, who), []), who
    assert [offered[who]["role"] for who in (BUYER, SELLER, OPERATOR_ID)] == ["buyer", "seller", "operator"]
    assert {order["state"] for order in offered.values()} == {state}


@pytest.mark.parametrize(("version", "state"), STATES)
def test_in_every_state_what_is_not_offered_is_refused_and_changes_nothing(story, version, state):
    story.world.place_under(version)
    bring_to(story, state)
    before = everything(story)

    for deed in DEEDS:
        for who in (BUYER, SELLER, OPERATOR_ID, OTHER_SELLER, STRANGER):
            if deed in MAY[version].get((state, who), []):
                continue
            turned_away = who in NOT_FOR.get(deed, ()) or (deed == "attest_delivery" and who == OTHER_SELLER)
            status = 403 if turned_away else 409 if who in PARTY_TO[deed] else 404
            reply = do(story, deed, who)
            assert reply.status == status, (deed, who, reply.json)
            if status == 409:
                assert reply.json["code"] == "order_transition_refused"
                assert reply.json["facts"] == {"state": state, "transition": deed}

    assert everything(story) == before


@pytest.mark.parametrize(
    ("version", "state", "who", "deed"),
    [(version, *at, deed) for version, may in MAY.items() for at in may for deed in may[at] if deed in DEEDS],
)
def test_what_is_offered_is_done(story, version, state, who, deed):
    story.world.place_under(version)
    bring_to(story, state)

    reply = do(story, deed, who)

    target = next(row.target for row in PROCESSES[version].transitions if (row.name, row.source) == (deed, state))
    assert reply.status == (201 if deed == "open_dispute" else 200)
    assert story.order().state == target
    story.world.drain()


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_done_once(story, deed):
    state, who = next((state, who) for (state, who), deeds in MAY[LATEST].items() if deed in deeds)
    bring_to(story, state)
    do(story, deed, who)

    again = do(story, deed, who)

    assert again.status == 409
    story.world.drain()


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_does_anything_signed_out_or_unverified(story, deed):
    bring_to(story, "paid")

    assert [do(story, deed, who).status for who in (None, UNVERIFIED)] == [401, 403]


# Somebody else's.


@pytest.mark.parametrize("who", [STRANGER, OTHER_SELLER, PLAIN_OPERATOR])
@pytest.mark.parametrize("deed", ["read", "ship", "confirm", "cancel", "open_dispute"])
def test_somebody_elses_order_answers_as_one_that_never_was(story, who, deed):
    bring_to(story, "paid")
    if deed == "ship" and who != OTHER_SELLER:
        assert {do(story, deed, who, each).status for each in (ORDER, "ord_never")} == {403}
        return

    ask = (lambda order_id: read(story, who, order_id)) if deed == "read" else (lambda it: do(story, deed, who, it))
    foreign, missing = ask(ORDER), ask("ord_never")

    def shape(reply):
        return {name: value for name, value in reply.json.items() if name not in {"instance", "request_id"}}

    assert (foreign.status, foreign.json["code"]) == (404, "order_not_found")
    assert shape(foreign) == shape(missing)
    assert set(foreign.headers) == set(missing.headers)


# What it tells.


@pytest.mark.parametrize(("version", "state"), WAITING)
def test_a_waiting_order_says_until_when_and_what_silence_leads_to(story, version, state):
    story.world.place_under(version)
    bring_to(story, state)
    order = story.order()

    found = read(story, BUYER).json

    assert order.due_at - order.entered_at == (LASTED_AT_FIRST if version == 1 else LASTS)[state]
    assert found["due_at"] == to_text(order.due_at)
    first = found["if_nobody_acts"][0]
    assert first["state"] == state
    # What its returns wait for runs out before the order's own time does.
    assert first["at"] < found["due_at"] if state == "return_open" else first["at"] == found["due_at"]
    assert all(step["explanation"] for step in found["if_nobody_acts"])
    assert PROCESSES[version].states[found["if_nobody_acts"][-1]["then"]].kind is not Kind.WAITING


@pytest.mark.parametrize(("version", "state"), [each for each in STATES if each not in WAITING])
def test_an_order_that_waits_for_nobody_promises_nothing_more(story, version, state):
    story.world.place_under(version)
    bring_to(story, state)

    found = read(story, SELLER).json

    assert found["if_nobody_acts"] == []
    assert (found["ended_at"] is None) is (state == "settling")


@pytest.mark.parametrize(("kind", "days"), [("trader", 14), ("private", 3)])
def test_the_time_to_look_at_the_goods_follows_the_kind_of_seller(world, trade, kind, days):
    order = trade.delivered(kind=kind)

    assert order.due_at - order.entered_at == timedelta(days=days)


def test_a_held_order_says_that_silence_gives_the_money_back(story):
    story.reach("delivered")
    story.hold()

    found = read(story, BUYER).json

    assert [step["then"] for step in found["if_nobody_acts"]] == ["held", "settling"]
    assert found["under_review"] is True


def test_the_explanations_are_in_the_readers_language(story):
    story.reach("paid")

    told = [read(story, BUYER, headers={"Accept-Language": it}).json["if_nobody_acts"] for it in ("es", "en")]

    assert [each[0]["explanation"].split(" ")[0] for each in told] == ["Sin", "Not"]


def test_the_timeline_holds_every_step_with_who_when_and_why(story):
    story.reach("paid")
    story.world.clock.advance(hours=2)
    story.post(f"/orders/{ORDER}/cancel", BUYER, {"reason": "Found another."})
    story.world.drain()

    timeline = read(story, SELLER).json["timeline"]

    assert [(each["what"], each["by"], each["state"]) for each in timeline] == [
        ("place", "system", "awaiting_payment"),
        ("pay", "stripe", "paid"),
        ("cancel", "buyer", "settling"),
        ("settle", "system", "refunded"),
    ]
    assert timeline[2]["facts"] == {"reason": "Found another."}
    assert timeline[2]["at"] == "2026-11-02T11:00:00.000Z"


def test_an_order_shows_its_money_and_where_it_went(story):
    bring_to(story, "split")

    found = read(story, SELLER).json

    assert (found["total_minor"], found["refund_minor"], found["seller_minor"]) == (12_000, 3_000, 9_000)
    assert (found["commission_minor"], found["dispute_id"]) == (960, DISPUTE)


def test_shipping_shows_the_buyer_carrier_and_number(story):
    bring_to(story, "shipped")

    found = read(story, BUYER).json

    assert (found["carrier"], found["tracking_number"]) == ("correos", "PK1")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"carrier": ""}, "carrier"),
        ({"tracking_number": "x" * (TRACKING_LENGTH_MAX + 1)}, "tracking_number"),
        ({"tracking_number": 7}, "tracking_number"),
        ({"weight": 1}, "weight"),
    ],
)
def test_a_bad_shipment_is_refused_by_field_and_nothing_is_shipped(story, wrong, field):
    bring_to(story, "paid")

    reply = story.post(f"/orders/{ORDER}/shipment", SELLER, {**DEEDS["ship"][1], **wrong})

    assert (reply.status, list(reply.json["fields"])) == (422, [field])
    assert story.order().state == "paid"


def test_the_longest_tracking_number_is_taken(story):
    bring_to(story, "paid")
    longest = {"carrier": "c" * TRACKING_LENGTH_MAX, "tracking_number": "1" * TRACKING_LENGTH_MAX}

    assert story.post(f"/orders/{ORDER}/shipment", SELLER, longest).status == 200


def test_who_confirms_is_noted_as_who_saw_the_goods(story):
    bring_to(story, "shipped")

    found = do(story, "confirm", BUYER).json

    assert (found["state"], found["delivered_by"]) == ("settling", "buyer")
    story.world.drain()


def test_who_attested_is_noted_and_a_confirmation_does_not_overwrite_it(story):
    bring_to(story, "delivered")

    found = do(story, "confirm", BUYER).json

    assert (found["state"], found["delivered_by"]) == ("settling", "operator")
    story.world.drain()


# Lists.


@pytest.mark.parametrize(("who", "role"), [(BUYER, "buyer"), (SELLER, "seller")])
def test_each_side_lists_its_orders_the_newest_first_page_by_page(story, who, role):
    placed = []
    for number in range(3):
        story.world.clock.advance(seconds=1)
        placed.insert(0, story.check_out(key=f"cart-{number}").json["orders"][0]["order_id"])

    first = story.get("/orders", who, query={"role": role, "limit": 2}).json
    second = story.get("/orders", who, query={"role": role, "limit": 2, "cursor": first["cursor"]}).json

    assert [each["order_id"] for each in first["items"] + second["items"]] == placed
    assert second["cursor"] is None


def test_nobody_lists_other_peoples_orders(story):
    story.check_out()

    empty = {"items": [], "cursor": None}

    assert story.get("/orders", BUYER, query={"role": "seller"}).json == empty
    assert story.get("/orders", SELLER).json == empty
    assert story.get("/orders", STRANGER).json == empty


def test_a_cursor_of_one_list_opens_no_other(story):
    for number in range(2):
        story.check_out(key=f"cart-{number}")
    cursor = story.get("/orders", BUYER, query={"limit": 1}).json["cursor"]

    found = story.get("/orders", STRANGER, query={"cursor": cursor}).json

    assert found["items"] == []


@pytest.mark.parametrize("query", [{"cursor": "nonsense"}, {"limit": 0}, {"limit": 101}, {"role": "operator"}])
def test_a_bad_query_is_refused_by_field(story, query):
    reply = story.get("/orders", BUYER, query=query)

    assert (reply.status, list(reply.json["fields"])) == (422, list(query))
