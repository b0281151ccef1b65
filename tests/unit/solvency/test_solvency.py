"""The proof over whole trades: what is owed is what the books say, and each finds their own part in it."""

import importlib.util
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.solvency import stopping
from marketplace.solvency.model import COVERED, COVERED_WHEN_RELEASED, SHORT, Signed
from marketplace.solvency.text import hash_of
from tests.functions.story import BUYER, ORDER, SELLER, STRANGER, Story, bring_to
from tests.unit.payments.test_desk import parked_transfer

OLD = Path(__file__).parent / "statement_of_the_first_format.json"
VERIFIER = Path(__file__).parents[3] / "docs/verify_solvency.py"


def verifier():
    spec = importlib.util.spec_from_file_location("verify_solvency", VERIFIER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def taxed(world):
    story = Story(world)
    world.settings = replace(world.settings, vat_country="ES")
    world.restart()
    return story


def stated(story) -> dict:
    run = story.services.solvency.run()
    return json.loads(run.signed.text)["currencies"]


def proof(story, who: str) -> dict:
    reply = story.get("/solvency/latest/proof", who)
    assert reply.status == 200
    return reply.json


def test_nothing_traded_is_a_statement_too(taxed):
    assert stated(taxed) == {}


def test_what_is_held_is_owed_in_full(taxed):
    bring_to(taxed, "shipped")

    euros = stated(taxed)["eur"]

    assert (euros["owed_minor"], euros["claims"]) == ({"held": 12_000}, 1)
    assert euros["at_stripe_minor"] < 12_000  # Stripe kept its fee at once
    assert (euros["status"], euros["expected_commission_minor"]) == (COVERED_WHEN_RELEASED, 960)


def test_after_a_release_the_platform_owes_only_the_tax_office_and_the_seller_has_the_rest(taxed):
    bring_to(taxed, "released")

    euros = stated(taxed)["eur"]

    assert (euros["owed_minor"], euros["status"]) == ({"vat": 202}, COVERED)
    assert (euros["balances"]["total_minor"], euros["balances"]["status"]) == (12_000 - 960 - 202, COVERED)


def test_what_a_bank_took_back_is_not_owed_twice(taxed):
    bring_to(taxed, "charged_back")

    euros = stated(taxed)["eur"]

    assert (euros["owed_minor"], euros["with_banks_minor"]) == ({}, 12_000)


@pytest.mark.parametrize("who", [BUYER, SELLER])
def test_both_parties_find_the_held_order_counted(taxed, who):
    bring_to(taxed, "shipped")
    taxed.services.solvency.run()

    lines = verifier().verify(proof(taxed, who), expected={(f"held:{ORDER}", "eur"): 12_000})

    assert any(f"held:{ORDER}" in line for line in lines)


def test_a_seller_finds_the_balance_that_lies_at_stripe_counted_beside_what_is_held(taxed):
    bring_to(taxed, "released")
    taxed.services.solvency.run()

    lines = verifier().verify(proof(taxed, SELLER), expected={(f"balance:{SELLER}", "eur"): 12_000 - 960 - 202})

    assert f"counted: balance:{SELLER}, 10838 eur (minor units)" in lines
    assert "eur: sellers' balances 10838, 1 of 1 balances compared, at Stripe 10838, covered" in lines


def test_nobody_else_is_shown_a_sellers_balance(taxed):
    bring_to(taxed, "released")
    taxed.services.solvency.run()

    assert [each["claim"] for each in proof(taxed, BUYER)["proofs"]] == []
    assert [each["claim"] for each in proof(taxed, SELLER)["proofs"]] == [f"balance:{SELLER}"]


def test_a_balance_hidden_among_what_the_platform_owes_does_not_check(taxed):
    bring_to(taxed, "released")
    taxed.services.solvency.run()
    answer, check = proof(taxed, SELLER), verifier()
    answer["proofs"][0]["claim"] = f"owed:{SELLER}"

    with pytest.raises(check.Wrong, match="root"):
        check.verify(answer)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"at_stripe_minor": 99}, "less missing"),
        ({"missing_minor": 10, "at_stripe_minor": 90}, "not covered"),
        ({"compared": 1}, "not covered"),
        ({"total_minor": 150}, "not covered"),
        ({"unsound": 1}, "not covered"),
        ({"unsound": 1, "status": "partly_compared"}, "not partly_compared"),
        ({"missing_minor": -1}, "no amount"),
    ],
)
def test_what_is_said_of_sellers_balances_must_agree_with_itself(said, why):
    check, sound = verifier(), {"total_minor": 100, "claims": 2, "compared": 2, "compared_minor": 100}
    sound |= {"at_stripe_minor": 100, "missing_minor": 0, "over_minor": 0, "unsound": 0, "status": "covered"}
    told = check._balances("eur", sound)

    with pytest.raises(check.Wrong, match=why):
        check._balances("eur", sound | said)
    assert told == "eur: sellers' balances 100, 2 of 2 balances compared, at Stripe 100, covered"


def test_a_statement_of_the_first_format_checks_as_it_did():
    old = json.loads(OLD.read_text())

    lines = verifier().verify(old, expected={("held:ord_4tytfd4f0n1yspsq4t9ebtr0q0", "eur"): 12_000})

    assert json.loads(old["text"])["format"] == "aval-solvency-1"
    assert "counted: held:ord_4tytfd4f0n1yspsq4t9ebtr0q0, 12000 eur (minor units)" in lines
    assert not any("balances" in line for line in lines)


def test_a_statement_of_the_first_format_proves_no_balance():
    old, check = json.loads(OLD.read_text()), verifier()
    old["proofs"][0]["claim"] = f"balance:{SELLER}"

    with pytest.raises(check.Wrong, match="says nothing of balances"):
        check.verify(old)


def test_a_statement_of_the_first_format_is_shown_as_it_was_published(taxed):
    old, now = json.loads(OLD.read_text()), taxed.world.clock.now()
    signed = Signed("slv_old", old["date"], now, old["text"], old["signature"], old["key_id"])
    taxed.services.transactions.commit([taxed.services.proof_store.publish(signed)])

    shown = taxed.get(f"/solvency/{old['date']}").json

    assert (shown["text"], shown["signature"]) == (old["text"], old["signature"])
    assert shown["currencies"]["eur"]["balances"] is None


def test_a_stranger_is_shown_nobodys_claims(taxed):
    bring_to(taxed, "shipped")
    taxed.services.solvency.run()

    assert proof(taxed, STRANGER)["proofs"] == []


def test_a_claim_that_is_missing_or_too_small_is_found(taxed):
    bring_to(taxed, "shipped")
    taxed.services.solvency.run()
    check = verifier()

    with pytest.raises(check.Wrong, match="is owed"):
        check.verify(proof(taxed, BUYER), expected={(f"held:{ORDER}", "eur"): 12_001})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.update(text=answer["text"].replace("12000", "11000")),
        lambda answer: answer["proofs"][0].update(amount_minor=11_999),
        lambda answer: answer["proofs"][0].update(amount_minor=-1),
        lambda answer: answer["proofs"][0].update(claim="held:ord_other"),
        lambda answer: answer["proofs"][0].update(salt="00" * 32),
        lambda answer: answer["proofs"][0]["path"].append({"side": "left", "hash": "00" * 32, "sum_minor": 0}),
    ],
)
def test_whatever_is_changed_no_longer_checks(taxed, spoil):
    bring_to(taxed, "shipped")
    taxed.services.solvency.run()
    answer, check = proof(taxed, BUYER), verifier()
    spoil(answer)

    with pytest.raises(check.Wrong):
        check.verify(answer)


def test_a_key_that_is_not_the_one_kept_is_refused(taxed):
    taxed.services.solvency.run()
    check = verifier()

    with pytest.raises(check.Wrong, match="another key"):
        check.verify(proof(taxed, BUYER), key="else")


def test_each_statement_names_the_one_before(taxed):
    first = taxed.services.solvency.run()
    taxed.world.clock.advance(days=1)
    second = taxed.services.solvency.run()

    assert json.loads(second.signed.text)["previous"] == hash_of(first.signed.text)
    assert json.loads(first.signed.text)["previous"] is None


@pytest.mark.parametrize("days", [0, 1, 2, 9])
def test_a_later_run_begins_from_the_last_and_finds_the_same(taxed, days):
    bring_to(taxed, "shipped")
    taxed.services.solvency.run()
    taxed.world.clock.advance(days=days, minutes=1)

    assert stated(taxed)["eur"]["owed_minor"] == {"held": 12_000}


def test_what_is_booked_between_two_runs_is_seen(taxed):
    bring_to(taxed, "delivered")
    taxed.services.solvency.run()
    taxed.world.clock.advance(days=2)
    taxed.services.orders.confirm(ORDER, BUYER)
    taxed.world.drain()

    assert stated(taxed)["eur"]["owed_minor"] == {"vat": 202}


def test_money_that_is_not_there_stops_payments_of_its_currency(taxed):
    bring_to(taxed, "shipped")

    class Robbed:
        def balances(self):
            return {"eur": 5_000}

    taxed.world.given["stripe_balances"] = Robbed()
    taxed.world.restart()

    assert stated(taxed)["eur"]["status"] == SHORT
    assert [each.scope for each in taxed.services.switch.standing()] == ["currency:eur"]


def test_the_page_of_a_day_is_its_last_statement(taxed):
    taxed.services.solvency.run()
    bring_to(taxed, "shipped")
    taxed.services.solvency.run()
    day = taxed.services.solvency.statement().date

    reply = taxed.get(f"/solvency/{day}")

    assert reply.status == 200
    assert reply.json["currencies"]["eur"]["total_owed_minor"] == 12_000
    assert taxed.get("/solvency/2020-01-01").json["code"] == "solvency_not_found"
    assert taxed.get("/solvency/yesterday").json["code"] == "bad_day"


def test_a_transfer_whose_outcome_nobody_knows_is_named_as_moving(taxed):
    bring_to(taxed, "delivered")
    taxed.services.orders.confirm(ORDER, BUYER)
    taxed.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with suppress(Unavailable):
        taxed.services.settlement.settle(ORDER)

    euros = stated(taxed)["eur"]

    assert (euros["owed_minor"], euros["moving_minor"]) == ({"owed": 12_000 - 960 - 202, "vat": 202}, 10_838)
    taxed.world.clock.advance(hours=1)
    taxed.world.sweep()


def test_what_waits_for_people_explains_no_shortage(world, trade):
    order, _ = parked_transfer(trade)
    real = world.services.stripe_balances.balances()

    class Robbed:
        def balances(self):
            return {"eur": real["eur"] - 9_000}

    world.given["stripe_balances"] = Robbed()
    world.restart()

    run = world.services.solvency.run()

    assert order.currency == "eur"
    assert [(each.currency, each.moving_minor, each.status) for each in run.coverings] == [("eur", 0, SHORT)]


def test_a_moment_that_does_not_hold_still_is_looked_at_again(taxed):
    bring_to(taxed, "delivered")
    looks = []

    class Busy:
        def balances(self):
            looks.append(1)
            if len(looks) == 1:
                taxed.services.orders.confirm(ORDER, BUYER)
                taxed.world.drain()
            return {"eur": 100_000}

    taxed.world.given["stripe_balances"] = Busy()
    taxed.world.restart()

    assert stated(taxed)["eur"]["owed_minor"] == {"vat": 202}
    assert len(looks) == 2


class Told:
    """Stripe's balances as somebody tells them."""

    def __init__(self, **balances):
        self._balances = balances

    def balances(self):
        return self._balances


def run_with(story, **balances):
    solvency = story.services.solvency
    solvency._moments._balances = Told(**balances)
    return solvency.run()


def stopped(story):
    return sorted(each.scope for each in story.services.switch.standing())


def test_a_balance_below_zero_in_a_currency_that_nobody_trades_hides_no_shortfall(taxed):
    bring_to(taxed, "shipped")

    made = run_with(taxed, chf=-700, eur=0)

    assert [each.currency for each in made.short] == ["chf", "eur"]  # both are rung for
    assert stopped(taxed) == ["currency:eur"]  # nobody is owed a franc: nobody's payment waits for one


def test_a_currency_that_nobody_trades_and_that_is_owed_stops_everything(taxed, monkeypatch):
    bring_to(taxed, "shipped")
    monkeypatch.setattr(stopping, "CURRENCIES", frozenset({"usd"}))

    run_with(taxed, eur=0)

    assert stopped(taxed) == ["everything"]


@pytest.mark.parametrize("error", [Unavailable, KeyError], ids=["not heard", "a row of the switch"])
def test_a_stop_that_fails_keeps_no_other_currency_from_its_own(taxed, monkeypatch, error):
    bring_to(taxed, "shipped")
    stop = taxed.services.switch.stop
    monkeypatch.setattr(stopping, "CURRENCIES", frozenset({"chf", "eur"}))

    def sometimes(scope, cause, reasons):
        if scope == "currency:chf":
            raise error
        return stop(scope, cause, reasons)

    monkeypatch.setattr(taxed.services.switch, "stop", sometimes)
    with pytest.raises(error):
        run_with(taxed, chf=-700, eur=0)

    assert stopped(taxed) == ["currency:eur"]
