"""What silence decides about a return or claim is told to both sides, with its ground and what they can do."""

import pytest

from marketplace.decisions.wire import Decision
from tests.unit.returns.test_claims import claim, refuse, released
from tests.unit.returns.test_decisions_about_returns import claimed, contested, receipts
from tests.unit.returns.test_exchanges import agree, read, replacing, send_back
from tests.unit.returns.test_exchanges import ask as ask_exchange
from tests.unit.returns.test_returns import ask, bought, receive

PRICE = 10_000


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def unsent(trade):
    return ask(trade, bought(trade))


def on_its_way_back(trade):
    made = unsent(trade)
    trade.services.returns.send(made.return_id, made.buyer_id, "correos", "RR1")
    return made


def deducted(trade):
    return receive(trade, on_its_way_back(trade), deduction_minor=4_000, reasons="A scratch.")


def undecided_deduction(trade):
    return contested(trade, PRICE)


def lapsed_exchange(trade):
    return agree(trade, ask_exchange(trade, bought(trade)))


def kept_by_seller(trade):
    made = lapsed_exchange(trade)
    send_back(trade, made)
    return made


def never_replaced(trade):
    return replacing(trade, bought(trade))


def refused(trade):
    return refuse(trade, claim(trade, released(trade)))


def refused_while_held(trade):
    return refuse(trade, claim(trade, bought(trade)))


def unanswered(trade):
    return claim(trade, released(trade))


def undecided_claim(trade):
    return claimed(trade, PRICE)


SILENCES = [
    (unsent, "return.lapsed", 0, PRICE),
    (on_its_way_back, "return.lapsed", PRICE, 0),
    (deducted, "return.lapsed", PRICE - 4_000, 4_000),
    (undecided_deduction, "return.lapsed", PRICE, 0),
    (lapsed_exchange, "return.lapsed", 0, PRICE),
    (kept_by_seller, "return.lapsed", PRICE, 0),
    (never_replaced, "return.lapsed", PRICE, 0),
    (refused, "return.lapsed", 0, PRICE),
    (refused_while_held, "return.lapsed", 0, PRICE),
    (unanswered, "claim.granted", PRICE, 0),
    (undecided_claim, "claim.granted", PRICE, 0),
]


def be_silent(trade, made):
    trade.world.clock.set(read(trade, made).due_at)
    trade.services.return_clock.run(10)
    trade.world.drain()


@pytest.mark.parametrize(("begun", "kind", "buyer_minor", "seller_minor"), SILENCES)
def test_both_sides_read_what_silence_decided(trade, begun, kind, buyer_minor, seller_minor):
    made = begun(trade)
    be_silent(trade, made)

    for [row] in receipts(trade, made):
        assert (row.kind, row.clause, row.decided_by, row.automated) == (kind, "process.silence", "clock", True)
        assert (row.amounts.buyer_minor, row.amounts.seller_minor) == (buyer_minor, seller_minor)
        assert (row.about, row.redress) == (made.order_id, "complaint")


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_receipt_quotes_the_silence_as_it_was_published(trade, locale):
    made = undecided_deduction(trade)
    be_silent(trade, made)
    [[row], _] = receipts(trade, made)
    shown = Decision.of(row, locale)

    assert "The marketplace does not decide in time: the buyer is refunded without deduction." in shown.ground
    assert "El mercado no decide a tiempo: se reembolsa al comprador sin descuento." in shown.ground
    assert shown.redress


def test_a_claim_that_silence_granted_has_a_second_receipt_when_the_goods_do_not_come(trade):
    made = unanswered(trade)
    be_silent(trade, made)
    be_silent(trade, made)

    for rows in receipts(trade, made):
        assert {(row.kind, row.amounts.buyer_minor) for row in rows} == {("claim.granted", PRICE), ("return.lapsed", 0)}


def test_a_return_that_a_dispute_overtook_has_no_receipt_of_its_own(trade):
    made = unsent(trade)
    trade.services.disputes.open(made.order_id, made.buyer_id, "other", "Look at it.", None)
    be_silent(trade, made)

    assert read(trade, made).outcome == "superseded"
    assert receipts(trade, made) == [(), ()]


def test_what_the_two_sides_did_themselves_has_no_receipt(trade):
    made = receive(trade, on_its_way_back(trade))

    assert made.outcome == "refunded"
    assert receipts(trade, made) == [(), ()]
