"""Where a broken variant must be caught, and by what it was."""

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
from tests.crash.exploring import Failing, Recoveries
from tests.crash.flows import FLOWS
from tests.crash.harness import KINDS, faulty_worlds
from tests.fakes.faults_enumeration import all_faults

DAY_LATER = timedelta(hours=25)  # Stripe has forgotten its keys by then
Look = Callable[[type[Services]], Iterator[str]]


def flow(name: str, *, outage: timedelta = timedelta()) -> Look:
    """Look for the first fault of a flow from which the variant does not recover."""

    def look(variant: type[Services]) -> Iterator[str]:
        with faulty_worlds(FLOWS[name], made_of=variant) as worlds:
            worlds.outage = outage
            failing = Failing(Recoveries(worlds), worlds.again, worlds.run)
            try:
                worlds.check(worlds.world)
            except AssertionError as error:
                yield f"{name}, no fault: {error}"
                return
            for fault in all_faults(failing.calls, KINDS):
                attempt = failing.attempt(fault)
                if attempt.error is not None:
                    yield f"{name}, {fault}: {attempt.stage}: {attempt.error}"

    return look


def race(name: str) -> Look:
    """Look for the first schedule of a race that ends badly."""

    def look(variant: type[Services]) -> Iterator[str]:
        for outcome, wrong in races.explore(name, preemptions=2, made_of=variant):
            if wrong:
                yield f"{name}, {len(outcome.steps)} steps: {wrong[0]}"

    return look


def arrival(name: str) -> Look:
    """Look for an order of deliveries that ends badly."""

    def look(variant: type[Services]) -> Iterator[str]:
        for names, wrong in orders_of_arrival.explore(name, most=24, made_of=variant):
            if wrong:
                yield f"{name}, {' then '.join(names)}: {wrong[0]}"

    return look


def wrong_amount(variant: type[Services]) -> Iterator[str]:
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
        yield f"a cart of {placed.payment.amount_minor} paid with 100 is {paid[0]}"


@dataclass(frozen=True)
class Variant:
    """A broken part, and where to look for the damage."""

    services: type[Services]
    look: Look

    def caught_by(self) -> str | None:
        """The first damage found, in words."""
        try:
            return next(self.look(self.services), None)
        except AssertionError as error:  # it does not even reach the beginning of the flow
            return f"before any fault: {error}"


VARIANTS = {
    "no intent row": Variant(broken.NoIntentRow, flow("buyer confirms", outage=DAY_LATER)),
    "key per attempt": Variant(broken.KeyPerAttempt, flow("buyer confirms")),
    "new key after an unanswered call": Variant(broken.NewKeyAfterFailure, flow("buyer confirms")),
    "transfer without its charge": Variant(broken.NoSourceTransaction, flow("buyer confirms")),
    "transfer without commission": Variant(broken.NoCommission, flow("buyer confirms")),
    "unguarded release in the ledger": Variant(broken.UnguardedRelease, flow("buyer confirms")),
    "ledger keyed by the moment": Variant(broken.UnkeyedLedger, arrival("a chargeback, its webhooks")),
    "dedupe outside the transaction": Variant(broken_beside.DedupeOutside, flow("payment by webhook")),
    "index decides what is left to pay": Variant(broken_beside.IndexDecides, flow("buyer confirms")),
    "stale timer acts unread": Variant(broken_beside.StaleTimer, flow("chargeback opened")),
    "unguarded move": Variant(broken_beside.UnguardedMove, race("release x dispute")),
    "confirm forgets the hold": Variant(broken_beside.ForgetsHold, race("hold x confirm")),
    "refund leaves its intent open": Variant(broken_beside.IntentNotClosed, flow("seller cancels")),
    "expires without asking Stripe": Variant(broken_beside.ExpiresUnasked, flow("reservation expires")),
    "amount unchecked": Variant(broken_beside.AmountUnchecked, wrong_amount),
    "outbox outside the transaction": Variant(broken_beside.OutboxApart, flow("seller cancels")),
    "nudges only, no sweep": Variant(broken_beside.NoSweep, flow("reservation expires")),
    "booked before the call": Variant(broken_beside.BookedBeforeTheCall, flow("seller cancels")),
    "last item sold twice": Variant(broken_beside.SoldTwice, race("last item x last item")),
    "refund without reversal": Variant(broken_refunds.RefundWithoutReversal, flow("refund after the release")),
    "debt outside the transaction": Variant(broken_refunds.DebtOutside, flow("refund that becomes debt")),
    "netted twice": Variant(broken_refunds.NetsTwice, flow("debt netted from the next order")),
    "what is left is not guarded": Variant(broken_refunds.UnguardedRest, race("refund x refund, more than there is")),
    "evidence without looking": Variant(broken_chargebacks.EvidenceUnlooked, flow("evidence sent by finance")),
    "evidence noted before it is sent": Variant(broken_chargebacks.EvidenceForgotten, flow("evidence sent by itself")),
    "warning noted before its refund": Variant(broken_chargebacks.WarningNotedFirst, flow("warning, refunded")),
    "correction booked each time": Variant(
        correction_deeds.CorrectedEachTime, race("correction x the same correction")
    ),
    "debt written off unread": Variant(write_off_deeds.WrittenOffUnread, race("debt written off x earnings pay it")),
    "collected twice": Variant(collection_deeds.CollectedTwice, race("collection x collection")),
    "capital booked each time": Variant(owner_deeds.CapitalBookedByAmount, flow("owner puts money in")),
    "unclaimed money decided unread": Variant(
        owner_deeds.UnclaimedUnread, race("unclaimed to the seller x to the buyer")
    ),
    "refund past what was kept": Variant(
        unclaimed_deeds.RefundPastTheKept, flow("refund out of unclaimed money, the rest sent")
    ),
    "reversal forgotten": Variant(broken_chargebacks.ReversalForgotten, flow("lost chargeback, reversal refused")),
    "bank decisions take no turns": Variant(broken_chargebacks.NoTurns, race("two cases end")),
    "given back each time": Variant(broken_chargebacks.GivenBackEachTime, flow("lost chargeback won later")),
    "award paid beside the bank": Variant(
        broken_chargebacks.AwardsPaidBesideTheBank, flow("award overtaken by a bank")
    ),
    "bank's part promised again": Variant(broken_chargebacks.PromisedAgain, flow("refund of what a bank left")),
    "return without freezing": Variant(return_deeds.ReturnWithoutFreezing, flow("return asked for")),
    "reserved and forgotten": Variant(aftersales_deeds.ForgetsWhatIsReserved, flow("exchange lapses")),
    "return received twice": Variant(return_deeds.ReceivesTwice, race("received x silence")),
    "payout key per attempt": Variant(broken_payouts.PayoutKeyPerAttempt, flow("payout")),
    "payout from a balance of before": Variant(broken_payouts.BalanceFromAnIndex, race("payout x payout run")),
    "leave asked before the promise": Variant(broken_payouts.LeaveAskedEarly, race("transfer x stop of everything")),
    "payout leaves past a later hold": Variant(
        broken_payouts.HoldsForgottenAtLeave, race("begun payout x stop of its order")
    ),
    "stale approval": Variant(broken_payouts.StaleApproval, race("resumed and stopped again x resumed")),
    "arrival under a stop not held": Variant(
        broken_payouts.ArrivalUnheld, race("transfer x stop of its order, paid out")
    ),
    "reversal left in the balance": Variant(broken_payouts.ReversalUnnoted, race("payout x refund of its money")),
    "stopped order paid out": Variant(
        broken_payouts.OrderStopForgotten, race("transfer x stop of its order, paid out")
    ),
    "refused payout stays in transit": Variant(broken_payouts.ForgottenReturn, flow("payout refused by the bank")),
    "stock freed apart from the cart": Variant(broken_beside.FreedTwice, flow("reservation expires")),
    **{
        name: Variant(services, {"flow": flow, "race": race}[how](where))
        for name, (services, how, where) in broken_disputes.VARIANTS_OF_DISPUTES.items()
    },
}
