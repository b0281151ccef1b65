"""Random histories of deeds and faults, each decided by its seed, compared with the model after every deed.

The real thing does the same deeds as the model while calls fail at random; a client whose call failed repeats it. The
states, the goods, the money at Stripe and what sellers got of it must then be those of the model. An order that waits
for a person, because Stripe refused for good, is left out: no model says what that person does.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.orders.process import LATEST
from marketplace.payouts.switch import EVERYTHING
from tests.crash.checks import parked_orders, problems
from tests.crash.harness import KINDS, WAIT_HOURS, Broken, hold_at_all_times, settle
from tests.crash.history_deeds import RETURNING, Deeds, is_left_out
from tests.crash.history_sellers import OWED_MAX, Sellers
from tests.crash.lean import lean_sdk
from tests.crash.model import DEEDS, Known, Model
from tests.crash.refund_deeds import ask
from tests.fakes.dynamo_short import short_way
from tests.fakes.faults import Crash, Faults
from tests.fakes.trade import Trade
from tests.fakes.world import World, new_world

CALLS_MAX = 30  # of a deed and its deliveries, about
REST_ROUNDS = 60  # until it is at rest: what Stripe makes available of many payments comes at many hours
SECONDS_OF_A_DEED = 1  # nothing that different people do after each other happens at one moment
LIVE_MAX = 3  # orders under way: a history should go deep rather than wide
WAITS_DAYS = (0.01, 0.5, 3, 6, 15, 31, 61, 121)
WAITS_WEIGHTS = (3, 3, 2, 2, 2, 1, 1, 1)
LONG_DAYS = (130, 70, 70, 10, 3)  # until every order has ended, all is free, and what is due was sent
SELDOM = frozenset({"bank_takes", "cancel", "refund"})
DIVIDING = frozenset({"decide", "agree", "overturn"})
BALANCE_DEEDS = {"pay": 8, "bank_refuses": 1, "new_bank": 1, "send_back": 2, "hold": 1, "stop": 1}
STOPS = 5  # of the waits: longer is no stop


class History:
    """One random run of deeds and faults, decided by its seed."""

    def __init__(self, world: World, faults: Faults, seed: int, *, version: int, deploys_at: int | None) -> None:
        self.world, self.faults, self.trade = world, faults, Trade(world)
        self.dice = random.Random(seed)  # noqa: S311 - choices of a test
        self.told: list[str] = []
        self.version, self.deploys_at = version, deploys_at
        self.model = Model({})
        self.sellers = Sellers(self.trade, self.model)
        one, other = self.sellers.ids
        offers = [(one, 999), (one, 33_333), (other, 10_000)]
        self.listings = [self.trade.listing(seller, price_minor=price, stock=3) for seller, price in offers]
        self.deeds = Deeds(self.trade)
        self.model.stock |= {each.listing_id: each.stock for each in self.listings}

    def run(self, deeds: int) -> None:
        """Do so many deeds. Raises Broken where the real thing and the model part."""
        for number in range(deeds):
            if number == self.deploys_at:
                self._deploy()
            orders = list(self.model.orders)
            live = sum(each.state in each.rules.waits for each in self.model.orders.values())
            weights = [3 if live < LIVE_MAX else 1, 1, 8 if orders else 0, 2 if orders else 0]
            [deed] = self.dice.choices(["buy", "wait", "move", "pay"], weights)
            if deed == "buy":
                self._buy(number)
            elif deed == "pay":
                self._pay(self.dice.choice(self.sellers.ids))
            elif deed == "wait":
                self._wait(*self.dice.choices(WAITS_DAYS, WAITS_WEIGHTS))
            else:
                self._move(*self._choice(orders))
            self._compare()
        settle(self.world, rounds=REST_ROUNDS)
        self.model.pass_time(self.world.clock.now())
        self._compare()
        self._judge(problems(self.world, self.world.view(), {}))
        self._rest_long()

    def _rest_long(self) -> None:
        """Let every seller have a bank that takes money, and let all of it go its way."""
        for seller_id in self.sellers.ids:
            self.sellers.bank_takes(seller_id)
        for days in LONG_DAYS:
            self.world.clock.advance(days=days)
            self._quiet(rounds=1)
            self._compare()
        view = self.world.view()
        self._judge(self.sellers.unpaid(view, parked_orders(view)))

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
        """Buy of one seller, or of both in one cart; or place a cart that nobody pays yet."""
        [kind] = self.dice.choices(["one", "both", "unpaid"], [6, 1, 1])
        wanted = [self.dice.choice(self.listings)]
        if kind == "both":
            wanted.append(next(each for each in self.listings if each.seller_id != wanted[0].seller_id))
        quantity, buyer = self.dice.randint(1, 2), self.trade.person("Buyer")
        enough = all(self.model.stock[each.listing_id] >= quantity for each in wanted)

        def act() -> Any:
            placed = self.trade.place(buyer, *((each, quantity) for each in wanted), key=f"history-{number}")
            return self.deeds.pay(buyer, placed) if kind != "unpaid" else placed

        def then(done: Any) -> None:
            for order in done.orders if enough else ():
                [line] = order.lines
                facts = (line.listing_id, line.quantity, order.seller_id, order.total_minor)
                known = Known(*facts, self.version, shared=len(wanted) > 1)
                self.model.place(order.order_id, known, order.placed_at)
                if kind != "unpaid":
                    self.model.go(known, "paid", self.trade.order(order.order_id).entered_at)

        named = ", ".join(each.listing_id[-4:] for each in wanted)
        self._do(f"buy {quantity} of {named}, {kind}", act, then, expected=enough)

    def _pay(self, seller_id: str) -> None:
        """Do something to a seller's balance."""
        name = self.dice.choices(list(BALANCE_DEEDS), list(BALANCE_DEEDS.values()))[0]
        if name == "stop":
            self._stop(self.dice.choice([EVERYTHING, f"seller:{seller_id}"]))
            return
        if name == "pay":
            self.sellers.go_to_payout_date(seller_id)

        def then(_done: Any) -> None:
            if name == "hold":
                self.sellers.held(seller_id)

        self._do(f"{name} {seller_id[-4:]}", partial(getattr(self.sellers, name), seller_id), then, expected=True)

    def _stop(self, scope: str) -> None:
        """Stop payments for some days: nothing leaves, and then all goes on."""
        before = self.sellers.sent_under(scope)
        self._do(f"stop {scope}", partial(self.sellers.stop, scope), lambda _: None, expected=True)
        self._wait(*self.dice.choices(WAITS_DAYS[:STOPS], WAITS_WEIGHTS[:STOPS]))
        left = self.sellers.sent_under(scope) - before
        if left:
            raise Broken(f"{left} left while {scope} was stopped")
        self._do(f"resume {scope}", partial(self.sellers.resume, scope), lambda _: None, expected=True)

    def _wait(self, days: float) -> None:
        self.told.append(f"wait {days} days")
        self.world.clock.advance(days=days)
        self._quiet()

    def _move(self, deed: str, order_id: str) -> None:
        known, now = self.model.orders[order_id], self.world.clock.now()
        target = known.target(deed)
        if is_left_out(deed, known, target, now):
            return
        if deed == "refund":
            self._refund(order_id, known, possible=target is not None)
            return
        refund = self.dice.choice([0, known.left // 3, known.left])
        sides = known.losers or ("buyer_id",)

        def then(_done: Any) -> None:
            if target in (None, "cancelled"):  # what comes too late changes nothing
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
        too_much = amount >= left or self.sellers.owed(known.seller_id) + amount > OWED_MAX
        if not possible or too_much:
            return  # all that is left is another deed, and so is what people must agree to
        if order_id in parked_orders(self.world.view()):
            return  # it is being settled until people have decided

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
            self.world.clock.advance(hours=WAIT_HOURS if later else 0, seconds=0 if later else SECONDS_OF_A_DEED)
            self.world.stripe.tick()
            self.world.drain()
            self.world.sweep()
            self.model.pass_time(self.world.clock.now())
            self.sellers.time_passed()

    def _compare(self) -> None:
        view = hold_at_all_times(self.world)
        parked = parked_orders(view)
        real = {each.order_id: each.state for each in view.orders if each.order_id not in parked}
        for order_id, known in self.model.orders.items():
            if order_id in real and real[order_id] != known.state:
                raise Broken(f"{order_id} is {real[order_id]}, and should be {known.state}")
        self._compare_money(view, parked)
        self._judge(self.sellers.wrong(view, parked))
        for listing_id, stock in self.model.stock.items():
            left = self.trade.services.listing_store.read(listing_id).stock
            if left != stock:
                raise Broken(f"{left} of {listing_id} left, and should be {stock}")

    def _compare_money(self, view: Any, parked: set[str]) -> None:
        refunded: Counter[Any] = Counter()
        for each in view.stripe:
            refunded[each.order_id] += each.amount_minor if each.kind == "refund" else 0
        for order_id, known in self.model.orders.items():
            over = known.state in {"released", "refunded", "split"}
            refund = (known.award[0] if over else 0) + known.given + known.given_after
            if order_id not in parked and refunded[order_id] != refund:
                raise Broken(f"{order_id}: refunded {refunded[order_id]}, and should be {refund}")

    @staticmethod
    def _judge(found: Iterable[str]) -> None:
        wrong = list(found)
        if wrong:
            raise Broken("; ".join(wrong))


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
