"""The use cases of reviews."""

from dataclasses import replace

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.orders.model import OrderMissing
from marketplace.reviews.model import (
    AlreadyReviewed,
    OrderNotEnded,
    OrderNotReviewable,
    ReviewInvalid,
    ReviewWindowClosed,
    ratings_match,
)
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.faults import KINDS, Crash
from tests.fakes.scheduler import Race, all_interleavings
from tests.unit.reviews.making import (
    BUYER_ID,
    ENDED,
    ORDER_ID,
    REVIEWS_TABLE,
    SELLER_ID,
    STRANGER_ID,
    WINDOW_SECONDS,
    Booth,
    open_booth,
    order,
)

BOTH_EVENTS = [{"kind": "review.published", "subject": ORDER_ID}] * 2


@pytest.fixture
def booth():
    with open_booth() as opened:
        yield opened


def about(booth: Booth, subject_id: str, role: str) -> list:
    return list(booth.reviews.reviews_about(subject_id, role, limit=50).items)


def check_invariants(booth: Booth) -> None:
    """R1 and R2: one review a direction, by a party; ratings are the fold of what is published."""
    everything = [review for it in booth.orders.orders for review in booth.store.of_order(it).values()]
    for review in everything:
        written_for = booth.orders.orders[review.order_id]
        assert {review.author_id, review.subject_id} == {written_for.buyer_id, written_for.seller_id}
    for subject_id, role in {(review.subject_id, review.subject_role) for review in everything}:
        rating = booth.reviews.rating(subject_id, role)
        shown = [it for it in everything if it.published_at and (it.subject_id, it.subject_role) == (subject_id, role)]
        assert (rating is None) == (not shown)
        assert rating is None or ratings_match(everything, rating)
        assert {it.review_id for it in shown} == {it.review_id for it in about(booth, subject_id, role)}
    assert len(booth.events()) == len([it for it in everything if it.published_at])


def test_the_first_review_is_seen_by_its_author_and_by_nobody_else(booth: Booth) -> None:
    written = booth.write(BUYER_ID, 2, "Llegó rota.")

    assert written == booth.reviews.reviews_of_order(BUYER_ID, ORDER_ID).mine
    assert booth.reviews.reviews_of_order(SELLER_ID, ORDER_ID).theirs is None
    assert about(booth, SELLER_ID, "seller") == []
    assert booth.reviews.rating(SELLER_ID) is None
    assert booth.events() == []
    check_invariants(booth)


def test_the_second_review_publishes_both_and_counts_both(booth: Booth) -> None:
    booth.write(BUYER_ID, 2, "Llegó rota.")
    booth.clock.advance(60)
    booth.write(SELLER_ID, 5, "Buen comprador.")

    mine_and_theirs = booth.reviews.reviews_of_order(BUYER_ID, ORDER_ID)
    assert mine_and_theirs.mine.published_at == mine_and_theirs.theirs.published_at == booth.clock.now()
    assert [mine_and_theirs.mine] == about(booth, SELLER_ID, "seller")
    assert [mine_and_theirs.theirs] == about(booth, BUYER_ID, "buyer")
    assert booth.reviews.rating(SELLER_ID).stars == (0, 1, 0, 0, 0)
    assert booth.reviews.rating(BUYER_ID, "buyer").stars == (0, 0, 0, 0, 1)
    assert booth.events() == BOTH_EVENTS
    check_invariants(booth)


def test_what_one_is_as_a_buyer_is_not_mixed_with_what_one_is_as_a_seller(booth: Booth) -> None:
    bought = order(order_id="ord_2", buyer_id=SELLER_ID, seller_id="acc_third")
    booth.orders.orders["ord_2"] = bought
    for order_id, first, second in ((ORDER_ID, BUYER_ID, SELLER_ID), ("ord_2", "acc_third", SELLER_ID)):
        booth.write(first, 3 if order_id == ORDER_ID else 1, order_id=order_id)
        booth.write(second, order_id=order_id)

    assert booth.reviews.rating(SELLER_ID, "seller").stars == (0, 0, 1, 0, 0)
    assert booth.reviews.rating(SELLER_ID, "buyer").stars == (1, 0, 0, 0, 0)
    check_invariants(booth)


def test_the_events_carry_ids_and_no_words(booth: Booth) -> None:
    booth.write(BUYER_ID, 2, "Llegó rota.")
    booth.write(SELLER_ID, 5, "Buen comprador.")

    data = [row["data"] for row in booth.dynamo.rows("aval-local-outbox")]

    assert not any("rota" in str(it) or "comprador" in str(it) for it in data)
    assert all("author_id" in str(it) and "subject_id" in str(it) for it in data)


@pytest.mark.parametrize("state", ["released", "refunded", "split"])
def test_an_order_that_ended_in_a_trade_can_be_reviewed(booth: Booth, state) -> None:
    booth.orders.orders[ORDER_ID] = order(state=state)

    assert booth.write(BUYER_ID).order_id == ORDER_ID


@pytest.mark.parametrize("state", ["cancelled", "lost_to_chargeback", "charged_back", "dispute_review"])
def test_an_order_that_ended_otherwise_cannot_be_reviewed(booth: Booth, state) -> None:
    booth.orders.orders[ORDER_ID] = order(state=state)

    with pytest.raises(OrderNotReviewable):
        booth.write(BUYER_ID)
    assert booth.reviews.reviews_of_order(BUYER_ID, ORDER_ID).open_until is None


@pytest.mark.parametrize("state", ["paid", "shipped", "delivered", "settling", "released"])
def test_an_order_that_goes_on_cannot_be_reviewed_yet(booth: Booth, state) -> None:
    booth.orders.orders[ORDER_ID] = order(state=state, ended_at=None)

    with pytest.raises(OrderNotEnded):
        booth.write(BUYER_ID)


def test_nobody_reviews_a_purchase_from_oneself(booth: Booth) -> None:
    booth.orders.orders[ORDER_ID] = order(buyer_id=SELLER_ID)

    with pytest.raises(OrderNotReviewable):
        booth.write(SELLER_ID)


def test_a_strangers_order_is_missing_like_one_that_never_was(booth: Booth) -> None:
    booth.write(BUYER_ID)

    answers = []
    for order_id in (ORDER_ID, "ord_never"):
        for use in (
            lambda it=order_id: booth.write(STRANGER_ID, order_id=it),
            lambda it=order_id: booth.reviews.reviews_of_order(STRANGER_ID, it),
        ):
            with pytest.raises(OrderMissing) as refused:
                use()
            answers.append((refused.value.code, refused.value.fields, refused.value.facts))

    assert len({str(it) for it in answers}) == 1


def test_the_window_is_open_until_its_last_moment_and_not_at_it(booth: Booth) -> None:
    booth.clock.advance(WINDOW_SECONDS - 0.001)
    booth.write(BUYER_ID)
    booth.clock.advance(0.001)

    with pytest.raises(ReviewWindowClosed):
        booth.write(SELLER_ID)
    assert booth.clock.now() == booth.reviews.reviews_of_order(SELLER_ID, ORDER_ID).open_until


def test_a_bad_review_is_refused_before_anything_is_read(booth: Booth) -> None:
    with pytest.raises(ReviewInvalid):
        booth.write(BUYER_ID, 6)

    assert booth.round_trips() == []


def test_the_same_word_again_is_the_same_review_even_after_the_window(booth: Booth) -> None:
    first = booth.write(BUYER_ID, 4, "Bien.")
    booth.clock.advance(WINDOW_SECONDS + 1)

    assert first == booth.write(BUYER_ID, 4, " Bien. ")
    check_invariants(booth)


@pytest.mark.parametrize(("rating", "text"), [(3, "Bien."), (4, "Mal.")])
def test_another_word_from_the_same_party_is_refused(booth: Booth, rating, text) -> None:
    first = booth.write(BUYER_ID, 4, "Bien.")

    with pytest.raises(AlreadyReviewed):
        booth.write(BUYER_ID, rating, text)

    assert first == booth.reviews.reviews_of_order(BUYER_ID, ORDER_ID).mine


def test_a_review_alone_is_published_when_the_window_ends_and_not_before(booth: Booth) -> None:
    written = booth.write(BUYER_ID, 3)
    booth.clock.advance(WINDOW_SECONDS - 1)
    assert booth.reviews.reveal_due(10) == 0

    booth.clock.advance(1)
    assert booth.reviews.reveal_due(10) == 1

    revealed = replace(written, published_at=booth.clock.now())
    assert [revealed] == about(booth, SELLER_ID, "seller")
    assert revealed == booth.reviews.reviews_of_order(SELLER_ID, ORDER_ID).theirs
    check_invariants(booth)


def test_revealing_again_changes_nothing(booth: Booth) -> None:
    booth.write(BUYER_ID)
    booth.clock.advance(WINDOW_SECONDS)
    booth.reviews.reveal_due(10)
    before = booth.dynamo.rows(REVIEWS_TABLE)

    assert booth.reviews.reveal_due(10) == 0

    assert before == booth.dynamo.rows(REVIEWS_TABLE)


def test_a_queue_that_is_wrong_publishes_nothing_early_or_out_of_nothing(booth: Booth) -> None:
    booth.write(BUYER_ID)
    booth.store.due = lambda now, limit: [(ORDER_ID, "buyer"), (ORDER_ID, "seller"), ("ord_never", "buyer")]

    assert booth.reviews.reveal_due(10) == 0

    assert booth.reviews.rating(SELLER_ID) is None
    check_invariants(booth)


def test_pairs_are_never_due(booth: Booth) -> None:
    booth.write(BUYER_ID)
    booth.write(SELLER_ID)
    booth.clock.advance(WINDOW_SECONDS)

    assert booth.reviews.reveal_due(10) == 0


def test_the_sweep_reveals_at_most_what_it_is_asked_oldest_first(booth: Booth) -> None:
    for number in range(5):
        order_id = f"ord_{number}"
        booth.orders.orders[order_id] = order(order_id=order_id, ended_at=booth.clock.now())
        booth.write(BUYER_ID, order_id=order_id)
        booth.clock.advance(1)
    booth.clock.advance(WINDOW_SECONDS)

    assert [2, 2, 1, 0] == [booth.reviews.reveal_due(2) for _ in range(4)]
    assert booth.reviews.rating(SELLER_ID).count == 5
    check_invariants(booth)


def test_one_review_that_cannot_be_published_does_not_keep_the_others_sealed(booth: Booth) -> None:
    for order_id in ("ord_1", "ord_2"):
        booth.orders.orders[order_id] = order(order_id=order_id)
        booth.write(BUYER_ID, order_id=order_id)
    booth.clock.advance(WINDOW_SECONDS)
    attempts = DynamoTransactions(pause=lambda _: None)

    class FirstFails:
        failed = False

        def commit(self, writes, *, token=None) -> None:
            if not self.failed:
                self.failed = True
                raise Unavailable
            attempts.commit(writes, token=token)

    booth.reviews._transactions = FirstFails()

    with pytest.raises(Unavailable):
        booth.reviews.reveal_due(10)
    assert booth.reviews.rating(SELLER_ID).count == 1
    assert booth.reviews.reveal_due(10) == 1
    check_invariants(booth)


def test_both_writing_at_once_publishes_both_whatever_the_order() -> None:
    with open_booth() as booth:
        start = booth.dynamo.snapshot()
        count = 0

        def race() -> Race:
            return Race(
                booth.faults,
                {"buyer": lambda: booth.write(BUYER_ID, 1), "seller": lambda: booth.write(SELLER_ID, 5)},
            )

        for outcome in all_interleavings(race):
            assert ["buyer", "seller"] == outcome.winners, str(outcome)
            written = booth.store.of_order(ORDER_ID)
            assert all(it.published_at for it in written.values()), str(outcome)
            check_invariants(booth)
            booth.dynamo.restore(start)
            count += 1

        assert count > 5


def test_one_party_writing_twice_at_once_is_heard_once_whatever_the_order() -> None:
    with open_booth() as booth:
        start = booth.dynamo.snapshot()

        def race() -> Race:
            return Race(
                booth.faults, {"good": lambda: booth.write(BUYER_ID, 5), "bad": lambda: booth.write(BUYER_ID, 1)}
            )

        for outcome in all_interleavings(race):
            assert len(outcome.winners) == 1
            (loser,) = {"good", "bad"} - set(outcome.winners)
            assert isinstance(outcome.results[loser].error, AlreadyReviewed)
            check_invariants(booth)
            booth.dynamo.restore(start)


def test_a_late_word_and_two_sweeps_at_once_count_everything_once_whatever_the_order() -> None:
    with open_booth() as booth:
        booth.write(BUYER_ID, 4)
        booth.clock.advance(WINDOW_SECONDS - 0.5)
        late_clock_start = booth.dynamo.snapshot()

        def sweep() -> int:
            return booth.reviews.reveal_due(10)

        def race() -> Race:
            # The seller's machine is half a second behind the sweeps'.
            seller = Booth(booth.dynamo, booth.faults, orders=booth.orders)
            seller.clock.advance(WINDOW_SECONDS - 0.5)
            return Race(
                booth.faults, {"seller": lambda: seller.write(SELLER_ID, 5), "sweep": sweep, "other sweep": sweep}
            )

        booth.clock.advance(0.5)
        for outcome in all_interleavings(race, max_preemptions=2):
            assert {"seller", "sweep", "other sweep"} == set(outcome.winners), str(outcome)
            assert all(it.published_at for it in booth.store.of_order(ORDER_ID).values())
            check_invariants(booth)
            booth.dynamo.restore(late_clock_start)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call_number", range(1, 3))
def test_a_review_that_died_at_any_call_is_finished_by_repeating_it(booth: Booth, call_number, kind) -> None:
    booth.write(BUYER_ID, 4)
    booth.faults.calls.clear()
    booth.faults.arm(call_number=call_number, kind=kind)

    try:
        booth.write(SELLER_ID, 5)
    except (Crash, Unavailable):
        booth.write(SELLER_ID, 5)

    assert all(it.published_at for it in booth.store.of_order(ORDER_ID).values())
    assert booth.events() == BOTH_EVENTS
    check_invariants(booth)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call_number", range(1, 4))
def test_a_sweep_that_died_at_any_call_is_finished_by_the_next(booth: Booth, call_number, kind) -> None:
    booth.write(BUYER_ID, 4)
    booth.clock.advance(WINDOW_SECONDS)
    booth.faults.calls.clear()
    booth.faults.arm(call_number=call_number, kind=kind)

    try:
        booth.reviews.reveal_due(10)
    except (Crash, Unavailable):
        booth.reviews.reveal_due(10)

    assert booth.reviews.rating(SELLER_ID).count == 1
    check_invariants(booth)


def test_a_rating_of_nobody_is_none(booth: Booth) -> None:
    assert booth.reviews.rating("acc_never") is None


def test_lists_of_reviews_go_on_by_cursor_the_last_published_first(booth: Booth) -> None:
    for number in range(5):
        order_id = f"ord_{number}"
        booth.orders.orders[order_id] = order(order_id=order_id, ended_at=booth.clock.now())
        booth.write(BUYER_ID, order_id=order_id)
        booth.write(SELLER_ID, order_id=order_id)
        booth.clock.advance(1)

    seen, cursor = [], None
    while True:
        page = booth.reviews.reviews_about(SELLER_ID, "seller", cursor=cursor, limit=2)
        seen += [it.order_id for it in page.items]
        cursor = page.cursor
        if cursor is None:
            break

    assert [f"ord_{number}" for number in (4, 3, 2, 1, 0)] == seen


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda booth: booth.write(BUYER_ID), ["Query", "TransactWriteItems"]),
        (lambda booth: booth.reviews.reviews_of_order(BUYER_ID, ORDER_ID), ["Query"]),
        (lambda booth: booth.reviews.reviews_about(SELLER_ID, "seller", limit=24), ["Query"]),
        (lambda booth: booth.reviews.rating(SELLER_ID), ["GetItem"]),
        (lambda booth: booth.reviews.reveal_due(10), ["Query"]),
    ],
)
def test_each_use_takes_no_more_round_trips_than_its_budget(booth: Booth, use, expected) -> None:
    use(booth)

    assert expected == booth.round_trips()


def test_the_second_review_and_the_sweep_take_one_transaction_each(booth: Booth) -> None:
    booth.write(BUYER_ID)
    booth.round_trips()
    booth.write(SELLER_ID)
    assert booth.round_trips() == ["Query", "TransactWriteItems"]

    booth.orders.orders["ord_2"] = order(order_id="ord_2", ended_at=ENDED)
    booth.write(BUYER_ID, order_id="ord_2")
    booth.clock.advance(WINDOW_SECONDS)
    booth.round_trips()
    booth.reviews.reveal_due(10)
    assert booth.round_trips() == ["Query", "Query", "TransactWriteItems"]
