"""/payouts with whole gateway events: a seller's own money, explained to the cent, and nobody else's."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.crash.payout_deeds import arrive, with_factor
from tests.functions.events import expected, run_event
from tests.functions.story import ORDER, OTHER_SELLER, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "payouts").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


def pay_out(story):
    """Bring the order to a payout that has reached the bank, and return it."""
    with_factor(story.trade, SELLER)
    bring_to(story, "released")
    story.world.drain()
    story.world.clock.advance(days=8)
    story.services.payout_run.run()
    arrive(story.trade)
    return story.get("/payouts", SELLER).json["items"][0]


def test_the_balance_accounts_for_every_cent(story):
    bring_to(story, "released")
    story.world.drain()

    [balance] = story.get("/payouts/balance", SELLER).json["balances"]

    parts = ("on_hold", "available", "reserved", "in_transit", "paid")
    assert sum(balance[f"{part}_minor"] for part in parts) == balance["earned_minor"] - balance["reversed_minor"]
    assert [hold["cause"] for hold in balance["holds"]] == ["reserve", "clearing", "factor_missing"]
    assert balance["available_minor"] + sum(hold["kept_minor"] for hold in balance["holds"]) == balance["balance_minor"]
    assert all(hold["until"] for hold in balance["holds"][:2])
    assert balance["reserved_minor"] == sum(part["amount_minor"] for part in balance["reserves"])


def test_a_payout_names_the_orders_in_it_to_the_cent(story):
    paid = pay_out(story)

    found = story.get(f"/payouts/{paid['payout_id']}", SELLER).json

    parts = found["parts"]["items"]
    whole = found["brought_minor"] + sum(part["amount_minor"] for part in parts) - found["kept_minor"]
    assert (paid["state"], whole) == ("paid", paid["amount_minor"])
    assert {part["order_id"] for part in parts} == {ORDER}


def test_a_payout_of_somebody_else_is_not_there(story):
    paid = pay_out(story)

    reply = story.get(f"/payouts/{paid['payout_id']}", OTHER_SELLER)

    assert (reply.status, reply.json["code"]) == (404, "payout_not_found")


def test_a_schedule_is_chosen_with_a_fresh_proof_only(story):
    story.world.clock.advance(minutes=6)

    reply = story.call("PUT", "/payouts/schedule", SELLER, {"interval": "monthly"})

    assert (reply.status, reply.json["code"]) == (403, "step_up_required")


def test_a_refused_payout_says_why_in_plain_words(story):
    paid = pay_out(story)
    payout = story.services.payouts.read(paid["payout_id"])
    story.world.stripe.fail_payout(payout.stripe_payout_id, code="account_closed")
    story.world.drain()

    [failed] = story.get("/payouts", SELLER).json["items"]

    assert failed["state"] == "failed"
    assert failed["reason"] in {"The bank account was closed.", "La cuenta bancaria está cerrada."}


def test_the_rules_are_public_and_name_every_cause(story):
    rules = story.get("/payouts/rules").json

    assert {hold["cause"] for hold in rules["holds"]} >= {"cooling", "reserve", "chargeback", "kill_switch", "debt"}
    assert [rule["basis_points"] for rule in rules["reserve"]] == [2_000, 1_000, 0]
    assert rules["minimum_minor"]["jpy"] > 0


def test_a_hold_of_finance_is_seen_with_its_reasons_and_its_end(story):
    bring_to(story, "released")
    until = story.world.clock.now() + timedelta(days=5)
    story.services.payout_decisions.hold(SELLER, "A document is missing.", until, by="acc_finance")

    [balance] = story.get("/payouts/balance", SELLER).json["balances"]

    [hold] = [each for each in balance["holds"] if each["cause"] == "manual"]
    assert (hold["reasons"], bool(hold["until"]), balance["available_minor"]) == ("A document is missing.", True, 0)
