"""What lies in sellers' own accounts at Stripe: each balance counted, compared, and provable by whose it is."""

import json
import random
from datetime import timedelta

import pytest

from marketplace.payments.model import IntentKind
from marketplace.payouts.model import Purse
from marketplace.payouts.purse_store import purse_key
from marketplace.payouts.table_store import PurseItem
from marketplace.solvency import balances, stopping
from marketplace.solvency.model import COVERED, PARTLY_COMPARED, SHORT, UNSETTLED, UNSOUND, Base, Signed
from tests.crash.payout_deeds import account_of, arrive, due, next_date, paid, pay_out, released, second
from tests.crash.refund_deeds import ask
from tests.crash.refund_deeds import pay_out as pay_out_by_hand
from tests.fakes.trade import Trade
from tests.fakes.world import new_world


@pytest.fixture
def planted():
    """A marketplace in which something is wrong on purpose: its promises do not hold at the end."""
    with new_world() as world:
        yield Trade(world)


def purse_of(trade, order):
    return trade.services.payout_table.purse(order.seller_id, order.currency)[0]


def stated(trade, currency="eur"):
    told = trade.services.solvency.run().signed.text
    return json.loads(told)["currencies"][currency]["balances"]


def counted_for(trade, order):
    """Return what a statement of now counts as this seller's balance."""
    trade.services.solvency.run()
    proofs = trade.services.solvency.proofs(order.seller_id)[1]
    return sum(each.claim.amount_minor for each in proofs if each.claim.kind == "balance")


def stopped(trade):
    return {each.scope: each.cause for each in trade.services.switch.standing()}


def test_what_is_available_and_what_is_reserved_are_one_balance(trade):
    order = released(trade)
    purse = purse_of(trade, order)

    assert purse.reserved_minor > 0
    assert counted_for(trade, order) == purse.available_minor + purse.reserved_minor == 9_200


def test_what_is_on_its_way_to_a_bank_is_the_sellers_until_it_is_there(trade):
    order = due(trade)
    trade.services.payout_run.run()
    moving_minor = purse_of(trade, order).in_transit_minor
    before = counted_for(trade, order)
    arrive(trade)

    assert moving_minor > 0
    assert (before, counted_for(trade, order)) == (9_200, 9_200 - moving_minor)


def test_a_seller_who_was_paid_everything_has_no_claim(trade):
    order = released(trade)
    pay_out(trade, order)
    trade.world.clock.advance(days=100)
    for _ in range(3):
        next_date(trade, order)
        pay_out(trade, order)

    assert purse_of(trade, order).paid_minor == 9_200
    assert counted_for(trade, order) == 0


def at_stripe(trade):
    """Return what the local Stripe has of sellers: in their accounts, and in payouts that are on their way."""
    stripe = trade.world.stripe
    accounts = [each["id"] for each in stripe.objects("account")]
    held = sum(sum(stripe.balances().get(each, {}).get("eur", {}).values()) for each in accounts)
    leaving = (payout for each in accounts for payout in stripe.objects("payout", each))
    return held + sum(each["amount"] for each in leaving if each["status"] in {"pending", "in_transit"})


def deeds(trade, rng):
    """Do some of what moves sellers' money, in any order, and deliver everything."""
    orders = [released(trade)]
    released(trade)  # and nothing more befalls this one
    for _ in range(6):
        order = rng.choice(orders)
        match rng.randrange(6):
            case 0:
                orders.append(released(trade))
            case 1:
                second(trade, order)
            case 2:
                trade.services.payout_run.run()
            case 3:
                next_date(trade, order)
                trade.services.payout_run.run()
            case 4:
                charged_back(trade, order)
            case 5:
                arrive(trade)
        trade.world.drain()


def charged_back(trade, order):
    stripe = trade.world.stripe
    charge = next(each for each in stripe.objects("charge") if each["transfer_group"] == order.payment_id)
    if not charge["disputed"]:
        dispute = stripe.open_dispute(charge["id"])
        trade.world.drain()
        stripe.close_dispute(dispute["id"], won=False)


@pytest.mark.parametrize("seed", range(5))
def test_after_any_flow_all_balances_are_what_stripe_has_for_sellers(trade, seed):
    deeds(trade, random.Random(seed))  # noqa: S311 - a choice of deeds, not a secret

    said = stated(trade)

    assert said["total_minor"] == said["at_stripe_minor"] == at_stripe(trade)
    assert (said["missing_minor"], said["over_minor"], said["status"]) == (0, 0, COVERED)
    assert said["total_minor"] > 0
    assert [scope for scope in stopped(trade) if scope.startswith("seller:")] == []


@pytest.mark.parametrize("bucket", ["available", "reserved", "in_transit", "paid", "earned"])
@pytest.mark.parametrize("cents", [-1, 1])
def test_a_balance_that_is_off_by_a_cent_in_any_bucket_stops_its_seller_and_nobody_else(planted, bucket, cents):
    order = paid(planted)
    released(planted)
    change_purse(order, **{bucket: cents})

    made = planted.services.solvency.run()

    assert made.wrong == ((order.seller_id, "eur"),)
    assert made.coverings[0].balances.status in {UNSOUND, SHORT}
    assert set(stopped(planted)) == {f"seller:{order.seller_id}"}


def test_a_balance_that_is_wrong_in_itself_and_sums_up_all_the_same_is_found_in_the_books(planted):
    order = released(planted)
    change_purse(order, available=5, earned=5)

    made = planted.services.solvency.run()

    assert made.wrong == ((order.seller_id, "eur"),)


def change_purse(order, **cents):
    """Change what is stored by hand, as no right code does."""
    item = purse_key(Purse(order.seller_id, order.currency))
    item.update([getattr(PurseItem, f"{bucket}_minor").add(minor) for bucket, minor in cents.items()])


def test_a_payout_made_by_hand_at_stripe_is_missing_and_stops_its_seller_alone(planted):
    order, other = released(planted), released(planted)
    pay_out_by_hand(planted, order)

    said = stated(planted)

    assert (said["total_minor"], said["missing_minor"], said["status"]) == (18_400, 9_200, SHORT)
    assert stopped(planted) == {f"seller:{order.seller_id}": "solvency"}
    assert other.seller_id != order.seller_id


def test_one_sellers_surplus_makes_up_for_nobodys_lack(planted):
    order, other = released(planted), released(planted)
    pay_out_by_hand(planted, order)
    give(planted, other, 50_000)

    said = stated(planted)

    assert (said["missing_minor"], said["over_minor"], said["status"]) == (9_200, 50_000, SHORT)
    assert said["at_stripe_minor"] == said["compared_minor"] - 9_200 + 50_000


def give(trade, order, amount_minor):
    """Let Stripe hold more for a seller than we know of."""
    held = trade.services.stripe_payouts.held

    def more(account_id):
        found = dict(held(account_id))
        return {**found, "eur": found["eur"] + amount_minor} if account_id == account_of(trade, order) else found

    trade.services.stripe_payouts.held = more


def test_money_of_very_many_sellers_missing_at_once_stops_the_currency_and_not_each_of_them(planted, monkeypatch):
    monkeypatch.setattr(stopping, "SELLERS_MAX", 1)
    for order in (released(planted), released(planted)):
        pay_out_by_hand(planted, order)

    planted.services.solvency.run()

    assert stopped(planted) == {"currency:eur": "solvency"}


class TestWhatIsUnderWayIsNoShortage:
    """The record follows the call: whatever is between them, nothing of a seller's is missing."""

    def test_a_payout_that_was_not_called_yet(self, trade):
        order = due(trade)
        trade.services.paying.begin(order.seller_id, "eur")

        assert stated(trade)["status"] == COVERED

    def test_a_payout_that_was_called_and_is_not_recorded(self, trade):
        order = due(trade)
        payout = trade.services.paying.begin(order.seller_id, "eur")
        trade.services.payout_desk._letting_go.note(payout)
        trade.services.stripe_payouts.create(payout)

        said = stated(trade)

        assert (said["missing_minor"], said["over_minor"], said["status"]) == (0, 0, COVERED)

    def test_a_payout_that_arrived_and_nobody_told_us(self, trade):
        due(trade)
        trade.services.payout_run.run()
        trade.world.clock.advance(days=2)
        trade.world.stripe.tick()

        assert {each["status"] for each in payouts_at_stripe(trade)} == {"paid"}
        assert stated(trade)["status"] == COVERED

    def test_a_payout_that_came_back_and_nobody_told_us(self, trade):
        due(trade)
        trade.services.payout_run.run()
        trade.world.stripe.fail_payout(payouts_at_stripe(trade)[0]["id"])

        said = stated(trade)

        assert (said["missing_minor"], said["over_minor"], said["status"]) == (0, 0, COVERED)

    def test_a_reversal_that_was_called_and_is_not_recorded(self, trade):
        order = released(trade)
        ask(trade.services, order, 1_000, "one")
        (reversal,) = reversals_under_way(trade)
        trade.services.stripe.reverse(reversal, transfer_id=reversal.facts["transfer_id"])

        said = stated(trade)

        assert (said["missing_minor"], said["returning_minor"], said["status"]) == (920, 920, UNSETTLED)
        assert stopped(trade) == {}
        trade.world.drain()
        assert stated(trade)["status"] == COVERED

    def test_a_balance_that_moves_while_it_is_looked_at(self, trade):
        order = released(trade)
        real = trade.services.stripe_payouts.held
        moves = iter([lambda: second(trade, order)])

        def held(account_id):
            found = dict(real(account_id))
            next(moves, lambda: None)()
            return {**found, "eur": found["eur"] - 1} if len(looks) == 0 and not looks.append(1) else found

        looks = []
        trade.services.stripe_payouts.held = held

        said = stated(trade)

        assert (said["total_minor"], said["status"]) == (18_400, COVERED)


def reversals_under_way(trade):
    payments = trade.services.payment_store
    found = map(payments.intent, payments.due("open", trade.world.clock.now() + timedelta(days=1), 10))
    return [each for each in found if each.kind is IntentKind.REVERSAL]


def payouts_at_stripe(trade):
    stripe = trade.world.stripe
    return [payout for each in stripe.objects("account") for payout in stripe.objects("payout", each["id"])]


class TestWhatARunCannotAskIsSaid:
    """A statement says of how many balances Stripe was asked; the others have their turn."""

    def test_everybody_has_a_turn_within_as_many_days_as_it_takes(self, trade, monkeypatch):
        monkeypatch.setattr(balances, "COMPARED_MAX", 1)
        orders = [released(trade) for _ in range(3)]
        asked = noted(trade, monkeypatch)

        statuses = []
        for _ in orders:
            statuses.append((stated(trade)["compared"], stated(trade)["status"]))
            trade.world.clock.advance(days=1)

        assert statuses == [(1, PARTLY_COMPARED)] * 3
        assert {account_of(trade, each) for each in orders} == set(asked)

    def test_when_stripe_is_slow_a_run_stops_asking_in_time(self, trade, monkeypatch):
        monkeypatch.setattr(balances, "COMPARING_FOR", timedelta(0))
        released(trade)

        said = stated(trade)

        assert (said["claims"], said["compared"], said["status"]) == (1, 0, PARTLY_COMPARED)

    def test_an_account_that_stripe_does_not_answer_for_is_not_said_to_be_compared(self, trade):
        released(trade)
        trade.world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/balance", times=9)

        class Told:
            def balances(self):
                return {"eur": 100_000}

        trade.services.solvency._moments._balances = Told()

        said = stated(trade)

        assert (said["compared"], said["compared_minor"], said["status"]) == (0, 0, PARTLY_COMPARED)
        assert stopped(trade) == {}


def noted(trade, monkeypatch):
    asked, held = [], trade.services.stripe_payouts.held
    monkeypatch.setattr(trade.services.stripe_payouts, "held", lambda each: asked.append(each) or held(each))
    return asked


def test_a_base_from_before_balances_were_counted_is_folded_anew_from_the_books(trade):
    released(trade)
    old = Signed("slv_old", "2026-11-01", trade.world.clock.now(), "{}", "", "key")
    for portion in trade.services.proof_store.keep("slv_old", "seed", [], Base("2026-11-30", {}, version=1)):
        trade.services.transactions.commit(portion)
    trade.services.transactions.commit([trade.services.proof_store.publish(old)])

    assert stated(trade)["total_minor"] == 9_200


def test_a_seller_whose_transfers_all_came_back_is_still_looked_at(planted):
    order = released(planted)
    charged_back(planted, order)
    planted.world.drain()
    empty = purse_of(planted, order).unpaid_minor
    change_purse(order, available=1)

    made = planted.services.solvency.run()

    assert empty == 0
    assert made.wrong == ((order.seller_id, "eur"),)
