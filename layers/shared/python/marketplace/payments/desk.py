"""The desk for money that stopped: parked intents, with all that is needed to decide, and the two ways on.

Both ways are a proposal that another person of finance approves. *Again* opens the intent under the next attempt's key;
what an earlier attempt may have done is looked up before the call and adopted. *Close* sends nothing: the money stays
owed, in the account `unclaimed`, whatever waited for it goes on, and what becomes of it is decided in unclaimed.py.
What was to come back from a seller is their debt then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.decisions.model import FINANCE, Amounts
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Missing, Unavailable
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.ledger import refunds as books
from marketplace.ledger.model import HELD, LATE_PAYMENT, seller_account
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.orders.ports import Orders
from marketplace.outbox.ports import Outbox
from marketplace.payments.intents import Intents
from marketplace.payments.late_news import KEPT, news_of
from marketplace.payments.model import Intent, IntentKind, IntentState, Payment, StripeRefused
from marketplace.payments.ports import Approvals, IntentPages, Payments, UnclaimedRows
from marketplace.payments.reversals import Reversals
from marketplace.payments.unclaimed_model import WHOSE, Unclaimed, Whose
from marketplace.staff.model import Proposal

RETRY, CLOSE = "intent.retry", "intent.close"  # kinds of proposals
PARKED_AT_LEAST = timedelta(minutes=2)  # a call that was under way when it was parked has ended by then


class IntentMissing(Missing):
    """No such intent."""

    code = "intent_not_found"
    title_en = "There is no such payment intent of ours."
    title_es = "No existe esa orden de pago nuestra."


class IntentNotParked(Conflict):
    """Only what waits for a person is decided by one."""

    code = "intent_not_parked"
    title_en = "This is not waiting for a decision."
    title_es = "Esto no espera ninguna decisión."


class IntentJustParked(Conflict):
    """A call may still be under way."""

    code = "intent_just_parked"
    title_en = "This was parked a moment ago. Try again in two minutes."
    title_es = "Esto se detuvo hace un momento. Inténtalo en dos minutos."


@dataclass(frozen=True, slots=True)
class Case:
    """An intent with what Stripe shows of it now: an object's id, or nothing, or no answer."""

    intent: Intent
    at_stripe: str | None
    asked: bool  # whether Stripe answered


class IntentDesk:
    """Shows and decides parked intents."""

    def __init__(
        self,
        *,
        clock: Clock,
        payments: Payments,
        pages: IntentPages,
        orders: Orders,
        ledger: Ledger,
        intents: Intents,
        approvals: Approvals,
        decisions: Recording,
        unclaimed: UnclaimedRows,
        reversals: Reversals,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._payments = payments
        self._pages = pages
        self._orders = orders
        self._ledger = ledger
        self._intents = intents
        self._approvals = approvals
        self._decisions = decisions
        self._unclaimed = unclaimed
        self._reversals = reversals
        self._outbox = outbox

    def page(self, state: str, cursor: str | None, limit: int) -> Rows[Intent]:
        """List open or parked intents, the oldest first.

        Raises: BadCursor.
        """
        names = self._pages.page_intents(state, cursor, limit)
        found = self._payments.intents(names.items) if names.items else {}
        there = (found[name] for name in names.items if name in found)
        return Rows(tuple(each for each in there if each.state.value == state), names.cursor)

    def read(self, intent_id: str) -> Case:
        """Return one intent, and ask Stripe what it shows of it.

        Raises: IntentMissing.
        """
        intent = self._read(intent_id)
        payment = self._payments.read(intent.payment_id)
        try:
            found = self._intents.find(intent, charge_id=_charge(intent, payment))
        except (Unavailable, StripeRefused):
            return Case(intent, None, asked=False)
        return Case(intent, found, asked=True)

    def propose(self, kind: str, intent_id: str, staff: Principal, reasons: str) -> Proposal:
        """Propose to send an intent again, or to close it.

        Raises: IntentMissing; IntentNotParked; IntentJustParked; OwnCase; ReasonsNeeded.
        """
        intent = self._decidable(intent_id)
        order = self._order(intent)
        return self._approvals.propose(
            kind=kind,
            subject=intent_id,
            facts={"intent_id": intent_id, "attempt": intent.attempt, "amount_minor": intent.amount_minor},
            principal=staff,
            reasons=reasons,
            concerns=(order.buyer_id, order.seller_id) if order else (),
        )

    def again(self, proposal: Proposal) -> list[Write]:
        """Return the writes that open an intent again, as two people agreed; the sweep performs it.

        Raises: IntentMissing; IntentNotParked; IntentJustParked.
        """
        return [self._payments.reopen_intent(self._agreed(proposal), self._clock.now())]

    def close(self, proposal: Proposal) -> list[Write]:
        """Return the writes that close an intent without effect, as two people agreed.

        What Stripe shows as done is never closed: it is opened again, and adopted as everything that is sent again.

        Raises: IntentMissing; IntentNotParked; IntentJustParked; Unavailable when Stripe does not say.
        """
        intent, now = self._agreed(proposal), self._clock.now()
        if self._is_at_stripe(intent):
            return [self._payments.reopen_intent(intent, now)]
        if intent.kind is IntentKind.REVERSAL:
            return self._reversals.given_up(intent, f"closed:{proposal.proposal_id}")
        order = self._order(intent)
        out_of = _owed_in(intent, order)
        facts = (intent.order_id or intent.payment_id, intent.currency, intent.intent_id, intent.amount_minor)
        return [
            self._payments.close_intent(intent, f"closed:{proposal.proposal_id}"),
            self._ledger.book(books.closed(*facts, out_of=out_of, at=now)),
            self._unclaimed.put(_waiting(intent, now)),
            *([self._orders.wake(order, now)] if order and order.state == "settling" else []),
            *(self._recorded(intent, order, proposal) if order else self._told_payer(intent, now)),
        ]

    def _told_payer(self, intent: Intent, now: datetime) -> list[Write]:
        """Return the write that tells whose late payment it was that it waits for them."""
        is_late = intent.kind is IntentKind.LATE_REFUND
        payment = self._payments.read(intent.payment_id) if is_late else None
        if payment is None:
            return []
        told = news_of(KEPT, payment, intent.amount_minor, now, once=intent.stripe_key)
        return [self._outbox.publish(told)]

    def _is_at_stripe(self, intent: Intent) -> bool:
        case = self.read(intent.intent_id)
        if not case.asked:
            raise Unavailable
        return case.at_stripe is not None

    def _recorded(self, intent: Intent, order: Order, proposal: Proposal) -> list[Write]:
        to_seller = intent.kind is IntentKind.TRANSFER
        part = {"seller_minor" if to_seller else "buyer_minor": intent.amount_minor}
        return self._decisions.record(
            kind="refund.closed",
            subject=intent.intent_id,
            about=order.order_id,
            concerns=[order.seller_id if to_seller else order.buyer_id],
            by=FINANCE,
            once=proposal.proposal_id,
            reasons=proposal.decision_reasons or proposal.reasons,
            amounts=Amounts(intent.currency, **part),
        )

    def _agreed(self, proposal: Proposal) -> Intent:
        """Return the intent as it was when it was proposed: a later attempt needs a new decision."""
        intent = self._decidable(str(proposal.facts["intent_id"]))
        if intent.attempt != proposal.facts["attempt"]:
            raise IntentNotParked
        return intent

    def _decidable(self, intent_id: str) -> Intent:
        intent = self._read(intent_id)
        if intent.state is not IntentState.PARKED:
            raise IntentNotParked
        if intent.parked_at and self._clock.now() - intent.parked_at < PARKED_AT_LEAST:
            raise IntentJustParked
        return intent

    def _read(self, intent_id: str) -> Intent:
        intent = self._payments.intent(intent_id)
        if intent is None:
            raise IntentMissing
        return intent

    def _order(self, intent: Intent) -> Order | None:
        return self._orders.read(intent.order_id) if intent.order_id else None


def _waiting(intent: Intent, now: datetime) -> Unclaimed:
    by_kind = Whose.SELLER if intent.kind is IntentKind.TRANSFER else Whose.BUYER
    whose = Whose(intent.facts.get(WHOSE, by_kind))  # what people decided before does not make it another's
    facts = (intent.payment_id, intent.order_id, intent.amount_minor, intent.currency, now)
    return Unclaimed(intent.intent_id, whose, *facts)


def _charge(intent: Intent, payment: Payment | None) -> str:
    known = payment.charge_id if payment else None
    return known or intent.facts.get("charge_id", "")


def _owed_in(intent: Intent, order: Order | None) -> str:
    if intent.kind is IntentKind.LATE_REFUND:
        return LATE_PAYMENT
    if intent.kind is IntentKind.TRANSFER and order:
        return seller_account(order.seller_id)
    return intent.facts.get("out_of", HELD)
