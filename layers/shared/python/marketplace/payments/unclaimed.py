"""What becomes of money that waits for a person: two of finance decide, and it is sent exactly once.

It waits because an intent was closed without effect (desk.py), or because a bank gave back what had counted as lost
when the order was over. The decision books it as owed to whom it was found to be and opens its intent in the
transaction that approves it; from there on it is money on its way like any other, and what Stripe refuses of it is
parked, and may be closed and wait here again, under the new intent's name. Kept money can be decided anew at any time.
"""

from dataclasses import replace

from marketplace.decisions.model import FINANCE, Amounts
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.ledger import postings, unclaimed
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order, OrderMissing
from marketplace.orders.ports import Orders
from marketplace.payments.beside import BESIDE, Beside
from marketplace.payments.model import Intent, IntentKind, Payment
from marketplace.payments.ports import Approvals, Debts, Payments, UnclaimedRows
from marketplace.payments.unclaimed_model import (
    NotTheirs,
    Stage,
    Unclaimed,
    UnclaimedMissing,
    UnclaimedMoved,
    Way,
    Whose,
)
from marketplace.staff.model import Proposal

DECIDE = "unclaimed.decide"  # the kind of proposal
DECIDED = "unclaimed"  # why such an intent stands beside its order's award


class UnclaimedMoney:
    """Shows what waits, and decides about it."""

    def __init__(
        self,
        *,
        clock: Clock,
        rows: UnclaimedRows,
        orders: Orders,
        payments: Payments,
        debts: Debts,
        ledger: Ledger,
        beside: Beside,
        approvals: Approvals,
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._rows = rows
        self._orders = orders
        self._payments = payments
        self._debts = debts
        self._ledger = ledger
        self._beside = beside
        self._approvals = approvals
        self._decisions = decisions

    def page(self, cursor: str | None, limit: int) -> Rows[Unclaimed]:
        """List what waits or is kept, the oldest first.

        Raises: BadCursor.
        """
        names = self._rows.page(cursor, limit)
        found = self._rows.read_many(names.items) if names.items else []
        return Rows(tuple(each for each in found if each.stage is not Stage.SENT), names.cursor)

    def read(self, name: str) -> Unclaimed:
        """Return one amount.

        Raises: UnclaimedMissing.
        """
        found = self._rows.read(name)
        if found is None:
            raise UnclaimedMissing
        return found

    def propose(self, name: str, way: Way, staff: Principal, reasons: str) -> Proposal:
        """Propose what becomes of it.

        Raises: UnclaimedMissing; UnclaimedMoved; NotTheirs; Forbidden; OwnCase; ReasonsNeeded.
        """
        found = self._decidable(name, way)
        order, payment = self._parties(found)
        concerns = (order.buyer_id, order.seller_id) if order else (payment.buyer_id,) if payment else ()
        facts = {"name": name, "way": way.value, "round": found.round, "amount_minor": found.amount_minor}
        return self._approvals.propose(
            kind=DECIDE, subject=name, facts=facts, principal=staff, reasons=reasons, concerns=concerns
        )

    def decided(self, proposal: Proposal) -> list[Write]:
        """Return the writes of what two people agreed on.

        Raises: UnclaimedMissing; UnclaimedMoved when another decision came first; NotTheirs; OrderMissing.
        """
        way = Way(str(proposal.facts["way"]))
        found = self._decidable(str(proposal.facts["name"]), way)
        if found.round != proposal.facts["round"]:
            raise UnclaimedMoved
        order, payment = self._parties(found)
        after = replace(found, round=found.round + 1, decided=proposal.proposal_id)
        recorded = self._recorded(found, way, order, payment, proposal)
        if way is Way.KEEP:
            return [self._rows.change(found, replace(after, stage=Stage.KEPT)), *recorded]
        intent_id = f"again#{found.name}#{after.round}"
        sent = self._rows.change(found, replace(after, stage=Stage.SENT, sent_as=intent_id))
        if order is None:
            return [sent, *self._to_payer(found, intent_id), *recorded]
        send = self._to_seller if way is Way.SELLER else self._to_buyer
        return [sent, *send(found, order, intent_id), *recorded]

    def _to_buyer(self, found: Unclaimed, order: Order, intent_id: str) -> list[Write]:
        kinds = {
            Whose.BUYER: unclaimed.TO_BUYER,
            Whose.SELLER: unclaimed.SELLERS_TO_BUYER,
            Whose.NOBODY: unclaimed.REGAINED_TO_BUYER,
        }
        facts = (found.book, kinds[found.whose], found.currency, found.amount_minor, intent_id, self._clock.now())
        booked = self._ledger.book(unclaimed.claimed_by_buyer(*facts, out_of=found.account))
        given = found.whose is Whose.SELLER  # what the award gave the seller goes back: it is theirs no more
        after = replace(order, refunded_after_minor=order.refunded_after_minor + found.amount_minor)
        return [
            booked,
            self._beside.to_buyer(order, intent_id, found.amount_minor, {BESIDE: DECIDED}),
            *([self._orders.give_back(order, after)] if given else []),
        ]

    def _to_seller(self, found: Unclaimed, order: Order, intent_id: str) -> list[Write]:
        """Book it as the seller's, let it pay what they owe first, and send the rest."""
        kind = unclaimed.TO_SELLER if found.whose is Whose.SELLER else unclaimed.REGAINED_TO_SELLER
        facts = (found.book, kind, found.currency, found.amount_minor, order.seller_id, intent_id)
        now = self._clock.now()
        writes = [self._ledger.book(unclaimed.claimed_by_seller(*facts, now, out_of=found.account))]
        netted_minor = max(0, min(found.amount_minor, self._debts.owed_minor(order.seller_id, order.currency)))
        if netted_minor:
            key = f"{postings.NETTED}#{intent_id}"
            writes.append(self._ledger.book(postings.netted(order, netted_minor, key, now)))
            writes.append(self._debts.net(order.seller_id, order.currency, netted_minor))
        left_minor = found.amount_minor - netted_minor
        if left_minor:
            writes.append(self._beside.to_seller(order, intent_id, left_minor, {BESIDE: DECIDED}))
        return writes

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

    def _decidable(self, name: str, way: Way) -> Unclaimed:
        found = self.read(name)
        if found.stage is Stage.SENT:
            raise UnclaimedMoved
        if way is Way.SELLER and (found.whose is Whose.BUYER or found.order_id is None):
            raise NotTheirs(fields={"to": "not_theirs"})
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
            concerns = {Way.SELLER: [order.seller_id], Way.BUYER: [order.buyer_id]}.get(way) or _owners(found, order)
        minor = {"seller_minor" if way is Way.SELLER else "buyer_minor": found.amount_minor}
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
