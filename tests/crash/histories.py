"""Random histories of deeds and faults, each decided by its seed, compared with the model after every deed.

The real thing does the same deeds as the model while calls fail at random; a client whose call failed repeats it. The
states, the money at Stripe and the goods must then be those of the model. An order that waits for a person, because
Stripe refused for good, is left out: no model says what that person does.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.orders.process import LATEST
from tests.crash.checks import parked_orders, problems
from tests.crash.harness import KINDS, WAIT_HOURS, Broken, hold_at_all_times, settle
from tests.crash.history_deeds import OUTSIDE, Deeds
from tests.crash.lean import lean_sdk
from tests.crash.model import COMMISSION_BPS, DEEDS, ROUNDING_BPS, TO_LOOK, Known, Model
from tests.crash.refund_deeds import ask
from tests.fakes.dynamo_short import short_way
from tests.fakes.faults import Crash, Faults
from tests.fakes.trade import Trade
from tests.fakes.world import World, new_world

CALLS_MAX = 30  # of a deed and its deliveries, about
REST_ROUNDS = 60  # until it is at rest: what Stripe makes available of many payments comes at many hours
LIVE_MAX = 3  # orders under way: a history should go deep rather than wide
WAITS_DAYS = (0.01, 0.5, 3, 6, 15, 31, 61, 121)
WAITS_WEIGHTS = (3, 3, 2, 2, 2, 1, 1, 1)
SELDOM = frozenset({"bank_takes", "cancel", "refund", "confirm"})
DIVIDING = frozenset({"decide", "agree", "overturn"})
RETURNING = frozenset({"return", "send_back", "keep", "take_back"})


class History:
    """One random run of deeds and faults, decided by its seed."""

    def __init__(self, world: World, faults: Faults, seed: int, *, version: int, deploys_at: int | None) -> None:
        self.world, self.faults, self.trade = world, faults, Trade(world)
        self.dice = random.Random(seed)  # noqa: S311 - choices of a test
        self.told: list[str] = []
        self.version, self.deploys_at = version, deploys_at
        seller = self.trade.seller()
        listings = [self.trade.listing(seller, price_minor=price, stock=3) for price in (999, 10_000, 33_333)]
        self.listings = {each.listing_id: each for each in listings}
        self.deeds = Deeds(self.trade)
        self.model = Model({each.listing_id: each.stock for each in listings})

    def run(self, deeds: int) -> None:
        """Do so many deeds. Raises Broken where the real thing and the model part."""
        for number in range(deeds):
            if number == self.deploys_at:
                self._deploy()
            orders = list(self.model.orders)
            live = sum(each.state in each.rules.waits for each in self.model.orders.values())
            [deed] = self.dice.choices(["buy", "wait", "move"], [3 if live < LIVE_MAX else 1, 1, 8 if orders else 0])
            if deed == "buy":
                self._buy(number)
            elif deed == "wait":
                self._wait(*self.dice.choices(WAITS_DAYS, WAITS_WEIGHTS))
            else:
                self._move(*self._choice(orders))
            self._compare()
        settle(self.world, rounds=REST_ROUNDS)
        self.model.pass_time(self.world.clock.now())
        self._compare()
        wrong = list(problems(self.world, self.world.view(), {}))
        if wrong:
            raise Broken("; ".join(wrong))

    def _choice(self, orders: list[str]) -> tuple[str, str]:
        """Mostly a deed that the order allows, the bank's seldom; sometimes one that must be refused."""
        weights = [4 if known.state in known.rules.waits else 1 for known in self.model.orders.values()]
        [order_id] = self.dice.choices(orders, weights)
        known = self.model.orders[order_id]
        able = [name for state, name in known.rules.moves if state == known.phase] if self.dice.random() < 0.8 else []
        able = able or list(DEEDS)
        return self.dice.choices(able, [1 if name in SELDOM else 4 for name in able])[0], order_id

    def _deploy(self) -> None:
        """From here on new orders run the latest process, and the others end under their own."""
        self.told.append("deploy")
        self.version = LATEST
        self.world.place_under(LATEST)

    def _buy(self, number: int) -> None:
        listing = self.listings[self.dice.choice(list(self.listings))]
        quantity, buyer = self.dice.randint(1, 2), self.trade.person("Buyer")
        enough = self.model.stock[listing.listing_id] >= quantity

        def act() -> Any:
            placed = self.trade.place(buyer, (listing, quantity), key=f"history-{number}")
            with suppress(Exception):  # paid by the first attempt
                self.trade.pay(placed)
            return self.trade.services.checkout.complete(buyer, placed.payment.payment_id)

        def then(done: Any) -> None:
            if enough:
                order_id = done.orders[0].order_id
                self.model.stock[listing.listing_id] -= quantity
                known = Known(listing.listing_id, quantity, quantity * listing.price_minor, self.version)
                self.model.orders[order_id] = known
                self.model.go(known, "paid", self.trade.order(order_id).entered_at)

        self._do(f"buy {quantity} of {listing.listing_id[-4:]}", act, then, expected=enough)

    def _wait(self, days: float) -> None:
        self.told.append(f"wait {days} days")
        self.world.clock.advance(days=days)
        self._quiet()

    def _move(self, deed: str, order_id: str) -> None:
        known, now = self.model.orders[order_id], self.world.clock.now()
        target = known.target(deed)
        if _is_left_out(deed, known, target, now):
            return
        if deed == "refund":
            self._refund(order_id, known, possible=target is not None)
            return
        refund = self.dice.choice([0, known.left // 3, known.left])
        sides = known.losers or ("buyer_id",)

        def then(_done: Any) -> None:
            if target is None:
                return
            known.banked = known.banked or deed == "bank_takes"
            known.dropped = known.dropped or deed == "drop"
            if deed in RETURNING:
                self.model.return_step(known, deed, now)
            else:
                divided = (refund, known.left - refund) if deed in DIVIDING else None
                self.model.go(known, target, now, divided)

        doing = partial(self.deeds.do, deed, order_id, refund, sides)
        self._do(f"{deed} {order_id[-4:]}", doing, then, expected=target is not None)

    def _refund(self, order_id: str, known: Known, *, possible: bool) -> None:
        """Give a part back, under a key that a repetition keeps."""
        left = known.award[1] - known.given_after if known.state == "released" else known.left
        amount = self.dice.choice([1, max(1, left // 4)])
        key = f"refund-{len(self.told)}"
        if not possible or amount >= left:
            return  # all that is left is another deed

        def act() -> None:
            ask(self.trade.services, self.trade.order(order_id), amount, key)

        def then(_done: Any) -> None:
            self.model.give_back(known, amount)

        self._do(f"refund {amount} of {order_id[-4:]}", act, then, expected=True)

    def _do(self, name: str, act: Any, then: Callable[[Any], None], *, expected: bool) -> None:
        """Do a deed, perhaps while a call fails; what failed is repeated by whoever wanted it.

        `then` does the same in the model, before time passes for either.
        """
        self.faults.reset()
        if self.dice.random() < 0.5:
            self.faults.arm(self.dice.randint(1, CALLS_MAX), self.dice.choice(KINDS))
        result, error = None, None
        try:
            result = act()
            self.world.drain()
        except (Crash, Exception) as failed:  # noqa: BLE001 - the comparison judges
            error = failed
        failed_call = [f"{call.site} {kind}" for call, kind in self.faults.fired]
        self.told.append(f"{name} {failed_call or ''}")
        self.faults.reset()
        if not failed_call:
            if isinstance(error, DomainError) is expected or (error and not isinstance(error, DomainError)):
                raise Broken(f"{name}: expected {'done' if expected else 'refused'}, got {error!r}")
            then(result)
            self._quiet(rounds=1)
            return
        self.world.restart()
        with suppress(DomainError):
            result = act()
        then(result)
        self._quiet(rounds=3)

    def _quiet(self, rounds: int = 2) -> None:
        """Deliver and sweep; later rounds come after the pauses of whatever repeats by itself."""
        for later in range(rounds):
            self.world.clock.advance(hours=WAIT_HOURS if later else 0)
            self.world.drain()
            self.world.sweep()
            self.model.pass_time(self.world.clock.now())

    def _compare(self) -> None:
        hold_at_all_times(self.world)
        view = self.world.view()
        parked = parked_orders(view)
        real = {each.order_id: each.state for each in view.orders if each.order_id not in parked}
        for order_id, known in self.model.orders.items():
            if order_id in real and real[order_id] != known.state:
                raise Broken(f"{order_id} is {real[order_id]}, and should be {known.state}")
        self._compare_money(view, parked)
        for listing_id, stock in self.model.stock.items():
            left = self.trade.services.listing_store.read(listing_id).stock
            if left != stock:
                raise Broken(f"{left} of {listing_id} left, and should be {stock}")

    def _compare_money(self, view: Any, parked: set[str]) -> None:
        moved: Counter[tuple[str, Any]] = Counter()
        for each in view.stripe:
            moved[each.kind, each.order_id] += each.amount_minor
        for order_id, known in self.model.orders.items():
            over = known.state in {"released", "refunded", "split"} and order_id not in parked
            refund, gross = known.award if over else (0, 0)
            refund, gross = refund + known.given + known.given_after, gross - known.given_after
            if order_id not in parked and moved.get(("refund", order_id), 0) != refund:
                raise Broken(f"{order_id}: refunded {moved.get(('refund', order_id))}, and should be {refund}")
            commission = gross - moved["transfer", order_id] + moved["reversal", order_id]
            if order_id not in parked and abs(10_000 * commission - COMMISSION_BPS * gross) > ROUNDING_BPS:
                raise Broken(f"{order_id}: a commission of {commission} on {gross}")


def _is_left_out(deed: str, known: Known, target: str | None, now: datetime) -> bool:
    """Say whether the model has no word on this deed now, so that nobody tries it."""
    if deed in OUTSIDE:  # not a deed of ours that could be refused
        return target is None or (deed == "bank_takes" and known.banked)
    if deed in RETURNING and deed != "return":
        return known.returned is None or target is None
    if deed == "return":  # one piece of an order, once, while nothing was divided
        in_time = known.delivered_at is not None and now < known.delivered_at + TO_LOOK  # then whole days are counted
        return target is None or known.returned is not None or known.left < 1 or not in_time
    if deed == "drop":
        return known.is_returning  # whose goods and money would go their own ways
    return deed == "appeal" and (target is None or not known.losers)


def version_of(seed: int, deeds: int) -> tuple[int, int | None]:
    """Say under which process a history begins, and after how many deeds the latest is deployed."""
    share = seed % 4
    return (1, None) if share == 0 else (1, deeds // 3) if share == 1 else (LATEST, None)


def play(seed: int, deeds: int, **given: Any) -> tuple[list[str], str | None]:
    """One history by its seed: what was done, and what was wrong in the end."""
    faults = Faults()
    version, deploys_at = version_of(seed, deeds)
    with (
        lean_sdk(),
        new_world(faults=faults, vat_country="ES", process_version=version, **given) as world,
        short_way(world.dynamo),
    ):
        history = History(world, faults, seed, version=version, deploys_at=deploys_at)
        try:
            history.run(deeds)
        except Exception as error:  # noqa: BLE001 - any failure is a finding
            return history.told, f"{type(error).__name__}: {error}"
        return history.told, None
