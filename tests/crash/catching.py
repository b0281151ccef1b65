"""Where a broken variant is looked for, and by what it must be caught there.

A variant that dies of a mistake of its own is caught as well, and proves nothing: so each says by which rule of the
audit or by which words of a check it is caught, and anything else that is found first counts as not caught. Without a
fault a variant behaves like the real code, but for those that always do what they should never do.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from marketplace.wiring import Services
from tests.crash import (
    aftersales_deeds,
    broken,
    broken_beside,
    broken_chargebacks,
    broken_disputes,
    broken_payouts,
    broken_refunds,
    collection_deeds,
    correction_deeds,
    orders_of_arrival,
    owner_deeds,
    races,
    return_deeds,
    unclaimed_deeds,
    write_off_deeds,
)
from tests.crash.broken_disputes import ALWAYS
from tests.crash.exploring import Failing, Recoveries
from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, faulty_worlds
from tests.fakes.faults_enumeration import all_faults
from tests.fakes.scheduler import preemptions

DAY_LATER = timedelta(hours=25)  # Stripe has forgotten its keys by then


@dataclass(frozen=True)
class Finding:
    """The first thing found wrong."""

    where: str
    what: str
    undisturbed: bool = False  # nothing had failed, and nobody had come between

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


Look = Callable[[type[Services]], Iterator[Finding]]


def flow(name: str, *, outage: timedelta = timedelta()) -> Look:
    """Look for the first fault of a flow from which the variant does not recover."""

    def look(variant: type[Services]) -> Iterator[Finding]:
        with faulty_worlds(FLOWS[name], made_of=variant) as worlds:
            worlds.outage = outage
            try:
                failing = Failing(Recoveries(worlds), worlds.again, worlds.run)
                worlds.check(worlds.world)
            except Exception as error:  # noqa: BLE001 - a finding, whatever it is
                yield Finding(f"{name}, no fault", _said(error), undisturbed=True)
                return
            for fault in all_faults(failing.calls, KINDS):
                attempt = failing.attempt(fault)
                if attempt.error is not None:
                    yield Finding(f"{name}, {fault}: {attempt.stage}", _said(attempt.error))

    return look


def race(name: str) -> Look:
    """Look for the first schedule of a race that ends badly."""

    def look(variant: type[Services]) -> Iterator[Finding]:
        for outcome, wrong in races.explore(name, preemptions=2, made_of=variant):
            if wrong:
                in_turn = preemptions(outcome.steps, outcome.script) == 0
                yield Finding(f"{name}, {len(outcome.steps)} steps", "; ".join(wrong), undisturbed=in_turn)

    return look


def arrival(name: str) -> Look:
    """Look for an order of deliveries that ends badly; each is delivered twice, so none is undisturbed."""

    def look(variant: type[Services]) -> Iterator[Finding]:
        for names, wrong in orders_of_arrival.explore(name, most=24, made_of=variant):
            if wrong:
                yield Finding(f"{name}, {' then '.join(names)}", "; ".join(wrong))

    return look


def wrong_amount(variant: type[Services]) -> Iterator[Finding]:
    """Let Stripe hold less than the cart costs: no order may become paid."""
    with faulty_worlds(FLOWS["checkout"], made_of=variant) as worlds:
        world, trade = worlds.world, worlds.trade
        buyer_id, listing = worlds.made
        placed = trade.place(buyer_id, (listing, 1))
        client = world.stripe_client()
        client.v1.payment_intents.update(placed.stripe.payment_intent_id, {"amount": 100})
        trade.pay(placed)
        try:
            trade.services.payments.complete(placed.payment.payment_id)
        except RuntimeError:
            return
        paid = [order.state for order in world.view().orders]
        yield Finding("another amount", f"a cart of {placed.payment.amount_minor} paid with 100 is {paid[0]}")


def _said(error: BaseException) -> str:
    """What an error says; one that is no check's own says its kind as well, and so that it is another one."""
    return str(error) if isinstance(error, AssertionError) else f"died of {error!r}"


@dataclass(frozen=True)
class Variant:
    """A broken part, where to look for the damage, and by what it must be caught: a rule, or words of a check."""

    services: type[Services]
    look: Look
    by: str
    always: bool = False  # wrong without any fault, as what it does wrong it does each time

    def found(self) -> Finding | None:
        """The first damage."""
        try:
            return next(self.look(self.services), None)
        except Exception as error:  # noqa: BLE001 - it does not even reach the beginning of the flow
            return Finding("before the flow", _said(error), undisturbed=True)

    def missed(self, found: Finding | None) -> str | None:
        """Say why this does not show that the variant is caught by what it breaks; None when it does."""
        if found is None:
            return "nothing is found wrong"
        if "died of" in found.what or not re.search(rf"\b{re.escape(self.by)}\b", found.what):
            return f"not caught by {self.by!r}: {found}"
        if found.undisturbed and not self.always:
            return f"wrong before anything failed: {found}"
        return f"not wrong before something failed: {found}" if self.always and not found.undisturbed else None


VARIANTS = {
    "no intent row": Variant(broken.NoIntentRow, flow("release of a part", outage=DAY_LATER), "M5"),
    "key per attempt": Variant(broken.KeyPerAttempt, flow("release of a part"), "M5"),
    "new key after an unanswered call": Variant(broken.NewKeyAfterFailure, flow("release of a part"), "M5"),
    "transfer without its charge": Variant(
        broken.NoSourceTransaction, flow("buyer confirms"), "parked for a person", ALWAYS
    ),
    "transfer without commission": Variant(broken.NoCommission, flow("buyer confirms"), "M4", ALWAYS),
    "unguarded release in the ledger": Variant(broken.UnguardedRelease, flow("buyer confirms"), "M8"),
    "ledger keyed by the moment": Variant(broken.UnkeyedLedger, arrival("a chargeback, its webhooks"), "M8"),
    "refund booked over its capture": Variant(broken.BookedOver, flow("seller cancels"), "M7", ALWAYS),
    "commission reckoned at each move": Variant(broken_beside.Repriced, flow("buyer confirms"), "E9", ALWAYS),
    "dedupe outside the transaction": Variant(
        broken_beside.DedupeOutside, flow("payment by webhook"), "was taken from Stripe and is nowhere"
    ),
    "index decides what is left to pay": Variant(
        broken_beside.IndexDecides, flow("buyer confirms"), "is still open", ALWAYS
    ),
    "stale timer acts unread": Variant(
        broken_beside.StaleTimer, flow("chargeback opened"), "ended as lost_to_chargeback", ALWAYS
    ),
    "unguarded move": Variant(broken_beside.UnguardedMove, race("release x dispute"), "C1"),
    "confirm forgets the hold": Variant(
        broken_beside.ForgetsHold, race("hold x confirm"), "was released although it is held"
    ),
    "refund leaves its intent open": Variant(
        broken_beside.IntentNotClosed, flow("seller cancels"), "is still open", ALWAYS
    ),
    "expires without asking Stripe": Variant(
        broken_beside.ExpiresUnasked, flow("reservation expires"), "expired and can still be paid", ALWAYS
    ),
    "amount unchecked": Variant(broken_beside.AmountUnchecked, wrong_amount, "paid with 100 is paid"),
    "outbox outside the transaction": Variant(broken_beside.OutboxApart, flow("seller cancels"), "no event says so"),
    "nudges only, no sweep": Variant(broken_beside.NoSweep, flow("checkout"), "E4"),
    "booked before the call": Variant(
        broken_beside.BookedBeforeTheCall, flow("seller cancels"), "Stripe shows None", ALWAYS
    ),
    "last item sold twice": Variant(broken_beside.SoldTwice, race("last item x last item"), "E7"),
    "refund without reversal": Variant(
        broken_refunds.RefundWithoutReversal, flow("refund after the release"), "M4", ALWAYS
    ),
    "old reversal closed as debt": Variant(
        broken_refunds.OldReversalIsDebt,
        flow("refund after the release", outage=DAY_LATER),
        "was closed although nobody knows of its call",
    ),
    "debt outside the transaction": Variant(broken_refunds.DebtOutside, flow("refund that becomes debt"), "M9"),
    "netted twice": Variant(broken_refunds.NetsTwice, flow("debt netted from the next order"), "M10"),
    "what is left is not guarded": Variant(
        broken_refunds.UnguardedRest, race("refund x refund, more than there is"), "M3"
    ),
    "evidence without looking": Variant(
        broken_chargebacks.EvidenceUnlooked,
        flow("evidence sent by finance"),
        "is noted as refused, and the bank has it",
    ),
    "evidence noted before it is sent": Variant(
        broken_chargebacks.EvidenceForgotten, flow("evidence sent by itself"), "is noted as sent, and the bank has none"
    ),
    "warning noted before its refund": Variant(
        broken_chargebacks.WarningNotedFirst, flow("warning, refunded"), "ended as paid"
    ),
    "correction booked each time": Variant(
        correction_deeds.CorrectedEachTime, race("correction x the same correction"), "S5"
    ),
    "debt written off unread": Variant(
        write_off_deeds.WrittenOffUnread, race("debt written off x earnings pay it"), "M9"
    ),
    "collected twice": Variant(collection_deeds.CollectedTwice, race("collection x collection"), "M9"),
    "capital booked each time": Variant(owner_deeds.CapitalBookedByAmount, flow("owner puts money in"), "M8", ALWAYS),
    "unclaimed money decided unread": Variant(
        owner_deeds.UnclaimedUnread, race("unclaimed to the seller x to the buyer"), "M9"
    ),
    "refund past what was kept": Variant(
        unclaimed_deeds.RefundPastTheKept, flow("refund out of unclaimed money, the rest sent"), "M9", ALWAYS
    ),
    "reversal forgotten": Variant(
        broken_chargebacks.ReversalForgotten, flow("lost chargeback, reversal refused"), "M10", ALWAYS
    ),
    "bank decisions take no turns": Variant(broken_chargebacks.NoTurns, race("two cases end"), "ended as charged_back"),
    "given back each time": Variant(
        broken_chargebacks.GivenBackEachTime, flow("lost chargeback won later"), "parked for a person"
    ),
    "award paid beside the bank": Variant(
        broken_chargebacks.AwardsPaidBesideTheBank, flow("award overtaken by a bank"), "B6", ALWAYS
    ),
    "bank's part promised again": Variant(
        broken_chargebacks.PromisedAgain, flow("refund of what a bank left"), "B7", ALWAYS
    ),
    "return without freezing": Variant(return_deeds.ReturnWithoutFreezing, flow("return asked for"), "W3", ALWAYS),
    "reserved and forgotten": Variant(
        aftersales_deeds.ForgetsWhatIsReserved, flow("exchange lapses"), "5 pieces became 4", ALWAYS
    ),
    "return received twice": Variant(return_deeds.ReceivesTwice, race("received x silence"), "W1"),
    "payout key per attempt": Variant(broken_payouts.PayoutKeyPerAttempt, flow("payout of a part"), "P5"),
    "payout from a balance of before": Variant(broken_payouts.BalanceFromAnIndex, race("payout x payout run"), "P4"),
    "leave asked before the promise": Variant(
        broken_payouts.LeaveAskedEarly, race("transfer x stop of everything"), "whose leave was given after the stop"
    ),
    "payout leaves past a later hold": Variant(
        broken_payouts.HoldsForgottenAtLeave,
        race("begun payout x stop of its order"),
        "whose leave was given after the stop",
    ),
    "stale approval": Variant(
        broken_payouts.StaleApproval, race("resumed and stopped again x resumed"), "stands after the later stop", ALWAYS
    ),
    "arrival under a stop not held": Variant(
        broken_payouts.ArrivalUnheld, race("transfer x stop of its order, paid out"), "P10"
    ),
    "reversal left in the balance": Variant(broken_payouts.ReversalUnnoted, race("payout x refund of its money"), "P3"),
    "stopped order paid out": Variant(
        broken_payouts.OrderStopForgotten, race("transfer x stop of its order, paid out"), "P10", ALWAYS
    ),
    "refused payout stays in transit": Variant(
        broken_payouts.ForgottenReturn, flow("payout refused by the bank"), "P2", ALWAYS
    ),
    "payout refused later counts as never left": Variant(
        broken_payouts.RefusedNeverLeft,
        flow("payout of an account that refuses"),
        "was given back, and Stripe shows it",
        ALWAYS,
    ),
    "stock freed apart from the cart": Variant(
        broken_beside.FreedTwice, flow("reservation expires"), "1 pieces became 2"
    ),
    **{
        name: Variant(services, {"flow": flow, "race": race}[how](where), *by)
        for name, (services, how, where, *by) in broken_disputes.VARIANTS_OF_DISPUTES.items()
    },
}
