"""Intent -> call -> record, for payouts: how a balance leaves for the bank, and how it comes back.

A payout is committed with its amount, in the transaction that takes it out of the balance, before Stripe is called.
`bring_on` may die anywhere and be run again by anybody: a young key is repeated, an old one looked up, what is not
found is parked. The end is told by a webhook or seen by looking; both only make us ask Stripe again.

A refusal proves that nothing left only of the first call, or together with a look that finds nothing: Stripe refuses
what it has done before as well, when an account has left us since.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import Event, event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.errors import CurrencyWaits, PayoutHeld, PayoutMoved, PayoutRefused
from marketplace.payouts.letting_go import LettingGo
from marketplace.payouts.model import (
    FAILURES_MAX,
    Cause,
    Entry,
    EntryKind,
    Hold,
    Payout,
    PayoutState,
    StripePayout,
)
from marketplace.payouts.ports import Holds, Payees, Payouts, Purses, StripePayouts
from marketplace.payouts.schedule import PUBLISHED, Calendar, interval_of
from marketplace.payouts.switch import KillSwitch

HELD_SINCE = "held_since"  # the reason of a payout that went back because a hold came before its leave
KEY_TOO_OLD = "key_too_old_and_nothing_found"
NOT_SHOWN = "key_too_old_and_account_not_shown"  # Stripe refuses to show us the payouts of its account
NO_SUCH_OBJECT = "resource_missing"  # Stripe's code
LEFT_AFTER_ALL = "payout:left_after_all"  # why a seller's payouts are stopped
LOOK_EVERY = timedelta(hours=12)  # at a payout that is late
ENDED_AT_STRIPE = {"failed", "canceled"}
NOT_THE_BANK = {
    "account_invalid",  # Stripe's, of a connected account that left us
    "balance_insufficient",
    "canceled",
    "insufficient_funds",
    "returned_by_hand",
    "currency_waits",
    HELD_SINCE,
}  # reasons that say nothing against an account


class PayoutDesk:
    """Brings payouts on."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        purses: Purses,
        payouts: Payouts,
        holds: Holds,
        payees: Payees,
        letting_go: LettingGo,
        stripe: StripePayouts,
        outbox: Outbox,
        switch: KillSwitch,
        calendar: Calendar = PUBLISHED,
    ) -> None:
        self._calendar = calendar
        self._clock = clock
        self._tx = transactions
        self._purses = purses
        self._payouts = payouts
        self._holds = holds
        self._payees = payees
        self._letting_go = letting_go
        self._switch = switch
        self._stripe = stripe
        self._outbox = outbox

    def bring_on(self, payout: Payout) -> Payout:
        """Do what is left of an open payout, or look how one in transit stands; harmless when repeated.

        Raises: PaymentsStopped; Unavailable when it must be done again.
        """
        if payout.state is PayoutState.OPEN:
            return self._send(payout)
        if payout.state is PayoutState.IN_TRANSIT and payout.stripe_payout_id:
            found = self._stripe.read(payout.stripe_account_id, payout.stripe_payout_id)
            return self._follow(payout, found, look_again=True)
        return payout

    def look_up(self, payout: Payout) -> Payout:
        """Look for a parked payout once more, and adopt it when it is there.

        Raises: Unavailable.
        """
        if payout.state is not PayoutState.PARKED:
            return payout
        found = self._find(payout)
        return self._adopt(payout, found) if found else payout

    def give_back(self, payout: Payout, reason: str) -> list[Write]:
        """Return the writes that put a parked payout back into the balance: a person saw that it never left.

        What Stripe shows as made is adopted instead, whatever a person saw.

        Raises: Unavailable when Stripe does not say.
        """
        found = self._find(payout)
        return [self._payouts.sent(payout, found)] if found else self._back(payout, reason, self._clock.now())

    def told(self, stripe_account_id: str, stripe_payout_id: str) -> bool:
        """Follow an event about a payout of a connected account; False when it is none of ours.

        Nothing of the event is believed: the account must be a seller's by our records, and the payout, as Stripe
        shows it to that account, must carry the key of a payout of that same seller.

        Raises: Unavailable.
        """
        seller_id = self._payees.seller_of_stripe(stripe_account_id)
        if seller_id is None:
            return False
        try:
            found = self._stripe.read(stripe_account_id, stripe_payout_id)
        except PayoutRefused as refused:
            if refused.reason == NO_SUCH_OBJECT:
                return False  # not a payout of that account
            raise Unavailable from refused  # it is told again: the account may be shown again by then
        payout = self._named(found.key)
        if payout is None or payout.seller_id != seller_id or payout.stripe_account_id != stripe_account_id:
            return False
        if payout.state in {PayoutState.OPEN, PayoutState.PARKED}:
            payout = self._adopt(payout, found)
        elif payout.stripe_payout_id == found.stripe_payout_id:
            payout = self._follow(payout, found)
        gone = payout.stripe_payout_id != found.stripe_payout_id
        if gone and payout.state is PayoutState.FAILED and found.status not in ENDED_AT_STRIPE:
            # It had been given back, and left after all: the balance counts it once too often until people have looked.
            why = f"{found.stripe_payout_id} of payout {payout.number} is at Stripe, and was given back"
            self._switch.stop(f"seller:{seller_id}", LEFT_AFTER_ALL, why)
        return True

    def _send(self, payout: Payout) -> Payout:
        if not payout.key_is_good(self._clock.now()):
            return self._send_no_more(payout)
        try:
            found = self._result(payout)
        except PayoutRefused as refused:
            back = self._back(payout, refused.reason, self._clock.now(), leaves=payout.leaves + 1)
            return self._record(payout, back)
        except PayoutMoved:
            return self._read(payout)  # somebody else brought it on before the call
        except (CurrencyWaits, PayoutHeld) as waits:
            if payout.may_have_left:
                raise
            reason = waits.code if isinstance(waits, CurrencyWaits) else HELD_SINCE
            return self._record(payout, self._back(payout, reason, self._clock.now(), leaves=0))
        return self._adopt(payout, found)

    def _send_no_more(self, payout: Payout) -> Payout:
        """Adopt what is found of a payout whose key Stripe may have forgotten; a person decides about the rest."""
        try:
            found = self._stripe.find(payout)
        except PayoutRefused:
            return self._record(payout, [self._payouts.park(payout, NOT_SHOWN)])
        return self._adopt(payout, found) if found else self._record(payout, [self._payouts.park(payout, KEY_TOO_OLD)])

    def _result(self, payout: Payout) -> StripePayout:
        """Return what its call made, or an earlier one.

        Raises: PayoutRefused when no call made anything; Unavailable while nobody knows, and what LettingGo raises.
        """
        found = self._let_go(payout)
        if found is not None:
            return found
        try:
            return self._stripe.create(payout)
        except (Unavailable, PayoutRefused) as no:
            never_left = isinstance(no, PayoutRefused) and not payout.may_have_left
            found = None if never_left else self._find(payout)
            if found is None:
                raise
            return found

    def _find(self, payout: Payout) -> StripePayout | None:
        """Look for it at Stripe; where Stripe does not let us look, nobody knows.

        Raises: Unavailable.
        """
        try:
            return self._stripe.find(payout)
        except PayoutRefused as refused:
            raise Unavailable from refused

    def _let_go(self, payout: Payout) -> StripePayout | None:
        """Note the leave; without it, return what a call with an earlier one did, or raise."""
        try:
            self._letting_go.note(payout)
        except Unavailable:
            found = self._find(payout) if payout.may_have_left else None
            if found is None:
                raise
            return found
        return None

    def _adopt(self, payout: Payout, found: StripePayout) -> Payout:
        sent = self._record(payout, [self._payouts.sent(payout, found)])
        return self._follow(sent, found) if sent.state in {PayoutState.IN_TRANSIT, PayoutState.PAID} else sent

    def _follow(self, payout: Payout, found: StripePayout, *, look_again: bool = False) -> Payout:
        now = self._clock.now()
        if found.status in ENDED_AT_STRIPE and payout.state in {PayoutState.IN_TRANSIT, PayoutState.PAID}:
            after = self._record(payout, self._back(payout, found.failure_code or found.status, now))
            # Somebody may have noted its arrival first: what failed then fails from there.
            return self._follow(after, found) if after.state is PayoutState.PAID else after
        if found.status == "paid" and payout.state is PayoutState.IN_TRANSIT:
            return self._record(payout, self._arrived(payout, now))
        if look_again and payout.state is PayoutState.IN_TRANSIT:
            return self._record(payout, [self._payouts.wait(payout, now + LOOK_EVERY)])
        return payout

    def _arrived(self, payout: Payout, now: datetime) -> list[Write]:
        told = _told("payout.paid", payout, now)
        return [*self._payouts.arrived(payout, now), self._holds.bank_took(payout.seller_id), self._publish(told)]

    def _back(self, payout: Payout, reason: str, now: datetime, *, leaves: int | None = None) -> list[Write]:
        """Return the writes that put the money back, and what follows for a seller whose bank said no.

        A hold that came before the call is no refusal: the rest is divided anew at once, and the balance shows why.
        """
        purse, standing = self._purses.purse(payout.seller_id, payout.currency)
        failures = standing.failures + (reason not in NOT_THE_BANK)
        held = reason == HELD_SINCE
        due_at = now if held else self._calendar.after_failure(interval_of(standing, now), max(1, failures), now)
        entry = Entry(
            payout.seller_id,
            payout.currency,
            f"{EntryKind.RETURNED.value}#{payout.number}",
            EntryKind.RETURNED,
            payout.amount_minor,
            purse.number,
            now,
            stripe_object=payout.stripe_payout_id,
            payout_number=payout.number,
        )
        back = self._payouts.came_back(payout, entry, reason, now, due_at, leaves=leaves)
        told = _told("payout.failed", payout, now, reason=reason, next_at=due_at.date().isoformat())
        writes = [*back, self._purses.note(entry), *([] if held else [self._publish(told)])]
        return writes if failures == standing.failures else [*writes, *self._counted(payout.seller_id, failures, now)]

    def _counted(self, seller_id: str, failures: int, now: datetime) -> list[Write]:
        known = self._holds.hold(seller_id, Cause.BANK_REFUSED, "bank")
        if failures < FAILURES_MAX or known is not None:
            return [self._holds.bank_refused(seller_id, failures - 1)]
        return self._holds.place(seller_id, Hold(Cause.BANK_REFUSED, "bank", now), after=failures - 1)

    def _record(self, payout: Payout, writes: Sequence[Write]) -> Payout:
        try:
            self._tx.commit(writes)
        except Conflict:
            # Somebody else recorded it first, or the balance moved: any of the writes may be the one that says so.
            after = self._read(payout)
            if after.state is payout.state and after.stripe_payout_id == payout.stripe_payout_id:
                raise Unavailable(retry_after_seconds=1) from None
            return after
        return self._read(payout)

    def _read(self, payout: Payout) -> Payout:
        found = self._payouts.payout(payout.seller_id, payout.currency, payout.number)
        return found or payout

    def _named(self, key: str | None) -> Payout | None:
        parts = (key or "").split("#")
        if len(parts) != 4 or parts[0] != "payout" or not parts[3].isascii() or not parts[3].isdigit():  # noqa: PLR2004
            return None
        return self._payouts.payout(parts[1], parts[2], int(parts[3]))

    def _publish(self, told: Event) -> Write:
        return self._outbox.publish(told)


def _told(kind: str, payout: Payout, now: datetime, **facts: str) -> Event:
    return event(
        kind,
        payout.payout_id,
        now,
        seller_id=payout.seller_id,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        **facts,
    )
