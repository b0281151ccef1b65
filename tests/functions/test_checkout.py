"""/quotes, /checkouts and /fees with whole gateway events, on the real wiring, the local Stripe and a frozen clock."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.catalog.model import WITHDRAWN, ListingNotAvailable, OutOfStock
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.kit.principal import Idempotency
from marketplace.orders.cart import Wanted
from marketplace.orders.model import LINES_MAX, QUANTITY_MAX, SELLERS_MAX
from tests.fakes.faults import Crash, Faults
from tests.fakes.http import all_routes
from tests.fakes.scheduler import Race, random_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.functions.events import expected, run_event
from tests.functions.story import (
    BIKE,
    BUYER,
    CART,
    LAMP,
    ORDER,
    OTHER_BUYER,
    OTHER_SELLER,
    PAYMENT,
    SELLER,
    STRANGER,
    UNVERIFIED,
)

EVENTS = sorted((Path(__file__).parents[2] / "events" / "checkout").glob("*.json"))
BOTH = {"lines": [{"listing_id": BIKE, "quantity": 2}, {"listing_id": LAMP}]}
UNPAID = timedelta(minutes=15)


def lines(*wanted: tuple[str, int]) -> dict:
    return {"lines": [{"listing_id": listing_id, "quantity": quantity} for listing_id, quantity in wanted]}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


# What it costs.


def test_a_quote_shows_every_fee_and_reserves_nothing(story):
    quote = story.post("/quotes", BUYER, BOTH).json

    assert (quote["currency"], quote["total_minor"], quote["buyer_fees_minor"]) == ("eur", 28_550, 0)
    assert [
        (each["seller_id"], each["total_minor"], each["commission_minor"], each["seller_receives_minor"])
        for each in quote["sellers"]
    ] == [(SELLER, 24_000, 1_920, 22_080), (OTHER_SELLER, 4_550, 364, 4_186)]
    assert quote["fee_version"] == "2026-11"
    assert story.stock(BIKE) == 3
    assert story.world.view().orders == []


@pytest.mark.parametrize(("locale", "first"), [("es", "Sin pago a tiempo"), ("en", "Not paid in time")])
def test_a_quote_says_what_silence_would_lead_to_in_the_readers_language(story, locale, first):
    quote = story.post("/quotes", BUYER, CART, headers={"Accept-Language": locale}).json

    assert [(step["state"], step["then"]) for step in quote["if_nobody_acts"]] == [
        ("awaiting_payment", "cancelled"),
        ("paid", "settling"),
    ]
    assert quote["if_nobody_acts"][0]["explanation"].startswith(first)


def test_anybody_reads_every_version_of_the_fees_and_which_is_in_force(story):
    fees = story.get("/fees").json

    assert fees["in_force"] == fees["schedules"][-1]["version"] == "2026-11"
    assert fees["schedules"][0]["commission_bps"] == {"trader": 800, "private": 500}


def test_the_commission_follows_the_kind_of_seller(story):
    story.put_on_sale("lst_private", STRANGER, seller_kind="private", price_minor=10_000)

    [share] = story.post("/quotes", BUYER, lines(("lst_private", 1))).json["sellers"]

    assert (share["commission_minor"], share["seller_receives_minor"]) == (500, 9_500)


# One cart, one payment, one order a seller.


def test_a_cart_of_two_sellers_is_one_payment_and_one_order_each(story):
    reply = story.check_out(BOTH)

    assert reply.status == 201
    assert (reply.json["amount_minor"], reply.json["status"]) == (28_550, "awaiting")
    assert [(each["seller_id"], each["total_minor"]) for each in reply.json["orders"]] == [
        (SELLER, 24_000),
        (OTHER_SELLER, 4_550),
    ]
    [intent] = story.world.stripe.objects("payment_intent")
    assert (intent["id"], intent["amount"]) == (reply.json["payment_intent_id"], 28_550)
    assert reply.json["client_secret"] == intent["client_secret"]
    assert (story.stock(BIKE), story.stock(LAMP)) == (1, 0)


def test_lines_of_one_seller_are_one_order(story):
    story.put_on_sale("lst_bell", SELLER, price_minor=900)

    orders = story.check_out(lines((BIKE, 1), ("lst_bell", 3))).json["orders"]

    assert [each["total_minor"] for each in orders] == [14_700]


def test_a_paid_cart_gives_every_order_its_own_life(story):
    story.check_out(BOTH)
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))
    story.world.drain()

    reply = story.get(f"/checkouts/{PAYMENT}", BUYER)

    assert reply.json["status"] == "paid"
    assert {each["state"] for each in reply.json["orders"]} == {"paid"}
    assert reply.json["client_secret"] is None


def test_completing_is_harmless_at_any_time_and_any_number_of_times(story):
    story.check_out()
    before = story.post(f"/checkouts/{PAYMENT}/complete", BUYER)
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))

    replies = [story.post(f"/checkouts/{PAYMENT}/complete", BUYER) for _ in range(3)]
    story.world.drain()

    assert before.json["status"] == "awaiting"
    assert [reply.json["status"] for reply in replies] == ["paid"] * 3
    assert len(story.world.view().ledger) == 2  # the capture and Stripe's fee


def test_a_declined_card_leaves_the_checkout_open_for_another(story):
    story.check_out()
    placed = story.services.checkout.read(BUYER, PAYMENT)
    with pytest.raises(Exception, match="declined"):
        story.trade.pay(placed, "pm_card_chargeDeclined")
    story.world.drain()
    declined = story.get(f"/checkouts/{PAYMENT}", BUYER).json
    story.trade.pay(placed)
    story.world.drain()

    assert (declined["status"], declined["payment_status"]) == ("awaiting", "requires_payment_method")
    assert story.order().state == "paid"


# The same attempt again.


def test_a_replay_with_the_same_body_is_the_same_checkout(story):
    first, again = story.check_out(), story.check_out()

    assert (first.status, first.json) == (again.status, again.json)
    assert story.stock() == 2
    assert len(story.world.stripe.objects("payment_intent")) == 1


def test_a_replay_with_another_body_is_refused_and_changes_nothing(story):
    story.check_out()

    other = story.check_out(lines((BIKE, 2)))

    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")
    assert story.stock() == 2
    assert len(story.world.view().orders) == 1


def test_two_buyers_may_use_the_same_key(story):
    mine, theirs = story.check_out(), story.check_out(who=OTHER_BUYER)

    assert mine.json["checkout_id"] != theirs.json["checkout_id"]
    assert story.stock() == 1


def test_a_replay_long_after_is_still_the_same_checkout(story):
    first = story.check_out()
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))
    story.world.drain()
    story.world.clock.advance(days=5)

    again = story.check_out()

    assert (again.status, again.json["checkout_id"]) == (201, first.json["checkout_id"])
    assert again.json["status"] == "paid"


def test_a_checkout_needs_a_key(story):
    reply = story.check_out(key=None)

    assert (reply.status, reply.json["code"]) == (400, "idempotency_key_required")
    assert story.stock() == 3


def test_a_crash_between_the_reservation_and_stripe_is_taken_up_by_the_replay():
    faults = Faults()
    with new_world(faults=faults) as world:
        trade = Trade(world)
        buyer, listing = trade.person("Buyer"), trade.listing(trade.seller(), stock=1)
        faults.reset()
        placed = trade.place(buyer, (listing, 1), key="one")
        at = next(call.number for call in faults.calls if "payment_intents" in call.site)
        other = trade.listing(listing.seller_id, stock=1)
        faults.reset()
        faults.arm(at, "crash_before")

        with pytest.raises(Crash):
            trade.place(buyer, (other, 1), key="two")
        left = world.services.listing_store.read(other.listing_id).stock
        world.restart()
        again = trade.place(buyer, (other, 1), key="two")

        assert left == 0
        assert again.stripe.client_secret
        assert world.services.listing_store.read(other.listing_id).stock == 0
        assert len(world.stripe.objects("payment_intent")) == 2
        assert again.payment.payment_id != placed.payment.payment_id
        world.drain()
        world.check()


def test_the_same_attempt_twice_at_once_is_one_checkout():
    def make_race() -> Race:
        world, _, listing, buyer = _one_left(stack)
        attempt = Idempotency("same", "same")
        wanted = [Wanted(listing.listing_id, 1)]
        actors = {
            name: lambda: world.services.checkout.place(buyer, wanted, attempt).payment.payment_id for name in "ab"
        }
        return Race(world.faults, actors, (world, listing))

    stack = _Worlds()
    with stack:
        for outcome in random_interleavings(make_race, range(12)):
            world, listing = outcome.race.context
            assert len({result.value for result in outcome.results.values()}) == 1, outcome
            assert outcome.winners == ["a", "b"], outcome
            assert world.services.listing_store.read(listing.listing_id).stock == 0
            assert len(world.stripe.objects("payment_intent")) == 1, outcome


# What cannot be bought.


def test_nobody_buys_their_own_listing(story):
    for reply in (story.check_out(who=SELLER), story.post("/quotes", SELLER, CART)):
        assert (reply.status, reply.json["code"]) == (409, "own_listing")
    assert story.stock() == 3


def test_one_own_line_refuses_the_whole_cart(story):
    reply = story.check_out(BOTH, who=OTHER_SELLER)

    assert reply.json["code"] == "own_listing"
    assert story.stock() == 3


def test_all_there_is_can_be_bought_and_one_more_cannot(story):
    more = story.check_out(lines((BIKE, 4)))
    all_of_it = story.check_out(lines((BIKE, 3)), key="cart-2")

    assert (more.status, more.json["code"], more.json["facts"]["left"]) == (409, "out_of_stock", 3)
    assert (all_of_it.status, story.stock()) == (201, 0)


@pytest.mark.parametrize("how", ["unknown", "withdrawn", "draft"])
def test_what_is_not_on_sale_cannot_be_bought(story, how):
    if how != "unknown":
        story.put_on_sale("lst_gone", SELLER, state={"withdrawn": WITHDRAWN, "draft": "draft"}[how])

    replies = [story.check_out(lines(("lst_gone", 1))), story.post("/quotes", BUYER, lines(("lst_gone", 1)))]

    assert {(reply.status, reply.json["code"]) for reply in replies} == {(409, "listing_not_available")}


def test_currencies_are_not_mixed(story):
    story.put_on_sale("lst_pounds", OTHER_SELLER, currency="gbp")

    reply = story.check_out(lines((BIKE, 1), ("lst_pounds", 1)))

    assert (reply.status, reply.json["fields"]) == (422, {"lines": "one_currency"})


def test_a_listing_is_one_line(story):
    reply = story.check_out(lines((BIKE, 1), (BIKE, 1)))

    assert (reply.status, reply.json["fields"]) == (422, {"lines": "one_line_a_listing"})
    assert story.stock() == 3


def test_a_cart_holds_so_many_sellers_and_no_more(story):
    many = [f"lst_shop{number}" for number in range(SELLERS_MAX + 1)]
    for listing_id in many:
        story.put_on_sale(listing_id, f"acc_{listing_id}")

    full = story.check_out(lines(*((each, 1) for each in many[:SELLERS_MAX])))
    over = story.check_out(lines(*((each, 1) for each in many)), key="cart-2")

    assert (full.status, len(full.json["orders"])) == (201, SELLERS_MAX)
    assert (over.status, over.json["fields"]) == (422, {"lines": f"at_most_{SELLERS_MAX}_sellers"})


def test_a_cart_holds_so_many_lines_and_fits_one_transaction_with_its_sellers(story):
    many = [f"lst_line{number:02d}" for number in range(LINES_MAX + 1)]
    for number, listing_id in enumerate(many):
        story.put_on_sale(listing_id, f"acc_{number % SELLERS_MAX}", price_minor=1_000)

    full = story.check_out(lines(*((each, 1) for each in many[:LINES_MAX])))
    over = story.check_out(lines(*((each, 1) for each in many)), key="cart-2")

    assert full.status == 201
    assert over.status == 422


@pytest.mark.parametrize(("quantity", "status"), [(0, 422), (1, 201), (QUANTITY_MAX, 201), (QUANTITY_MAX + 1, 422)])
def test_a_line_is_of_one_to_so_many_pieces(story, quantity, status):
    story.put_on_sale("lst_screws", SELLER, price_minor=100, stock=1_000)

    assert story.check_out(lines(("lst_screws", quantity))).status == status


def test_the_total_is_at_most_what_stripe_takes(story):
    for account_id in (BUYER, SELLER):  # nobody less may deal in as much
        verified = story.services.identity_store.mark_verified(account_id, story.world.clock.now())
        story.services.transactions.commit([verified])
    story.put_on_sale("lst_house", SELLER, price_minor=AMOUNT_MAX_MINOR)
    story.put_on_sale("lst_nail", OTHER_SELLER, price_minor=50)

    over = story.check_out(lines(("lst_house", 1), ("lst_nail", 1)))
    full = story.check_out(lines(("lst_house", 1)), key="cart-2")

    assert (over.status, over.json["fields"]) == (422, {"lines": "total_too_large"})
    assert (full.status, full.json["amount_minor"]) == (201, AMOUNT_MAX_MINOR)


@pytest.mark.parametrize("path", ["/quotes", "/checkouts"])
def test_only_a_verified_account_buys(story, path):
    signed_out = story.post(path, None, CART, key="cart-1")
    unverified = story.post(path, UNVERIFIED, CART, key="cart-1")

    assert (signed_out.status, signed_out.json["code"]) == (401, "unauthenticated")
    assert (unverified.status, unverified.json["code"]) == (403, "email_not_verified")
    assert story.stock() == 3


@pytest.mark.parametrize("way", ["get", "complete"])
def test_somebody_elses_checkout_answers_as_one_that_never_was(story, way):
    story.check_out()

    def ask(payment_id: str):
        if way == "get":
            return story.get(f"/checkouts/{payment_id}", STRANGER)
        return story.post(f"/checkouts/{payment_id}/complete", STRANGER)

    foreign, missing = ask(PAYMENT), ask("pay_never")

    def shape(reply):
        return {name: value for name, value in reply.json.items() if name not in {"instance", "request_id"}}

    assert (foreign.status, shape(foreign)) == (404, shape(missing))
    assert foreign.json["code"] == "checkout_not_found"


# Between the read and the commit.


class Changing:
    """The catalog, whose listing the seller changes just after it was read."""

    def __init__(self, store, change):
        self._store = store
        self._change = change

    def read_many(self, listing_ids):
        found = self._store.read_many(listing_ids)
        change, self._change = self._change, lambda: None
        change()
        return found

    def __getattr__(self, name):
        return getattr(self._store, name)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"price_minor": 99_000}, ListingNotAvailable),
        ({"currency": "gbp"}, ListingNotAvailable),
        ({"state": WITHDRAWN}, ListingNotAvailable),
        ({"stock": 0}, OutOfStock),
    ],
)
def test_nobody_pays_another_price_than_the_one_that_was_read(story, change, refusal):
    store = story.services.listing_store
    after = replace(story.bike, revision=2, **change)

    def changed() -> None:
        writes = [store.revise(story.bike, after)]
        story.services.transactions.commit(writes)

    story.services.checkout._stock = Changing(store, changed)

    with pytest.raises(refusal):
        story.services.checkout.place(BUYER, [Wanted(BIKE, 1)], Idempotency("k", "f"))

    assert story.world.view().payments == []
    assert story.stock() == after.stock


# The last piece.


class _Worlds:
    """Worlds that live as long as a test."""

    def __enter__(self):
        self._open = []
        return self

    def new(self):
        manager = new_world(faults=Faults())
        world = manager.__enter__()
        self._open.append((manager, world))
        return world

    def drop(self):
        for manager, world in reversed(self._open):
            world.faults.gate = None
            world.drain()
            world.check()
            manager.__exit__(None, None, None)
        self._open.clear()

    def __exit__(self, *error):
        if error[0] is None:
            self.drop()
        else:
            for manager, _ in reversed(self._open):
                manager.__exit__(None, None, None)


def _one_left(worlds: _Worlds):
    worlds.drop()
    world = worlds.new()
    trade = Trade(world)
    listing = trade.listing(trade.seller(), stock=1)
    return world, trade, listing, trade.person("Buyer")


def test_of_twenty_buyers_in_threads_exactly_one_gets_the_last_piece(story):
    buyers = [story.trade.person(f"Buyer{number}") for number in range(20)]

    def buy(buyer_id: str) -> bool:
        try:
            story.services.checkout.place(buyer_id, [Wanted(LAMP, 1)], Idempotency("k", buyer_id))
        except (OutOfStock, ListingNotAvailable):
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        bought = list(pool.map(buy, buyers))

    assert bought.count(True) == 1
    assert story.stock(LAMP) == 0
    assert len(story.world.view().orders) == len(story.world.stripe.objects("payment_intent")) == 1


def test_of_twenty_buyers_in_any_order_of_calls_exactly_one_gets_the_last_piece():
    def make_race() -> Race:
        world, trade, listing, _ = _one_left(worlds)
        wanted = [Wanted(listing.listing_id, 1)]
        buyers = [trade.person(f"Buyer{number}") for number in range(20)]

        def buying(buyer_id: str):
            return lambda: world.services.checkout.place(buyer_id, wanted, Idempotency("k", buyer_id))

        return Race(world.faults, {buyer_id: buying(buyer_id) for buyer_id in buyers}, (world, listing))

    worlds = _Worlds()
    with worlds:
        for outcome in random_interleavings(make_race, range(4)):
            world, listing = outcome.race.context
            assert len(outcome.winners) == 1, outcome
            refused = [result.error for result in outcome.results.values() if result.error]
            assert {type(error) for error in refused} <= {OutOfStock, ListingNotAvailable}, refused
            assert len(world.view().orders) == 1
            assert world.services.listing_store.read(listing.listing_id).stock == 0


# The end of the reservation.


def test_the_stock_is_free_again_after_a_quarter_of_an_hour_and_not_a_second_before(story):
    story.check_out()
    story.world.drain()
    story.world.clock.advance(seconds=UNPAID.total_seconds() - 1)
    story.world.sweep()
    before = (story.stock(), story.order().state)
    story.world.clock.advance(seconds=1)
    story.world.sweep()

    assert before == (2, "awaiting_payment")
    assert (story.stock(), story.order().state) == (3, "cancelled")
    assert story.world.stripe.objects("payment_intent")[0]["status"] == "canceled"


def test_the_stock_is_freed_once_however_often_the_end_comes(story):
    story.check_out(BOTH)
    story.world.drain()
    story.world.clock.advance(minutes=15)

    for _ in range(3):
        story.services.payments.expire(PAYMENT)
        story.services.order_clock.catch_up(ORDER)
        story.world.sweep()

    assert (story.stock(BIKE), story.stock(LAMP)) == (3, 1)


def test_a_reservation_that_never_came_to_stripe_ends_too(story):
    story.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/payment_intents", times=5)
    refused = story.check_out()
    story.world.clock.advance(minutes=15)
    story.world.sweep()
    story.world.clock.advance(minutes=15)
    story.world.sweep()

    assert refused.status == 503
    assert (story.stock(), story.order().state) == (3, "cancelled")


def test_a_payment_that_succeeds_in_the_moment_of_expiry_wins(story):
    story.check_out()
    story.world.clock.advance(minutes=15)
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))

    story.world.sweep()

    assert story.order().state == "paid"
    assert story.stock() == 2
    assert story.world.stripe.objects("refund") == []


def test_expiry_and_the_webhook_at_once_end_in_one_way_only():
    def make_race() -> Race:
        world, trade, listing, buyer = _one_left(worlds)
        placed = trade.place(buyer, (listing, 1))
        world.drain()
        trade.pay(placed)
        world.clock.advance(minutes=15)
        payment_id = placed.payment.payment_id
        actors = {
            "expire": lambda: world.services.payments.expire(payment_id),
            "webhook": lambda: world.services.payments.complete(payment_id),
        }
        return Race(world.faults, actors, (world, placed.orders[0].order_id))

    worlds = _Worlds()
    with worlds:
        for outcome in random_interleavings(make_race, range(15)):
            world, order_id = outcome.race.context
            assert outcome.winners == ["expire", "webhook"], outcome
            assert world.services.order_store.read(order_id).state == "paid"


def test_money_that_comes_after_the_end_goes_back_at_once(story):
    story.check_out()
    story.world.drain()
    story.trade.pay(story.services.checkout.read(BUYER, PAYMENT))
    story.world.dynamo.take_stream("aval-local-outbox")
    payment = story.services.payment_store.read(PAYMENT)
    order = story.order()
    expired = [story.services.payment_store.expired(payment)]
    expired += story.services.mover.plan(order, "expire", "system").writes
    story.services.transactions.commit(expired)

    story.world.drain()
    story.world.drain()

    [refund] = story.world.stripe.objects("refund")
    assert refund["amount"] == 12_000
    assert (story.order().state, story.stock()) == ("cancelled", 3)
    assert story.services.payments.complete(PAYMENT).status == "expired"
    assert len(story.world.stripe.objects("refund")) == 1


def test_the_checkout_function_has_exactly_these_routes():
    assert [str(route) for route in all_routes()["checkout"]] == [
        "GET /fees",
        "POST /quotes",
        "POST /checkouts",
        "GET /checkouts/{checkout_id}",
        "POST /checkouts/{checkout_id}/complete",
    ]
