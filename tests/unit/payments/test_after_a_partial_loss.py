"""A bank kept a part, or all, of an order that had ended: what is left can still go back, and no more is promised."""

from dataclasses import replace

import pytest

from marketplace.audit.banks import what_banks_kept_is_counted
from marketplace.audit.invariants import check
from marketplace.kit.principal import FINANCE, Idempotency
from marketplace.ledger.model import CHARGEBACK_LOSS, COMMISSION, REFUND_OWED, UNCLAIMED
from marketplace.payments.refund_model import ChargeDisputed, RefundTooLarge
from marketplace.payments.unclaimed_model import Whose
from marketplace.returns.errors import PaidByBank
from marketplace.returns.model import Outcome
from tests.unit.payments.test_banks_and_awards import booked, waiting
from tests.unit.payments.test_desk import of_staff
from tests.unit.payments.test_refunds import ask, refunds
from tests.unit.returns.test_returns import ask as returned
from tests.unit.returns.test_returns import bought, pieces, receive

TOTAL = 20_000
KEPT = 1_000  # by the bank
LEFT = TOTAL - KEPT


@pytest.fixture(params=[1, 2], ids=["process 1", "process 2"])
def each_version(request, world):
    world.place_under(request.param)
    return request.param


def released(trade):
    order = bought(trade)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def taken(trade, amount_minor):
    [charge] = [each["id"] for each in trade.world.stripe.objects("charge") if each["status"] == "succeeded"]
    dispute = trade.world.stripe.open_dispute(charge, amount=amount_minor)
    trade.world.drain()
    return dispute["id"]


def lost(trade, dispute_id):
    trade.world.stripe.close_dispute(dispute_id, won=False)
    trade.world.drain()
    trade.world.sweep()


def partly_lost(trade, kept_minor=KEPT):
    order = released(trade)
    lost(trade, taken(trade, kept_minor))
    return trade.order(order.order_id)


def manual(trade, order, amount_minor):
    """Two people of finance give back a part of an order."""
    one, other = (of_staff(trade.world, trade.staff(FINANCE)) for _ in range(2))
    facts = (order.order_id, one, amount_minor, "They asked for it.", Idempotency("m", "m"))
    proposal = trade.services.refunds.propose(*facts, cause="decision")
    trade.services.approvals.approve(proposal.proposal_id, other, "I read it as well.")
    trade.world.sweep()
    trade.world.drain()


def test_goods_that_come_back_after_a_partly_lost_chargeback_are_paid_for(each_version, world, trade):
    order = partly_lost(trade)
    quoted = world.services.returns.quote(order.order_id, order.buyer_id, pieces(order, 2))

    made = returned(trade, order, quantity=2)
    world.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    ended = receive(trade, made)

    assert (quoted.refund_minor, ended.outcome, ended.refund_minor) == (LEFT, Outcome.REFUNDED, LEFT)
    assert waiting(world) == [(Whose.BUYER, order.order_id, LEFT)]
    assert (refunds(world), trade.order(order.order_id).seller_left_minor) == ([], 0)
    accounts = booked(world, order)
    assert (accounts.get(REFUND_OWED, 0), accounts[UNCLAIMED]) == (0, -LEFT)
    assert accounts[COMMISSION] < 0  # on what the bank kept


def test_a_buyer_is_told_where_a_return_s_money_is(world, trade):
    order = partly_lost(trade)
    made = returned(trade, order, quantity=1)
    world.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    receive(trade, made)

    told = [each.kind for each in world.services.notifications.page(order.buyer_id, None, 50).items]
    assert told.count("refund.not_by_card") == 1
    assert waiting(world) == [(Whose.BUYER, order.order_id, 10_000)]


def test_people_give_back_what_a_bank_left_and_not_more(each_version, world, trade):
    order = partly_lost(trade)

    with pytest.raises(RefundTooLarge) as refused:
        manual(trade, order, LEFT + 1)
    manual(trade, order, 3_000)

    assert refused.value.facts["left_minor"] == LEFT
    assert waiting(world) == [(Whose.BUYER, order.order_id, 3_000)]
    assert trade.order(order.order_id).seller_left_minor == LEFT - 3_000


def test_an_order_whose_share_of_a_case_is_nothing_does_not_wait_for_ever(world, trade):
    listings = [(trade.listing(trade.seller(), price_minor=10_000), 1) for _ in range(2)]
    placed = trade.place(trade.person("Buyer"), *listings)
    trade.pay(placed)
    world.drain()
    for number, order in enumerate(placed.orders):
        world.services.orders.ship(order.order_id, order.seller_id, "correos", f"PKZ{number}")
        world.services.orders.confirm(order.order_id, order.buyer_id)
        world.drain()
    first = placed.orders[0].order_id
    manual(trade, trade.order(first), 9_999)
    dispute_id = taken(trade, 1)
    assert trade.order(first).lost_after_minor == 0

    two = [trade.staff(FINANCE) for _ in range(2)]
    one, other = (of_staff(world, each) for each in two)
    asked = world.services.refunds.propose(first, one, 1, "The last cent.", Idempotency("z", "z"), cause="decision")
    world.services.approvals.approve(asked.proposal_id, other, "I read it as well.")
    world.sweep()
    assert waiting(world) == []
    lost(trade, dispute_id)

    assert waiting(world) == [(Whose.BUYER, first, 1)]


def test_of_two_sellers_each_is_bound_by_its_own_part_of_the_loss(world, trade):
    listings = [(trade.listing(trade.seller(), price_minor=10_000), 1) for _ in range(2)]
    placed = trade.place(trade.person("Buyer"), *listings)
    trade.pay(placed)
    world.drain()
    for number, order in enumerate(placed.orders):
        world.services.orders.ship(order.order_id, order.seller_id, "correos", f"PKY{number}")
        world.services.orders.attest_delivery(order.order_id, trade.operator(), "signed receipt")
        world.drain()
        world.services.orders.confirm(order.order_id, order.buyer_id)
        world.drain()
    lost(trade, taken(trade, KEPT))

    for order in placed.orders:
        assert trade.order(order.order_id).seller_left_minor == 9_500
        manual(trade, order, 9_500)

    assert sorted(amount for *_, amount in waiting(world)) == [9_500, 9_500]


def test_nothing_goes_back_while_the_bank_looks(world, trade):
    order = partly_lost(trade)
    taken(trade, 4_000)  # a second case

    with pytest.raises(ChargeDisputed):
        ask(world, trade.order(order.order_id), 1_000)


def test_what_a_bank_paid_in_full_is_refused_before_goods_travel(each_version, world, trade):
    order = partly_lost(trade, TOTAL)

    with pytest.raises(PaidByBank):
        world.services.returns.quote(order.order_id, order.buyer_id, pieces(order))
    with pytest.raises(PaidByBank):
        returned(trade, order)


def test_goods_on_their_way_when_a_bank_pays_all_end_the_return_with_nothing_left(world, trade):
    order = released(trade)
    made = returned(trade, order, quantity=2)
    world.services.returns.send(made.return_id, order.buyer_id, "correos", "RR1")
    lost(trade, taken(trade, TOTAL))

    ended = receive(trade, made)

    assert (ended.outcome, ended.refund_minor) == (Outcome.NOTHING_LEFT, 0)
    assert waiting(world) == []


def test_what_the_bank_gives_back_after_all_can_be_refunded_again(world, trade):
    order = partly_lost(trade, 4_000)
    manual(trade, order, 16_000)

    world.stripe.overturn_dispute(world.stripe.objects("dispute")[0]["id"])
    world.drain()
    world.sweep()
    between = trade.order(order.order_id)
    ask(world, between, 4_000)
    world.drain()

    assert (between.seller_left_minor, between.lost_after_minor) == (4_000, 0)
    assert refunds(world) == [4_000]
    assert booked(world, order).get(COMMISSION, 0) == 0


def test_two_losses_leave_what_both_left(world, trade):
    order = partly_lost(trade, 4_000)
    lost(trade, taken(trade, 6_000))

    after = trade.order(order.order_id)
    assert (after.lost_after_minor, after.seller_left_minor) == (10_000, 10_000)
    manual(trade, after, 10_000)
    with pytest.raises(PaidByBank):
        world.services.returns.quote(order.order_id, order.buyer_id, pieces(order, 2))
    assert waiting(world) == [(Whose.BUYER, order.order_id, 10_000)]


def test_what_waits_for_the_buyer_is_less_by_what_a_second_bank_pays_them(world, trade):
    order = partly_lost(trade)
    manual(trade, order, LEFT)
    lost(trade, taken(trade, 12_000))

    accounts = booked(world, order)
    assert waiting(world) == [(Whose.BUYER, order.order_id, 7_000)]
    assert (accounts[UNCLAIMED], accounts.get(CHARGEBACK_LOSS, 0)) == (-7_000, 0)
    assert trade.order(order.order_id).lost_after_minor == KEPT


def test_a_loss_that_the_order_does_not_know_is_a_violation(world, trade):
    order = partly_lost(trade)
    view = world.view()

    forgotten = [replace(each, lost_after_minor=0) if each.order_id == order.order_id else each for each in view.orders]

    assert [each.rule for each in what_banks_kept_is_counted(replace(view, orders=forgotten))] == ["B7"]
    assert "B7" in {each.rule for each in check(replace(view, orders=forgotten))}
