"""What becomes of money that waits for a person: two of finance decide, and it is sent exactly once.

It waits because an intent was closed without effect (desk.py), or because a bank gave back what had counted as lost
when the order was over. The decision books it as owed to whom it was found to be and opens its intent in the
transaction that approves it; from there on it is money on its way like any other, and what Stripe refuses of it is
parked, and may be closed and wait here again, under the new intent's name, and stays whose it was. Kept money can be
decided anew at any time. A refund may take a seller's first (refund_plan.py), a bank may pay a buyer's (bank_paid.py).
"""

from dataclasses import replace

from marketplace.decisions.model import FINANCE, Amounts
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.ledger import unclaimed
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order, OrderMissing
from marketplace.orders.ports import Orders
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.claims import Claims
from marketplace.payments.late_news import PAID_OTHERWISE, news_of
from marketplace.payments.model import Intent, IntentKind, Payment
from marketplace.payments.ports import Approvals, Payments, UnclaimedRows
from marketplace.payments.unclaimed_model import (
    WAITS,
    NotTheirs,
    Stage,
    Unclaimed,
    UnclaimedMissing,
    UnclaimedMoved,
    Way,
    Whose,
    check_outside,
)
from marketplace.staff.model import Proposal

DECIDE = "unclaimed.decide"  # the kind of proposal
PAID_OUTSIDE = "refund.paid_outside"  # what the buyer is told


class UnclaimedMoney:
    """Shows what waits, and decides about it."""

    def __init__(
        self,
        *,
        clock: Clock,
        rows: UnclaimedRows,
        orders: Orders,
        payments: Payments,
        ledger: Ledger,
        claims: Claims,
        approvals: Approvals,
        decisions: Recording,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._rows = rows
        self._orders = orders
        self._payments = payments
        self._ledger = ledger
        self._claims = claims
        self._approvals = approvals
        self._decisions = decisions
        self._outbox = outbox

    def page(self, cursor: str | None, limit: int) -> Rows[Unclaimed]:
        """List what waits, the oldest first, then what is kept.

        Raises: BadCursor.
        """
        names = self._rows.page(cursor, limit)
        found = self._rows.read_many(names.items) if names.items else []
        return Rows(tuple(each for each in found if each.stage in WAITS), names.cursor)

    def read(self, name: str) -> Unclaimed:
        """Return one amount.

        Raises: UnclaimedMissing.
        """
        found = self._rows.read(name)
        if found is None:
            raise UnclaimedMissing
        return found

    def propose(
        self, name: str, way: Way, staff: Principal, reasons: str, *, bank_reference: str | None = None
    ) -> Proposal:
        """Propose what becomes of it; what is paid outside needs its bank's reference.

        Raises: UnclaimedMissing; UnclaimedMoved; NotTheirs; NotTheBuyers; BeyondPaid; NoMoreByCard; OnlyTheBuyers;
            BankReferenceNeeded; Forbidden; OwnCase; ReasonsNeeded.
        """
        found = self._decidable(name, way, bank_reference or "")
        order, payment = self._parties(found)
        concerns = (order.buyer_id, order.seller_id) if order else (payment.buyer_id,) if payment else ()
        facts: dict[str, str | int] = {
            "name": name,
            "way": way.value,
            "round": found.round,
            "amount_minor": found.amount_minor,
        }
        if bank_reference:
            facts["bank_reference"] = bank_reference
        sent_minor = self._claims.due(found, way, order) if order else found.amount_minor
        if sent_minor != found.amount_minor:  # the commission goes with it
            facts["sent_minor"] = sent_minor
        return self._approvals.propose(
            kind=DECIDE, subject=name, facts=facts, principal=staff, reasons=reasons, concerns=concerns
        )

    def decided(self, proposal: Proposal) -> list[Write]:
        """Return the writes of what two people agreed on.

        Raises: UnclaimedMissing; UnclaimedMoved when another decision came first; NotTheirs; NotTheBuyers; BeyondPaid;
            NoMoreByCard; OnlyTheBuyers; BankReferenceNeeded; OrderMissing.
        """
        way, bank_reference = Way(str(proposal.facts["way"])), str(proposal.facts.get("bank_reference", ""))
        found = self._decidable(str(proposal.facts["name"]), way, bank_reference)
        if found.round != proposal.facts["round"]:
            raise UnclaimedMoved
        order, payment = self._parties(found)
        after = replace(found, round=found.round + 1, decided=proposal.proposal_id)
        recorded = self._recorded(found, way, order, payment, proposal)
        if way is Way.KEEP:
            return [self._rows.change(found, replace(after, stage=Stage.KEPT)), *recorded]
        if way is Way.PAID_OUTSIDE:
            paid = replace(after, stage=Stage.PAID_OUTSIDE, bank_reference=bank_reference)
            return [self._rows.change(found, paid), *self._paid_outside(found, order, payment), *recorded]
        intent_id = f"again#{found.name}#{after.round}"
        sent = self._rows.change(found, replace(after, stage=Stage.SENT, sent_as=intent_id))
        if order is None:
            return [sent, *self._to_payer(found, intent_id), *recorded]
        return [sent, *self._claims.writes(found, way, order, intent_id), *recorded]

    def _paid_outside(self, found: Unclaimed, order: Order | None, payment: Payment | None) -> list[Write]:
        """Book it as paid by the owner, and tell the buyer."""
        booked = self._claims.paid_outside(found)
        if payment is not None:
            news = news_of(PAID_OTHERWISE, payment, found.amount_minor, self._clock.now(), once=found.name)
            return [booked, self._outbox.publish(news)]
        if order is None:
            return [booked]
        told = event(
            PAID_OUTSIDE,
            found.name,
            self._clock.now(),
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            refund_minor=found.amount_minor,
            currency=found.currency,
        )
        return [booked, self._outbox.publish(told)]

    def _to_payer(self, found: Unclaimed, intent_id: str) -> list[Write]:
        """Give a payment back that came too late, and has no order."""
        payment, now = self._payments.read(found.payment_id), self._clock.now()
        closed = self._payments.intent(found.name)
        if payment is None or closed is None:
            raise UnclaimedMissing
        parts = (payment.payment_id, None, found.amount_minor, found.currency, now)
        facts = (found.book, unclaimed.LATE_AGAIN, found.currency, found.amount_minor, intent_id, now)
        charge = {"charge_id": closed.facts["charge_id"]}
        return [
            self._ledger.book(unclaimed.claimed_by_buyer(*facts)),
            self._payments.open_intent(Intent(intent_id, IntentKind.LATE_REFUND, *parts, facts=charge)),
        ]

    def _decidable(self, name: str, way: Way, bank_reference: str) -> Unclaimed:
        found = self.read(name)
        if found.stage not in WAITS:
            raise UnclaimedMoved
        if way is Way.SELLER and found.order_id is None:
            raise NotTheirs(fields={"to": "not_theirs"})
        check_outside(found, way, bank_reference)
        return found

    def _parties(self, found: Unclaimed) -> tuple[Order | None, Payment | None]:
        if found.order_id is None:
            return None, self._payments.read(found.payment_id)
        order = self._orders.read(found.order_id)
        if order is None:
            raise OrderMissing
        return order, None

    def _recorded(
        self, found: Unclaimed, way: Way, order: Order | None, payment: Payment | None, proposal: Proposal
    ) -> list[Write]:
        if order is None:
            concerns = [payment.buyer_id] if payment else []
        else:
            theirs = {Way.SELLER: [order.seller_id], Way.BUYER: [order.buyer_id], Way.PAID_OUTSIDE: [order.buyer_id]}
            concerns = theirs.get(way) or _owners(found, order)
        sent_minor = self._claims.due(found, way, order) if order else found.amount_minor
        minor = {"seller_minor" if way is Way.SELLER else "buyer_minor": sent_minor}
        return self._decisions.record(
            kind="unclaimed.kept" if way is Way.KEEP else "unclaimed.sent",
            subject=found.name,
            about=found.book,
            concerns=concerns,
            by=FINANCE,
            once=proposal.proposal_id,
            reasons=proposal.decision_reasons or proposal.reasons,
            amounts=None if way is Way.KEEP else Amounts(found.currency, **minor),
            lasts_until=found.kept_until if way is Way.KEEP else None,
        )


def _owners(found: Unclaimed, order: Order) -> list[str]:
    """Name whose it is as far as anybody knows."""
    known = {Whose.BUYER: [order.buyer_id], Whose.SELLER: [order.seller_id]}
    return known.get(found.whose, [order.buyer_id, order.seller_id])
