"""Money that waited for a person, sent to whom two people say: what they get, what is booked, and what is opened.

What a seller had earned and never got goes to the buyer with the commission on it, as after any refund: a sale that
brought its seller nothing costs them nothing. It can come back to the seller, less the commission, as long as it has
not reached the buyer. Nobody gets more back than they paid, and what the marketplace pays a seller of its own, after an
appeal, is nobody else's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write
from marketplace.ledger import postings, refunds, unclaimed
from marketplace.ledger.model import REFUND_OWED, LedgerTransaction, balances
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.orders.ports import Orders
from marketplace.payments.bank_books import refunded
from marketplace.payments.beside import BESIDE, OUT_OF_BALANCE, Beside
from marketplace.payments.making_good import BY_APPEAL
from marketplace.payments.model import Intent, IntentKind
from marketplace.payments.not_by_card import NOTED
from marketplace.payments.overtaken import OVERTAKEN
from marketplace.payments.ports import Debts, Payments
from marketplace.payments.unclaimed_model import (
    WHOSE,
    BeyondPaid,
    NoMoreByCard,
    NotTheBuyers,
    NotTheirs,
    Unclaimed,
    Way,
    Whose,
)

DECIDED = "unclaimed"  # why such an intent stands beside its order's award


@dataclass(frozen=True, slots=True)
class Claim:
    """What sending an amount one way means: the seller's part, the commission that goes with it, and its VAT."""

    shares: tuple[int, int, int]
    counted_as: IntentKind | None  # whom the books count it to: transfer the seller, refund the buyer, None neither
    order_after: Order | None = None  # when what was given back of the order changes by it

    @property
    def gross_minor(self) -> int:
        return sum(self.shares)


class Claims:
    """Says what is due, and opens it."""

    def __init__(
        self, *, clock: Clock, orders: Orders, payments: Payments, debts: Debts, ledger: Ledger, beside: Beside
    ) -> None:
        self._clock = clock
        self._orders = orders
        self._payments = payments
        self._debts = debts
        self._ledger = ledger
        self._beside = beside

    def due(self, found: Unclaimed, way: Way, order: Order) -> int:
        """Return what would be sent.

        Raises: NotTheirs; NotTheBuyers; BeyondPaid; NoMoreByCard.
        """
        closed = self._payments.intent(found.name)
        if way is Way.BUYER:
            return self._for_buyer(found, order, closed).gross_minor
        return self._for_seller(found, order, closed).shares[0] if way is Way.SELLER else found.amount_minor

    def writes(self, found: Unclaimed, way: Way, order: Order, intent_id: str) -> list[Write]:
        """Return the writes that book it as owed and open its intent, under this name.

        Raises: as `due`.
        """
        closed = self._payments.intent(found.name)
        facts = {BESIDE: DECIDED, WHOSE: found.whose.value}
        if closed and OUT_OF_BALANCE in closed.facts:
            facts[OUT_OF_BALANCE] = closed.facts[OUT_OF_BALANCE]
        if closed and (NOTED in closed.facts or closed.reason == OVERTAKEN):
            facts[NOTED] = "yes"
        if way is Way.BUYER:
            return self._to_buyer(found, order, self._for_buyer(found, order, closed), intent_id, facts)
        return self._to_seller(found, order, self._for_seller(found, order, closed), intent_id, facts)

    def paid_outside(self, found: Unclaimed) -> Write:
        """Return the write that books it as paid to its buyer by the owner."""
        facts = (found.book, found.currency, found.amount_minor, found.name, self._clock.now())
        return self._ledger.book(unclaimed.paid_outside(*facts))

    def _for_buyer(self, found: Unclaimed, order: Order, closed: Intent | None) -> Claim:
        if closed and closed.facts.get(OUT_OF_BALANCE) == BY_APPEAL:
            raise NotTheBuyers(fields={"to": "not_the_buyers"})
        counted_as = closed.kind if closed else None
        claim = Claim((found.amount_minor, 0, 0), counted_as)
        if found.whose is Whose.SELLER and counted_as is IntentKind.TRANSFER:
            shares = _grossed(order, found.amount_minor)
            given_minor = order.refunded_after_minor + sum(shares)
            claim = Claim(shares, counted_as, replace(order, refunded_after_minor=given_minor))
        book = list(self._ledger.of_book(order.order_id))
        if found.whose is Whose.BUYER and _is_lost(book):
            raise NoMoreByCard(fields={"to": "paid_outside"})
        owed_minor = -balances(book).get((REFUND_OWED, order.currency), 0)
        if claim.gross_minor > order.total_minor - refunded(book) - _outside(book) - owed_minor:
            raise BeyondPaid(fields={"to": "beyond_what_was_paid"})
        return claim

    def _for_seller(self, found: Unclaimed, order: Order, closed: Intent | None) -> Claim:
        if found.whose is Whose.BUYER:
            raise NotTheirs(fields={"to": "not_theirs"})
        counted_as = closed.kind if closed else None
        if found.whose is Whose.SELLER and counted_as is IntentKind.REFUND:
            before = replace(order, refunded_after_minor=order.refunded_after_minor - found.amount_minor)
            return Claim(refunds.shares_of(before, found.amount_minor), counted_as, before)
        return Claim((found.amount_minor, 0, 0), counted_as)

    def _to_buyer(
        self, found: Unclaimed, order: Order, claim: Claim, intent_id: str, facts: Mapping[str, str]
    ) -> list[Write]:
        return [
            *(self._ledger.book(each) for each in self._booked_for_buyer(found, order, claim, intent_id)),
            *self._given(order, claim),
            self._beside.to_buyer(order, intent_id, claim.gross_minor, facts),
        ]

    def _booked_for_buyer(
        self, found: Unclaimed, order: Order, claim: Claim, intent_id: str
    ) -> list[LedgerTransaction]:
        now = self._clock.now()
        if claim.counted_as is IntentKind.TRANSFER:
            theirs = (order.seller_id, intent_id, now)
            return [
                unclaimed.for_refund(found.book, found.currency, found.amount_minor, *theirs),
                unclaimed.sellers_to_buyer(found.book, found.currency, claim.shares, *theirs),
            ]
        kind = unclaimed.TO_BUYER if claim.counted_as else unclaimed.REGAINED_TO_BUYER
        facts = (found.book, kind, found.currency, found.amount_minor, intent_id, now)
        return [unclaimed.claimed_by_buyer(*facts, out_of=found.account)]

    def _to_seller(
        self, found: Unclaimed, order: Order, claim: Claim, intent_id: str, facts: Mapping[str, str]
    ) -> list[Write]:
        """Book it as the seller's, let it pay what they owe first, and send the rest."""
        now, net_minor = self._clock.now(), claim.shares[0]
        booked = self._booked_for_seller(found, order, claim, intent_id)
        writes = [self._ledger.book(booked), *self._given(order, claim)]
        netted_minor = max(0, min(net_minor, self._debts.owed_minor(order.seller_id, order.currency)))
        if netted_minor:
            key = f"{postings.NETTED}#{intent_id}"
            writes.append(self._ledger.book(postings.netted(order, netted_minor, key, now)))
            writes.append(self._debts.net(order.seller_id, order.currency, netted_minor))
        if net_minor > netted_minor:
            writes.append(self._beside.to_seller(order, intent_id, net_minor - netted_minor, facts))
        return writes

    def _booked_for_seller(self, found: Unclaimed, order: Order, claim: Claim, intent_id: str) -> LedgerTransaction:
        now = self._clock.now()
        if claim.counted_as is IntentKind.REFUND:
            theirs = (order.seller_id, intent_id, now)
            return unclaimed.buyers_to_seller(found.book, found.currency, claim.shares, *theirs)
        kind = unclaimed.TO_SELLER if claim.counted_as else unclaimed.REGAINED_TO_SELLER
        facts = (found.book, kind, found.currency, found.amount_minor, order.seller_id, intent_id, now)
        return unclaimed.claimed_by_seller(*facts, out_of=found.account)

    def _given(self, order: Order, claim: Claim) -> list[Write]:
        return [self._orders.give_back(order, claim.order_after)] if claim.order_after else []


def _is_lost(book: Iterable[LedgerTransaction]) -> bool:
    """Say whether a bank kept something of an order, and has not given it back."""
    kept = list(book)
    lost, back = (
        {each.stripe_object for each in kept if each.kind == kind}
        for kind in ("chargeback_lost", "chargeback_reinstated")
    )
    return bool(lost - back)


def _outside(book: Iterable[LedgerTransaction]) -> int:
    """Return what the owner paid the buyer outside Stripe."""
    paid = (leg for each in book if each.kind == unclaimed.PAID_OUTSIDE for leg in each.postings)
    return sum(leg.amount_minor for leg in paid if leg.amount_minor > 0)


def _grossed(order: Order, net_minor: int) -> tuple[int, int, int]:
    """Return (seller's part, commission, VAT) of the largest refund of the order of which the seller bears `net_minor`.

    Raises: BeyondPaid when they have no such part of it left.
    """
    gross_minor = order.seller_left_minor
    while True:  # from above, and never up again: the commission never grows as the part shrinks
        _, commission, vat = refunds.shares_of(order, max(0, gross_minor))
        wanted_minor = net_minor + commission + vat
        if wanted_minor > gross_minor:
            raise BeyondPaid(fields={"to": "beyond_what_was_paid"})
        if wanted_minor == gross_minor:
            return net_minor, commission, vat
        gross_minor = wanted_minor
