"""What moderators decide about returns: two above the limit of one, and a receipt for both sides of each."""

from datetime import timedelta

import pytest

from marketplace.disputes.errors import DecisionProposed, SecondPersonNeeded
from marketplace.kit.principal import MODERATOR
from marketplace.returns.errors import ReturnRefused
from marketplace.returns.wire import return_to_wire
from tests.unit.returns.test_claims import claim, refuse, released
from tests.unit.returns.test_exchanges import read
from tests.unit.returns.test_returns import ask, bought, receive, refunds
from tests.unit.staff.making import somebody

LARGE = 300_000


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def contested(trade, price_minor):
    order = bought(trade, price_minor=price_minor, quantity=1)
    made = ask(trade, order)
    returns = trade.services.returns
    returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    receive(trade, made, deduction_minor=price_minor, reasons="Nothing is left of it.")
    returns.answer_deduction(made.return_id, order.buyer_id, accept=False)
    return read(trade, made)


def claimed(trade, price_minor):
    order = released(trade, price_minor=price_minor, quantity=1)
    if order.state == "held":
        trade.services.trust.clear(order.order_id, trade.operator(), "The buyer answered the telephone.")
        trade.world.drain()
    made = refuse(trade, claim(trade, order, "price_reduction", ground="serious", amount_minor=price_minor))
    return trade.services.returns.escalate_claim(made.return_id, order.buyer_id, "damaged", "It does not hold.").made


def lower(trade, made, who):
    returns = trade.services.returns
    return returns.decide_claim(made.return_id, who.account_id, "reduction", 1_000, "It rattles.", principal=who).made


def approve(trade, made, who):
    trade.services.approvals.approve(made.proposal_id, who, "I agree.")
    trade.world.drain()
    return read(trade, made)


def receipts(trade, made):
    read = [trade.services.decisions.page(each, None, 50).items for each in (made.buyer_id, made.seller_id)]
    return [tuple(row for row in rows if row.subject == made.return_id) for rows in read]


def test_a_large_claim_is_decided_by_two(trade):
    made, one, two = claimed(trade, LARGE), somebody(trade, MODERATOR), somebody(trade, MODERATOR)
    with pytest.raises(SecondPersonNeeded):
        trade.services.returns.decide_claim(made.return_id, one.account_id, "reduction", 1_000, "It rattles.")
    proposed = lower(trade, made, one)
    with pytest.raises(DecisionProposed):
        lower(trade, made, two)
    assert (proposed.outcome, refunds(trade.world), receipts(trade, made)) == (None, [], [(), ()])

    assert approve(trade, proposed, two).outcome == "reduced"
    assert refunds(trade.world) == [1_000]
    assert [(row.kind, row.amounts.buyer_minor) for [row] in receipts(trade, made)] == [("return.decided", 1_000)] * 2


def test_a_large_deduction_is_decided_by_two(trade):
    made, one, two = contested(trade, LARGE), somebody(trade, MODERATOR), somebody(trade, MODERATOR)
    said = ("Nothing of it is left.",)
    proposed = trade.services.returns.decide(made.return_id, one.account_id, 100_000, *said, principal=one).made
    assert (proposed.state, refunds(trade.world)) == ("review", [])

    assert approve(trade, proposed, two).refund_minor == LARGE - 100_000
    assert refunds(trade.world) == [LARGE - 100_000]


def test_what_was_proposed_before_the_clock_ended_the_return_is_not_carried_out(trade):
    made, one, two = contested(trade, LARGE), somebody(trade, MODERATOR), somebody(trade, MODERATOR)
    trade.world.clock.set(made.due_at - timedelta(hours=1))
    proposed = trade.services.returns.decide(made.return_id, one.account_id, 1, "A scratch.", principal=one).made
    trade.world.clock.set(proposed.due_at)
    trade.services.return_clock.run(10)
    with pytest.raises(ReturnRefused):
        approve(trade, proposed, two)

    assert read(trade, made).refund_minor == LARGE


def test_the_return_names_the_proposal_until_it_is_decided(trade):
    made, one, two = contested(trade, LARGE), somebody(trade, MODERATOR), somebody(trade, MODERATOR)
    proposed = trade.services.returns.decide(made.return_id, one.account_id, 1, "A scratch.", principal=one)
    assert proposed.made.proposal_id
    assert return_to_wire(proposed, "en").proposal_id == proposed.made.proposal_id

    approve(trade, proposed.made, two)
    seen = trade.services.returns.view(made.return_id, made.buyer_id)
    assert return_to_wire(seen, "en").proposal_id is None


def test_a_claim_that_silence_granted_names_no_proposal(trade):
    made, one = claimed(trade, LARGE), somebody(trade, MODERATOR)
    proposed = lower(trade, made, one)
    trade.world.clock.set(proposed.due_at)
    trade.services.return_clock.run(10)

    assert (read(trade, made).state, read(trade, made).proposal_id) == ("approved", "")


def test_both_sides_read_what_was_decided_on_which_ground(trade):
    made = contested(trade, 10_000)
    trade.services.returns.decide(made.return_id, trade.operator(), 4_000, "The frame is bent.")
    trade.world.drain()

    for [row] in receipts(trade, made):
        assert (row.kind, row.subject, row.about) == ("return.decided", made.return_id, made.order_id)
        assert (row.amounts.buyer_minor, row.amounts.seller_minor) == (6_000, 4_000)
        assert row.reasons == "The frame is bent."
        assert row.ground.startswith("5.5")


def test_both_sides_read_why_everything_went_back_when_nobody_acted(trade):
    order = trade.bought()
    trade.world.clock.set(order.due_at)
    trade.world.sweep()

    assert trade.order(order.order_id).state == "refunded"
    for account_id in (order.buyer_id, order.seller_id):
        [row] = trade.services.decisions.page(account_id, None, 50).items
        assert (row.kind, row.clause, row.decided_by) == ("order.lapsed", "process.silence", "clock")
        assert (row.amounts.buyer_minor, row.amounts.seller_minor) == (order.total_minor, 0)
