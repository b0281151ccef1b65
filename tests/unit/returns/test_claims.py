"""Claims under the legal guarantee, through the real services: each remedy, each answer, each silence."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.disputes.errors import EvidenceMissing
from marketplace.disputes.evidence import File
from marketplace.notifications.templates import TEMPLATES
from marketplace.orders.model import OwnCase
from marketplace.returns.conformity import GUARANTEES, guarantee_for, months_after
from marketplace.returns.errors import (
    ClaimNotAllowed,
    ClaimRejectedBefore,
    RemedyInvalid,
    RepairRestocked,
    ReplacementOutOfStock,
    ReturnMissing,
    ReturnRefused,
)
from marketplace.returns.guarantee import Claimed
from marketplace.returns.model import Outcome
from marketplace.returns.process import STATES
from marketplace.returns.rules import Wanted
from tests.fakes.stored_files import FakeBucket
from tests.unit.disputes.making import CONTENT, FILE
from tests.unit.returns.test_exchanges import read, receive, replace, send_back, stock, wait
from tests.unit.returns.test_returns import bought, key, refunds


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


def released(trade, **given):
    order = bought(trade, **given)
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    return trade.order(order.order_id)


def claim(trade, order, remedy="repair", *, quantity=1, ground="", amount_minor=0, name="one"):
    wanted = Wanted(order.lines[0].listing_id, quantity)
    said = Claimed("The brake does not hold.", remedy, ground, amount_minor)
    view = trade.services.returns.ask_claim(order.order_id, order.buyer_id, wanted, said, key(name))
    trade.world.drain()
    return view.made


def accept(trade, made):
    view = trade.services.returns.accept_claim(made.return_id, made.seller_id)
    trade.world.drain()
    return view.made


def refuse(trade, made):
    return trade.services.returns.refuse_claim(made.return_id, made.seller_id, "It was whole.").made


def offer(trade, made, remedy, amount_minor=0):
    return trade.services.returns.offer_remedy(made.return_id, made.seller_id, remedy, amount_minor, "Better.").made


def late(trade, order):
    """Let the time pass in which the law presumes the lack."""
    trade.world.clock.set(months_after(order.delivered_at, 12) + timedelta(seconds=1))


@pytest.mark.parametrize("remedy", ["repair", "replace"])
@pytest.mark.parametrize("when", [bought, released], ids=["held", "released"])
def test_what_lacks_is_mended_or_replaced_and_no_money_moves(trade, remedy, when):
    order = when(trade)
    before = stock(trade, order)
    made = accept(trade, claim(trade, order, remedy))
    assert (made.state, made.return_cost) == ("to_send", "seller")
    send_back(trade, made)
    receive(trade, made)
    replace(trade, made)
    ended = trade.services.returns.confirm_replacement(made.return_id, order.buyer_id).made

    assert ended.outcome == "replaced"
    assert stock(trade, order) == before - (remedy == "replace")
    assert refunds(trade.world) == []


def test_what_is_mended_is_not_put_on_sale(trade):
    order = bought(trade)
    before = stock(trade, order)
    made = accept(trade, claim(trade, order, "repair"))
    send_back(trade, made)
    with pytest.raises(RepairRestocked):
        receive(trade, made, restock=True)
    receive(trade, made)

    assert (read(trade, made).state, stock(trade, order)) == ("replacing", before)


@pytest.mark.parametrize("when", [bought, released], ids=["held", "released"])
def test_a_lower_price_is_refunded_and_the_goods_stay(trade, when):
    order = when(trade)
    made = accept(trade, claim(trade, order, "price_reduction", ground="serious", amount_minor=2_500))
    trade.world.sweep()

    assert (made.outcome, made.refund_minor) == ("reduced", 2_500)
    assert refunds(trade.world) == [2_500]
    assert trade.order(order.order_id).state == "released"


def test_what_was_reduced_in_price_comes_back_for_the_rest_alone(trade):
    order = bought(trade, quantity=2, other=30_000)
    accept(trade, claim(trade, order, "price_reduction", ground="serious", amount_minor=2_500))
    lines = (Wanted(order.lines[0].listing_id, 2),)
    quoted = trade.services.returns.quote(order.order_id, order.buyer_id, lines)
    one = trade.services.returns.quote(order.order_id, order.buyer_id, (Wanted(order.lines[0].listing_id, 1),))

    assert (quoted.refund_minor, one.refund_minor) == (17_500, 10_000)


def test_ending_the_contract_is_a_return_at_the_sellers_cost(trade):
    order = released(trade)
    made = accept(trade, claim(trade, order, "terminate", ground="not_remedied", quantity=2))
    assert (made.state, made.return_cost) == ("approved", "seller")
    send_back(trade, made)
    trade.services.returns.receive(made.return_id, order.seller_id, restock=False)
    trade.world.drain()

    assert refunds(trade.world) == [20_000]


def test_a_seller_who_is_silent_while_the_lack_is_presumed_takes_it_back(trade):
    order = released(trade)
    made = claim(trade, order)
    wait(trade, 14)
    assert read(trade, made).state == "approved"
    send_back(trade, made)
    wait(trade, 14)

    assert (read(trade, made).outcome, refunds(trade.world)) == ("refunded", [10_000])


def test_later_silence_is_a_refusal_and_without_a_decision_nothing_comes_back(trade):
    order = released(trade)
    late(trade, order)
    made = claim(trade, order)
    assert made.state == "claimed_late"
    wait(trade, 14)
    assert read(trade, made).state == "claim_refused"
    wait(trade, 14)

    assert (read(trade, made).outcome, refunds(trade.world)) == ("rejected", [])


@pytest.mark.parametrize(
    ("decision", "amount_minor", "outcome", "paid"),
    [("rejection", 0, "rejected", []), ("reduction", 4_000, "reduced", [4_000]), ("termination", 0, None, [])],
)
def test_after_the_end_a_person_decides_a_refused_claim(trade, decision, amount_minor, outcome, paid):
    order = released(trade)
    made = refuse(trade, claim(trade, order))
    returns = trade.services.returns
    assert returns.escalate_claim(made.return_id, order.buyer_id, "damaged", "It broke.").made.state == "claim_review"
    with pytest.raises(OwnCase):
        returns.decide_claim(made.return_id, order.seller_id, decision, amount_minor, "Mine.")
    decided = returns.decide_claim(made.return_id, trade.operator(), decision, amount_minor, "The photos show it.").made
    trade.world.drain()

    assert decided.outcome == outcome
    assert refunds(trade.world) == paid
    assert outcome or decided.state == "approved"


def test_what_nobody_decides_goes_back_for_the_whole_price(trade):
    order = released(trade)
    made = refuse(trade, claim(trade, order))
    trade.services.returns.escalate_claim(made.return_id, order.buyer_id, "damaged", "It broke.")
    wait(trade, 30)

    assert read(trade, made).state == "approved"


def test_while_the_order_runs_a_refused_claim_becomes_its_dispute(trade):
    order = bought(trade)
    made = refuse(trade, claim(trade, order))
    ended = trade.services.returns.escalate_claim(made.return_id, order.buyer_id, "damaged", "It broke.").made
    trade.world.sweep()

    after = trade.order(order.order_id)
    dispute = trade.services.dispute_store.read(after.dispute_id)
    assert (ended.outcome, after.state) == ("superseded", "disputed")
    assert (dispute.reason, dispute.wanted_minor) == ("damaged", 10_000)


@pytest.mark.parametrize("taken", [True, False, None])
def test_another_remedy_is_offered_and_taken_or_not_or_lapses(trade, taken):
    order = released(trade)
    made = offer(trade, claim(trade, order), "price_reduction", 3_000)
    assert (made.state, made.payable_minor) == ("remedy_offered", 10_000)
    if taken is None:
        wait(trade, 7)
    else:
        trade.services.returns.answer_offer(made.return_id, order.buyer_id, accept=taken)
        trade.world.drain()

    assert read(trade, made).state == ("ended" if taken else "claim_refused")
    assert refunds(trade.world) == ([3_000] if taken else [])


def test_what_is_not_in_stock_cannot_replace_and_another_remedy_can(trade):
    order = released(trade)
    made = claim(trade, order, "replace")
    trade.services.catalog.withdraw_listing(order.seller_id, order.lines[0].listing_id)
    with pytest.raises(ReplacementOutOfStock):
        accept(trade, made)

    assert offer(trade, made, "terminate").state == "remedy_offered"


def test_who_answers_what_and_when_is_as_the_law_of_the_country_says():
    two, three = guarantee_for("DE", "sports", date(2026, 11, 2)), guarantee_for("ES", "books", date(2026, 11, 2))

    assert (two.liable_months, two.presumed_months) == (24, 12)
    assert (three.liable_months, three.presumed_months) == (36, 24)
    assert all(each.source and each.presumed_months <= each.liable_months for each in GUARANTEES)
    assert months_after(datetime(2027, 12, 31, tzinfo=UTC), 2) == datetime(2028, 2, 29, tzinfo=UTC)
    with pytest.raises(LookupError):
        guarantee_for("ES", "books", date(2021, 12, 31))


def test_the_last_second_counts_and_the_next_does_not(trade):
    order = released(trade)
    last = months_after(order.delivered_at, 24)
    quote, wanted = trade.services.returns.quote_claim, Wanted(order.lines[0].listing_id, 1)
    trade.world.clock.set(last)
    assert quote(order.order_id, order.buyer_id, wanted).liable_until == last
    trade.world.clock.set(last + timedelta(seconds=1))

    with pytest.raises(ClaimNotAllowed) as refused:
        quote(order.order_id, order.buyer_id, wanted)
    assert refused.value.facts["reason"] == "too_late"


def reject(trade, made):
    returns, refused = trade.services.returns, refuse(trade, made)
    returns.escalate_claim(refused.return_id, made.buyer_id, "damaged", "It lacks.")
    return returns.decide_claim(made.return_id, trade.operator(), "rejection", 0, "It was whole.").made


def test_a_claim_that_was_decided_against_is_taken_again_for_another_lack_with_new_evidence_alone(trade, world):
    bucket = FakeBucket()
    world.given |= {"uploads": bucket, "stored_files": bucket}
    world.restart()
    order = released(trade, quantity=2)
    assert reject(trade, claim(trade, order)).outcome == "rejected"
    disputes, returns = trade.services.disputes, trade.services.returns
    wanted = Wanted(order.lines[0].listing_id, 1)

    def again(lack, name):
        return returns.ask_claim(order.order_id, order.buyer_id, wanted, Claimed(lack, "repair"), key(name)).made

    with pytest.raises(ClaimRejectedBefore):
        again("The bell is broken.", "nothing new is shown")
    shown, form = disputes.announce_before(order.order_id, order.buyer_id, File(**FILE))
    bucket.put(form.fields["key"], CONTENT)
    disputes.confirm_before(order.order_id, order.buyer_id, shown.evidence_id)
    with pytest.raises(ClaimRejectedBefore):
        again("the  brake does not hold.", "the same lack")

    assert again("The bell is broken.", "new").lack.evidence == (shown.evidence_id,)


def test_what_was_uploaded_before_is_read_by_both_sides_and_by_nobody_else(trade, world):
    bucket = FakeBucket()
    world.given |= {"uploads": bucket, "stored_files": bucket}
    world.restart()
    order, disputes = bought(trade), trade.services.disputes
    shown, form = disputes.announce_before(order.order_id, order.buyer_id, File(**FILE))
    unseen, _ = disputes.announce_before(order.order_id, order.buyer_id, File(**FILE))
    bucket.put(form.fields["key"], CONTENT)
    disputes.confirm_before(order.order_id, order.buyer_id, shown.evidence_id)
    made, returns = claim(trade, order), trade.services.returns

    assert made.lack.evidence == (shown.evidence_id,)
    for reader in (order.buyer_id, order.seller_id):
        assert "signed" in returns.claim_evidence(made.return_id, reader, shown.evidence_id).url
    with pytest.raises(EvidenceMissing):
        returns.claim_evidence(made.return_id, order.seller_id, unseen.evidence_id)
    with pytest.raises(ReturnMissing):
        returns.claim_evidence(made.return_id, trade.person("Stranger"), shown.evidence_id)


def test_both_sides_are_told_of_every_state_and_every_end():
    named = {*(state for state, wait in STATES.items() if wait), *Outcome}
    wanted = {(f"return.{name}", side) for name in named for side in ("buyer", "seller")}

    assert wanted <= set(TEMPLATES)


def test_bad_input_is_refused_and_changes_nothing(trade):
    order, private = bought(trade), bought(trade, kind="private")
    returns, made = trade.services.returns, claim(trade, order)
    for refusal, act in (
        (ClaimNotAllowed, lambda: claim(trade, private)),
        (RemedyInvalid, lambda: claim(trade, order, "terminate", name="two")),
        (RemedyInvalid, lambda: claim(trade, order, "repair", ground="serious", name="two")),
        (RemedyInvalid, lambda: claim(trade, order, "repair", amount_minor=1, name="two")),
        (RemedyInvalid, lambda: claim(trade, order, "price_reduction", ground="again", name="two")),
        (RemedyInvalid, lambda: offer(trade, made, "repair")),
        (RemedyInvalid, lambda: offer(trade, made, "price_reduction", 10_001)),
        (ReturnMissing, lambda: returns.accept_claim(made.return_id, order.buyer_id)),
        (ReturnRefused, lambda: returns.answer_offer(made.return_id, order.buyer_id, accept=True)),
        (ReturnRefused, lambda: returns.escalate_claim(made.return_id, order.buyer_id, "damaged", "It broke.")),
        (ReturnRefused, lambda: returns.answer_exchange(made.return_id, order.seller_id, accept=True)),
        (EvidenceMissing, lambda: returns.claim_evidence(made.return_id, order.buyer_id, "evd_none")),
    ):
        with pytest.raises(refusal):
            act()

    assert read(trade, made) == made
