"""Starts a flow from the same moment for every fault, recovers as production would, and looks at everything."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.audit.invariants import check as audit
from marketplace.audit.view import View
from marketplace.kit.errors import DomainError
from tests.crash.checks import goods_of, parked_orders, problems
from tests.crash.flows import Flow
from tests.crash.lean import lean_sdk
from tests.fakes.dynamo_short import short_way
from tests.fakes.faults import Faults, Kind
from tests.fakes.outside import Names
from tests.fakes.trade import Trade
from tests.fakes.world import MISTAKES, TABLE_PREFIX, World, new_world

KINDS: tuple[Kind, ...] = ("crash_before", "crash_after", "timeout_after", "timeout_lost", "refuse")
HEALED = {"M8", "E4"}  # what Stripe did and we do not know yet; what is overdue until the next sweep
EXPECTED = (DomainError,)
ROUNDS_MAX = 8  # of waiting for retries and sweeping, before a recovery counts as failed
PEOPLE_MAX = 1_000  # made by one process of a flow
BALANCES = f"{TABLE_PREFIX}-payouts"
WAIT_HOURS = 2  # longer than the gaps of Stripe's first repetitions


class NotQuiet(AssertionError):
    """Recovery goes on and on."""


class Broken(AssertionError):
    """Something that must hold does not."""


@dataclass(frozen=True)
class Outside:
    """All that lies outside the process and must not change any more once a recovery has ended."""

    tables: Mapping[str, Mapping[Any, Any]]
    stripe: Mapping[str, Any]
    balances: Mapping[str, Any]
    mails: int


@dataclass
class FaultyWorlds:
    """One flow's world, brought back to the flow's beginning as often as wanted."""

    flow: Flow
    world: World
    faults: Faults
    trade: Trade
    made: Any
    goods: Mapping[str, int]
    start: Any
    names: Names
    people: int  # whom the flow's beginning knows
    outage: timedelta = timedelta()  # between the fault and the recovery
    _seen: tuple[Outside, View] | None = field(default=None)
    _fell_at: datetime | None = None

    def again(self) -> World:
        """Go back to the flow's beginning; ids drawn from there on are late ones (outside.py)."""
        world = self.go_on(self.start)
        world.ids.leap()
        return world

    def go_on(self, moment: Any) -> World:
        """Go back to a moment."""
        self.faults.reset()
        self.world.restore(moment)
        self.world.ids._made, self.world.kms.random_bytes._made = moment.drawn  # alike each time
        self.world.dynamo.calls.clear()
        self.trade._people = self.trade._attempts = self.people
        self._seen, self._fell_at = None, None
        return self.world

    def new_process(self) -> None:
        """Lose everything in memory; ids, randomness and people go on without telling how many there were before."""
        self.world.restart()
        self.world.ids.leap()
        self.world.kms.random_bytes.leap()
        self.trade._people = self.trade._attempts = self.people + PEOPLE_MAX * self.world.ids.leaps

    def run(self, world: World) -> None:
        try:
            self.flow.act(self.trade, self.made)
        except MISTAKES as error:
            world.mistakes.append(repr(error))
            raise

    def recover(self, world: World) -> None:
        """The process starts anew, the trigger comes again, time passes, and the sweep runs until it finds nothing."""
        self.repeat(world)
        settle(world)

    def repeat(self, world: World) -> None:
        """Look at what a fault has left; then the process starts anew, and the trigger comes again."""
        hold_at_all_times(world)
        self.new_process()
        if self.outage:
            self._fell_at = self._fell_at or world.clock.now()  # the flow itself may have let days pass
            world.clock.set(max(world.clock.now(), self._fell_at + self.outage))
        # After a day the state may refuse what a client repeats; before that, a repetition must get its answer.
        with suppress(*EXPECTED) if self.outage else nullcontext():
            self.flow.act(self.trade, self.made)

    def wait_a_while(self, world: World) -> bool:
        """Let time pass and sweep once; say whether there was nothing to do."""
        return wait_a_while(world)

    def check(self, world: World) -> None:
        """Raise Broken with everything that does not hold."""
        hold_what_lasts(world)
        view = self._view(world)
        found = [f"{each.rule} {each.subject}: {each.seen}" for each in audit(view)]
        found += problems(world, view, self.goods)
        parked = parked_orders(view)
        if parked and not (self.outage or self.flow.may_park):
            found.append(f"parked for a person: {sorted(parked)}")
        ends = self.flow.ends | ({"cancelled"} if self.outage and self.flow.may_lapse else set())
        ended = {order.state for order in view.orders if order.order_id not in parked}
        found += [f"an order ended as {state}" for state in sorted(ended - ends)]
        if found:
            raise Broken("; ".join(found))
        world.stripe.audit()

    def fingerprint(self, world: World) -> Outside:
        """Return what a second recovery must leave; when a balance is looked at next moves by the calendar alone."""
        outside = outside_of(world)
        balances = {key: _undated(item) for key, item in outside.tables[BALANCES].items()}
        return replace(outside, tables={**outside.tables, BALANCES: balances})

    def _view(self, world: World) -> View:
        """Gather the view, unless nothing but the time has changed since the last one."""
        now = outside_of(world)
        if self._seen is None or self._seen[0] != now:
            self._seen = (now, world.view())
        return replace(self._seen[1], now=world.clock.now())


def hold_at_all_times(world: World) -> View:
    """Return what there is; raise Broken when even the moment after a crash breaks what time may not heal."""
    view = world.view()
    broken = [each for each in audit(view) if each.rule not in HEALED]
    if broken:
        raise Broken("; ".join(f"at once, {each.rule} {each.subject}: {each.seen}" for each in broken))
    hold_what_lasts(world)
    return view


def hold_what_lasts(world: World) -> None:
    """Raise Broken when since the last look anything changed that may not, or a consumer died of a mistake."""
    found = [f"{each.rule} {each.subject}: {each.seen}" for each in world.changed()]
    found += [f"something died of {each}" for each in world.mistakes]
    if found:
        raise Broken("; ".join(found))


def settle(world: World, *, rounds: int = ROUNDS_MAX) -> None:
    """Let time pass for what repeats by itself, and sweep, until a whole round finds nothing to do."""
    if not any(wait_a_while(world) for _ in range(rounds)):
        raise NotQuiet(f"after {rounds} rounds there is still something to do")


def wait_a_while(world: World) -> bool:
    """Let time pass for what repeats by itself, and sweep once; say whether there was nothing to do."""
    before = outside_of(world)
    world.clock.advance(hours=WAIT_HOURS)
    world.drain()
    swept = world.sweep()
    hold_what_lasts(world)
    return outside_of(world) == before and not swept.failed and not world.stripe.webhooks.pending()


def _undated(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in item.items() if name != "due_at"} if "earned_minor" in item else item


def outside_of(world: World) -> Outside:
    """Everything that a recovery might change; items are compared by identity first, so this is cheap."""
    records = world.stripe.world.store._records.values()
    balances = {
        (owner, currency): sum(parts.values())
        for owner, money in world.stripe.balances().items()
        for currency, parts in money.items()
    }
    tables = {name: world.dynamo.snapshot_items(name) for name in world.dynamo.tables()}
    stripe = {each.id: each.data.get("status") for each in records if each.kind not in {"event", "balance"}}
    return Outside(tables, stripe, balances, len(world.mails))


@contextmanager
def faulty_worlds(flow: Flow, *, short: bool = True, **given: Any) -> Iterator[FaultyWorlds]:
    """Open a flow's world at the flow's beginning; `given` replaces parts of the services (broken ones, say).

    `short` takes the short way to the tables (dynamo_short.py), which makes the same calls.
    """
    faults = Faults()
    with (
        lean_sdk(),
        new_world(faults=faults, vat_country="ES", **given) as world,
        short_way(world.dynamo) if short else nullcontext(),
    ):
        trade = Trade(world)
        made = flow.prepare(trade)
        goods, people = goods_of(world, world.view()), max(trade._people, trade._attempts)
        yield FaultyWorlds(flow, world, faults, trade, made, goods, world.snapshot(), Names(world), people)
