"""What sellers earn and lose, noted in the transaction that books it: the balances that payouts are made from."""

from datetime import datetime

from marketplace.decisions.model import HOUSE, Amounts
from marketplace.decisions.ports import Recording
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.payouts.model import Cause, Clearing, Entry, EntryKind, Hold, Purse, ReservePart
from marketplace.payouts.order_stops import OrderStops
from marketplace.payouts.ports import Holds, Purses
from marketplace.payouts.reserve import released_by, rule_for
from marketplace.payouts.schedule import PUBLISHED, Calendar, interval_of

PARTS_READ_MAX = 1_000  # reserved parts of one balance; an older one is looked for no more, and available bears it


class SellerEarnings:
    """Keeps the balances; see ports.Earnings."""

    def __init__(
        self,
        *,
        purses: Purses,
        holds: Holds,
        order_stops: OrderStops,
        calendar: Calendar = PUBLISHED,
        decisions: Recording,
    ) -> None:
        self._order_stops = order_stops
        self._decisions = decisions
        self._purses = purses
        self._holds = holds
        self._calendar = calendar

    def earned(
        self, order: Order, net_minor: int, transfer_id: str, at: datetime, *, clears_at: datetime | None = None
    ) -> list[Write]:
        """Note what a transfer brought, and set aside what the rules say; see ports.Earnings."""
        if net_minor <= 0:
            return []
        purse, standing = self._purses.purse(order.seller_id, order.currency)
        rule = rule_for(standing, at)
        part_minor = rule.part_of(net_minor)
        entries = [_entry(purse, order, EntryKind.EARNED, net_minor, transfer_id, at)]
        writes: list[Write] = []
        if part_minor:
            entries.append(_entry(purse, order, EntryKind.RESERVED, -part_minor, transfer_id, at, rule.rule_id))
            facts = (order.seller_id, order.currency, order.order_id, transfer_id, part_minor, rule.rule_id)
            until = self._calendar.free_at(rule, at)
            writes.append(self._purses.set_aside(ReservePart(*facts, since=at, until=until)))
        if clears_at is not None and clears_at > at and net_minor > part_minor:
            place = (order.seller_id, order.currency, order.order_id, transfer_id)
            writes.append(self._purses.note_clearing(Clearing(*place, net_minor - part_minor, at, clears_at)))
        due_at = self._calendar.next_date(interval_of(standing, at), at)
        changed = self._purses.add(purse, entries, reserved_minor=part_minor, due_at=due_at)
        noted = [self._purses.note(each) for each in entries]
        arrival = self._order_stops.arriving(order, net_minor, at)
        counted = self._purses.count_earning(order.seller_id, at, held=arrival.held)
        return [changed, *noted, *writes, *arrival.writes, counted]

    def reversed(self, order: Order, amount_minor: int, reversal_id: str, at: datetime) -> list[Write]:
        """Note what came back from the seller's Stripe account; see ports.Earnings."""
        if amount_minor <= 0:
            return []
        purse, _ = self._purses.purse(order.seller_id, order.currency)
        entries, writes, taken_minor = [], [], 0
        parts = self._parts_of(order)
        # The part that this much had set aside, and more only where nothing else of the balance covers it.
        wanted_minor = max(released_by(parts, amount_minor), amount_minor - max(0, purse.available_minor))
        for part in parts:
            if taken_minor < wanted_minor:
                some_minor = min(part.amount_minor, wanted_minor - taken_minor)
                writes.append(self._purses.take_from(part, some_minor))
                taken_minor += some_minor
        if taken_minor:
            entries.append(_entry(purse, order, EntryKind.RESERVE_RELEASED, taken_minor, reversal_id, at))
        entries.append(_entry(purse, order, EntryKind.REVERSED, -amount_minor, reversal_id, at))
        rest_minor = amount_minor - taken_minor
        for uncleared in self._purses.clearing(order.seller_id, order.currency, at, PARTS_READ_MAX):
            if uncleared.order_id == order.order_id and rest_minor > 0:
                less_minor = min(uncleared.amount_minor, rest_minor)
                writes.append(self._purses.lessen(uncleared, less_minor))
                rest_minor -= less_minor
        changed = self._purses.add(purse, entries, reserved_minor=-taken_minor, due_at=None)
        noted = [self._purses.note(each) for each in entries]
        return [changed, *noted, *writes, self._order_stops.leaving(order, amount_minor)]

    def withheld(self, order: Order, amount_minor: int, dispute_id: str, at: datetime) -> list[Write]:
        """Hold back what a bank took of money which the seller has already; see ports.Earnings."""
        if amount_minor <= 0:
            return [self._holds.count_chargeback(order.seller_id)]
        key = _key(order, dispute_id)
        held = Hold(Cause.CHARGEBACK, key, at, None, amount_minor, order.currency, order.order_id)
        return [*self._holds.place(order.seller_id, held, chargebacks=1), *self._recorded(order, amount_minor, key)]

    def let_go(self, order: Order, dispute_id: str, at: datetime) -> list[Write]:
        """End that hold; see ports.Earnings."""
        held = self._holds.hold(order.seller_id, Cause.CHARGEBACK, _key(order, dispute_id))
        return self._holds.end(order.seller_id, held, at, "system") if held else []

    def _recorded(self, order: Order, amount_minor: int, key: str) -> list[Write]:
        return self._decisions.record(
            kind="payout.withheld",
            subject=order.order_id,
            concerns=[order.seller_id],
            by=HOUSE,
            once=key,
            automated=True,
            amounts=Amounts(order.currency, seller_minor=amount_minor),
        )

    def _parts_of(self, order: Order) -> list[ReservePart]:
        parts = self._purses.reserves(order.seller_id, order.currency, limit=PARTS_READ_MAX)
        return [part for part in parts if part.order_id == order.order_id]


def _key(order: Order, dispute_id: str) -> str:
    return f"{dispute_id}#{order.order_id}"


def _entry(
    purse: Purse,
    order: Order,
    kind: EntryKind,
    amount_minor: int,
    stripe_object: str,
    at: datetime,
    rule: str | None = None,
) -> Entry:
    fact = f"{kind.value}#{stripe_object}"
    whose = (purse.seller_id, purse.currency)
    return Entry(*whose, fact, kind, amount_minor, purse.number, at, order.order_id, stripe_object, rule)
