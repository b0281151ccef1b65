"""What happens to sellers' balances in a random history: payout dates, banks that refuse, holds and stops.

Of their money only sums and bounds are said, which need no rule of payouts: what reached a seller is what was theirs of
every order and what they owe; never was more sent than theirs; nothing leaves while it is held or stopped; and after a
long quiet time all of it was sent, but for less than the published minimum.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketplace.audit.view import View
from marketplace.payouts.model import Cause
from marketplace.payouts.switch import EVERYTHING
from tests.crash.model import Model
from tests.crash.payout_deeds import with_factor
from tests.fakes.trade import Trade

CURRENCY = "eur"
MINIMUM = 1_000  # smaller balances wait
OWED_MAX = 10_000  # beyond which people must agree to what a seller gives back
GONE_BACK = {"failed", "canceled"}
WHY = "Something looks wrong."
FAR = timedelta(days=40)  # a payout date that is farther away is no date


@dataclass(frozen=True)
class Seen:
    """What a seller has in minor units: sent to the bank, got from us, owed to us."""

    sent: int = 0
    reached: int = 0
    owed: int = 0


class Sellers:
    """Two sellers who may be paid, and what was sent to them until the last look."""

    def __init__(self, trade: Trade, model: Model) -> None:
        self.trade, self.world, self.model = trade, trade.world, model
        self.ids = [trade.seller() for _ in range(2)]
        for each in self.ids:
            with_factor(trade, each)
        self.accounts = {each: str(trade.services.sellers.of(each).stripe_account_id) for each in self.ids}
        self._held_until: dict[str, datetime] = {}
        self._seen = dict.fromkeys(self.ids, Seen())
        self._most: dict[str, float] = dict.fromkeys(self.ids, 0)  # that was theirs since the last look

    @property
    def services(self) -> Any:
        return self.trade.services

    def go_to_payout_date(self, seller_id: str) -> None:
        """Let time pass until the next one, where it is near."""
        due_at = self.services.payout_table.purse(seller_id, CURRENCY)[0].due_at
        now = self.world.clock.now()
        if due_at is not None and now < due_at < now + FAR:
            self.world.clock.set(due_at)

    def pay(self, _seller_id: str) -> None:
        """Let the payout run come round."""
        self.services.payout_run.run()

    def bank_refuses(self, seller_id: str) -> None:
        """Let the bank refuse what comes from now on."""
        self.world.stripe.bank_refuses(self.accounts[seller_id])

    def new_bank(self, seller_id: str) -> None:
        """Let the seller name another bank account."""
        self.world.stripe.change_banks(self.accounts[seller_id], currencies=[CURRENCY])

    def bank_takes(self, seller_id: str) -> None:
        """Let the bank take what comes; a seller whose payouts wait for another bank account names one."""
        self.world.stripe.bank_refuses(self.accounts[seller_id], code=None)
        if any(each.cause is Cause.BANK_REFUSED for each in self.services.payout_table.holds(seller_id)):
            self.new_bank(seller_id)

    def send_back(self, seller_id: str) -> None:
        """Let the bank send the last payout back, also after it had taken it."""
        found = self.world.stripe.objects("payout", self.accounts[seller_id])
        if found and max(found, key=lambda each: each["created"])["status"] not in GONE_BACK:
            self.world.stripe.fail_payout(max(found, key=lambda each: each["created"])["id"])

    def hold(self, seller_id: str) -> None:
        """Hold everything of a seller."""
        until = self.world.clock.now() + timedelta(days=10)
        self.services.payout_decisions.hold(seller_id, WHY, until, by="acc_finance")

    def held(self, seller_id: str) -> None:
        self._held_until[seller_id] = self.world.clock.now() + timedelta(days=10)

    def stop(self, scope: str) -> None:
        self.services.switch.stop(scope, "manual", WHY, by="acc_finance")

    def resume(self, scope: str) -> None:
        """Let two people resume."""
        resumed = self.services.switch.resume(scope, "All is well.", by="acc_finance", approved_by="acc_admin")
        self.services.transactions.commit(resumed)

    def sent_under(self, scope: str) -> set[str]:
        """Name the transfers and payouts that were made for those whom a stop covers."""
        found: set[str] = set()
        for seller_id, account in self.accounts.items():
            if scope in {EVERYTHING, f"seller:{seller_id}"}:
                found |= {each["id"] for each in self.world.stripe.objects("payout", account)}
                transfers = self.world.stripe.objects("transfer")
                found |= {each["id"] for each in transfers if each["destination"] == account}
        return found

    def owed(self, seller_id: str) -> int:
        return int(self.services.debts.owed_minor(seller_id, CURRENCY))

    def time_passed(self) -> None:
        for each in self.ids:
            self._most[each] = max(self._most[each], self.model.earned(each)[0])

    def wrong(self, view: View, parked: set[str]) -> Iterator[str]:
        """Name what is wrong with the money of those of whom no order waits for a person."""
        now, sent, reached = self.world.clock.now(), sent_in(view), reached_in(view)
        self.time_passed()
        for each in self.ids:
            seen = Seen(sent[self.accounts[each]], reached[each], self.owed(each))
            if not parked & self._orders_of(each):
                yield from self._wrong(each, seen, now)
            self._seen[each] = seen
            self._most[each] = self.model.earned(each)[0]

    def _wrong(self, seller_id: str, seen: Seen, now: datetime) -> Iterator[str]:
        before, (fair, rounding) = self._seen[seller_id], self.model.earned(seller_id)
        if abs(seen.reached - fair - seen.owed) > rounding:
            yield f"{seen.reached} reached {seller_id}, who owes {seen.owed}, and should have {fair}"
        if seen.owed == before.owed > 0 and seen.reached > before.reached:
            yield f"{seen.reached - before.reached} reached {seller_id}, who owes {seen.owed} as before"
        grown = seen.sent - before.sent
        if grown > 0 and seen.sent > self._most[seller_id] + rounding:
            yield f"{seen.sent} was sent to {seller_id}, of {self._most[seller_id]}"
        if grown > 0 and now < self._held_until.get(seller_id, now):
            yield f"{grown} was sent to {seller_id}, who is held"

    def _orders_of(self, seller_id: str) -> set[str]:
        return {order_id for order_id, order in self.model.orders.items() if order.seller_id == seller_id}

    def unpaid(self, view: View, parked: set[str]) -> Iterator[str]:
        """Name who was not paid after a long quiet time."""
        for each in self.ids:
            if parked & self._orders_of(each):
                continue
            fair, rounding = self.model.earned(each)
            left = fair - sent_in(view)[self.accounts[each]]
            if left > MINIMUM + rounding:
                yield f"{left} of {each} was never sent"
            if self.owed(each) and abs(left + self.owed(each)) > rounding:
                yield f"{each} owes {self.owed(each)} and has {left + self.owed(each)}"


def sent_in(view: View) -> Counter[str]:
    """Add up what banks got or are about to get, by Stripe account."""
    found: Counter[str] = Counter()
    for each in view.stripe_payouts:
        found[each.account_id] += 0 if each.status in GONE_BACK else each.amount_minor
    return found


def reached_in(view: View) -> Counter[str]:
    """Add up transfers less reversals at Stripe, by seller."""
    sellers = {order.order_id: order.seller_id for order in view.orders}
    found: Counter[str] = Counter()
    for each in view.stripe:
        sign = {"transfer": 1, "reversal": -1}.get(each.kind, 0)
        found[sellers.get(str(each.order_id), "")] += sign * each.amount_minor
    return found
