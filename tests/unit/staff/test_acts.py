"""Whatever staff decides stands in one record, written with the decision itself."""

from marketplace.kit.principal import FINANCE
from tests.unit.staff.making import KIND, proposed, somebody


def kinds(trade):
    return [(act.kind, act.by, act.subject) for act in trade.services.acts.page(None, 50).items]


def test_a_decided_dispute_stands_in_the_record(trade):
    order, judge = trade.reviewed(trade.shipped()), trade.operator()

    trade.services.disputes.decide(order.dispute_id, judge, 1_000, "5.2", "Half right.")

    assert kinds(trade)[0] == ("dispute.decided", judge, order.dispute_id)


def test_an_attested_delivery_stands_in_the_record(trade):
    order, witness = trade.shipped(), trade.operator()

    trade.services.orders.attest_delivery(order.order_id, witness, "signed receipt")

    assert kinds(trade)[0] == ("delivery.attested", witness, order.order_id)


def test_an_act_that_is_refused_leaves_no_trace(trade):
    clerk = somebody(trade, FINANCE)
    proposed(trade, clerk)
    proposed(trade, clerk)  # the same once more

    assert [kind for kind, _, _ in kinds(trade)] == ["proposal.made"]
    assert KIND == "payout.release"
