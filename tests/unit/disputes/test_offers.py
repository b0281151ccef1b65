"""Settlement offers: one of each side, accepted by the other, until their time is up; never more than one winner."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import combinations

import pytest

from marketplace.disputes.errors import OfferClosed, OfferMissing, OfferOpen, OwnOffer, TooManyOffers
from marketplace.disputes.model import ACCEPTED, COUNTERED, EXPIRED, OFFERS_MAX, OPEN, WITHDRAWN, DisputeMissing
from marketplace.kit.errors import Conflict
from marketplace.orders.model import AwardDoesNotSum, TransitionRefused
from tests.fakes.faults import Faults
from tests.fakes.scheduler import Outcome, Race, all_interleavings, random_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.disputes.making import WHY, Case
from tests.unit.disputes.test_process_v2 import award, unchanged


@pytest.fixture
def case(trade):
    return Case(trade).negotiating()


def test_an_accepted_offer_ends_the_dispute_as_it_says(case):
    offer_id = case.offer("seller", 2_500)

    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    case.world.drain()

    assert (case.order.state, award(case)) == ("split", (2_500, 7_500))
    assert (case.dispute.decision.clause, case.dispute.decision.decided_by) == ("settlement.agreed", "parties")
    assert case.dispute.offers[0].state == ACCEPTED
    assert not case.dispute.waits_for_operator


def test_offers_are_made_before_an_answer_and_while_a_decision_is_awaited_too(trade):
    case = Case(trade).opened()
    case.offer("seller", 1_000)
    case.services.disputes.answer(case.dispute_id, case.order.seller_id, "Whole.")
    case.services.disputes.escalate(case.dispute_id, case.order.buyer_id)
    offer_id = case.offer("buyer", 9_000)

    case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.seller_id)
    case.world.drain()

    assert award(case) == (9_000, 1_000)


def test_a_counter_offer_ends_the_one_that_it_answers(case):
    first = case.offer("seller", 1_000)
    second = case.offer("buyer", 5_000, counters=first)

    assert [each.state for each in case.dispute.offers] == [COUNTERED, OPEN]
    accept = case.services.disputes.accept_offer
    with unchanged(case), pytest.raises(OfferClosed):
        accept(case.dispute_id, first, case.order.buyer_id)
    accept(case.dispute_id, second, case.order.seller_id)
    case.world.drain()
    assert award(case) == (5_000, 5_000)


def test_a_side_has_one_open_offer(case):
    case.offer("seller", 1_000)

    with unchanged(case), pytest.raises(OfferOpen):
        case.offer("seller", 2_000)
    case.offer("buyer", 5_000)


@pytest.mark.parametrize("deed", ["accept_offer", "decline_offer"])
def test_nobody_answers_an_offer_of_their_own(case, deed):
    offer_id = case.offer("seller", 1_000)

    with unchanged(case), pytest.raises(OwnOffer):
        getattr(case.services.disputes, deed)(case.dispute_id, offer_id, case.order.seller_id)
    with unchanged(case), pytest.raises(OwnOffer):
        case.services.disputes.withdraw_offer(case.dispute_id, offer_id, case.order.buyer_id)


@pytest.mark.parametrize(("deed", "who"), [("decline_offer", "buyer"), ("withdraw_offer", "seller")])
def test_an_offer_that_was_declined_or_withdrawn_is_over(case, deed, who):
    offer_id = case.offer("seller", 1_000)
    getattr(case.services.disputes, deed)(case.dispute_id, offer_id, case.people[who])

    accept = case.services.disputes.accept_offer
    with unchanged(case), pytest.raises(OfferClosed):
        accept(case.dispute_id, offer_id, case.order.buyer_id)
    case.offer("seller", 2_000)


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
def test_an_offer_ends_with_its_time(case, seconds, good):
    offer_id = case.offer("seller", 1_000, hours=24)
    case.world.clock.advance(hours=24, seconds=seconds)

    def accept() -> object:
        return case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)

    if good:
        accept()
        case.world.drain()
        assert award(case) == (1_000, 9_000)
    else:
        with unchanged(case), pytest.raises(OfferClosed):
            accept()
        assert case.dispute.offers[0].state_at(case.world.clock.now()) == EXPIRED
        case.offer("seller", 2_000)


@pytest.mark.parametrize("refund", [-1, 10_001, 9_999])
def test_an_offer_divides_what_there_is(case, refund):
    with unchanged(case), pytest.raises(AwardDoesNotSum):
        case.offer("seller", refund)


def test_offers_are_for_the_parties_of_a_dispute_that_is_open(case, trade):
    stranger = trade.person("Stranger")
    offer = case.services.disputes.offer
    with unchanged(case), pytest.raises(DisputeMissing):
        offer(case.dispute_id, stranger, 1, expires_in_hours=24)
    with unchanged(case), pytest.raises(OfferMissing):
        case.services.disputes.accept_offer(case.dispute_id, "off_no", case.order.buyer_id)
    case.services.disputes.escalate(case.dispute_id, case.order.buyer_id)
    offer_id = case.offer("seller", 1_000)
    case.services.disputes.decide(case.dispute_id, "acc_m", 0, "5.7", WHY)
    case.world.drain()

    with unchanged(case), pytest.raises(TransitionRefused):
        case.offer("seller", 1_000)
    accept = case.services.disputes.accept_offer
    with unchanged(case), pytest.raises(OfferClosed):
        accept(case.dispute_id, offer_id, case.order.buyer_id)


def test_talking_has_an_end(case):
    for _ in range(OFFERS_MAX):
        case.services.disputes.withdraw_offer(case.dispute_id, case.offer("seller", 1_000), case.order.seller_id)

    with unchanged(case), pytest.raises(TooManyOffers):
        case.offer("seller", 1_000)


# Several at once: over every order of their calls, what became of the offer is one thing, and the money follows it.

Deed = Callable[[Case, str], object]


def _accept(case: Case, offer_id: str) -> object:
    return case.services.disputes.accept_offer(case.dispute_id, offer_id, case.people["buyer"])


def _counter(case: Case, offer_id: str) -> object:
    return case.services.disputes.offer(
        case.dispute_id, case.people["buyer"], 6_000, expires_in_hours=24, counters=offer_id
    )


def _expire(case: Case, offer_id: str) -> object:
    """The time runs out at any moment, and the seller, who sees that, offers anew."""
    case.services.disputes.view(case.dispute_id, case.people["seller"])
    case.world.clock.advance(minutes=2)
    return case.services.disputes.offer(case.dispute_id, case.people["seller"], 2_000, expires_in_hours=24)


def _decide(case: Case, offer_id: str) -> object:
    return case.services.disputes.decide(case.dispute_id, "acc_m", 0, "5.7", WHY)


def _withdraw(case: Case, offer_id: str) -> object:
    return case.services.disputes.withdraw_offer(case.dispute_id, offer_id, case.people["seller"])


DEEDS: dict[str, Deed] = {
    "accept": _accept, "counter": _counter, "expire": _expire, "decide": _decide, "withdraw": _withdraw,
}  # fmt: skip


def races(stack: ExitStack, names: tuple[str, ...]) -> Callable[[], Race]:
    world = stack.enter_context(new_world(faults=Faults()))
    case = Case(Trade(world)).reviewed()
    offer_id = case.offer("seller", 1_000, hours=24)
    world.clock.advance(hours=23, minutes=59)
    people = case.people
    type(case).people = property(lambda _self: people)  # known to the actors without a read
    start = world.snapshot()

    def make_race() -> Race:
        world.faults.reset()
        world.restore(start)
        actors = {name: (lambda deed=DEEDS[name]: deed(case, offer_id)) for name in names}
        return Race(world.faults, actors, (case, offer_id))

    return make_race


def judge(outcome: Outcome) -> str:
    """Check one schedule, and say what became of the offer."""
    case, offer_id = outcome.race.context
    errors = [result.error for result in outcome.results.values() if result.error]
    assert all(isinstance(error, Conflict) for error in errors), (outcome, errors)
    case.world.drain()
    case.world.sweep()
    case.world.check()
    dispute, won, now = case.dispute, set(outcome.winners), case.world.clock.now()
    became = next(each.state_at(now) for each in dispute.offers if each.offer_id == offer_id)
    open_now = [each.by for each in dispute.offers if each.state_at(now) == OPEN]
    assert len(open_now) == len(set(open_now)), outcome
    assert len(won & {"accept", "decide"}) <= 1, outcome
    assert len(won & {"accept", "counter", "withdraw"}) <= 1, outcome
    assert ("accept" in won) == (became == ACCEPTED) == (case.order.state == "split"), outcome
    assert ("decide" in won) == (case.order.state == "decided"), outcome
    if became == ACCEPTED:
        assert award(case) == (1_000, 9_000)
        assert "expire" not in won, outcome  # an offer that was accepted is not renewed
    assert ("counter" in won) == (became == COUNTERED), outcome
    assert ("withdraw" in won) == (became == WITHDRAWN), outcome
    return became


@pytest.fixture(autouse=True)
def people_of_a_case() -> Iterator[None]:
    kept = Case.people
    yield
    Case.people = kept


@pytest.mark.parametrize("names", list(combinations(DEEDS, 2)), ids=" x ".join)
def test_of_two_exactly_one_decides_what_becomes_of_an_offer(names):
    with ExitStack() as stack:
        seen = {judge(outcome) for outcome in all_interleavings(races(stack, names), max_preemptions=2)}

    assert seen


def test_offer_counter_and_expiry_at_once_leave_one_winner():
    with ExitStack() as stack:
        make_race = races(stack, ("accept", "counter", "expire"))
        seen = [judge(outcome) for outcome in all_interleavings(make_race, max_preemptions=2)]

    assert {ACCEPTED, COUNTERED, EXPIRED} <= set(seen)
    assert len(seen) > 20


def test_all_of_them_at_once_leave_one_winner_in_whatever_order():
    with ExitStack() as stack:
        seen = {judge(outcome) for outcome in random_interleavings(races(stack, tuple(DEEDS)), range(60))}

    assert len(seen) >= 3
