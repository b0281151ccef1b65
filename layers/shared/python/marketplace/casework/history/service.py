"""Everything that happened to one order, from every area's own record, in the order of time, for one reader."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketplace.casework.history import parts
from marketplace.casework.history.entries import ENTRIES_MAX, RANK, STAFF, Happening
from marketplace.casework.kinds import APPEAL, DELIVERY, DISPUTE, HOLD
from marketplace.casework.model import Note
from marketplace.decisions.model import Decision
from marketplace.disputes.messages import Message
from marketplace.disputes.model import Dispute
from marketplace.kit.rows import Rows
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import SELLER, Move, Order, OrderMissing, OwnCase
from marketplace.orders.reminders import Reminded
from marketplace.payments.bank_case import BankCase
from marketplace.payments.refund_model import Refund
from marketplace.payouts.model import Entry, Payout
from marketplace.returns.model import Return
from marketplace.shipping.model import KnownEvent
from marketplace.staff.ports import IsMember
from marketplace.trust.model import DecisionReceipt


@dataclass(frozen=True, slots=True)
class Records:
    """Where each area's record of an order is read, consistently where it can be."""

    order: Callable[[str], Order | None]
    moves: Callable[[str], Sequence[Move]]
    scans: Callable[[str], Sequence[KnownEvent]]
    reminded: Callable[[str], Sequence[Reminded]]
    dispute: Callable[[str], Dispute | None]
    messages: Callable[[str], Sequence[Message]]
    returns: Callable[[str], Sequence[Return]]
    receipts: Callable[[str], Sequence[DecisionReceipt]]
    bank_cases: Callable[[str], Sequence[BankCase]]  # by payment
    decisions: Callable[[str], Sequence[Decision]]
    refunds: Callable[[str], Sequence[Refund]]
    ledger: Callable[[str], Sequence[LedgerTransaction]]
    payouts: Callable[[Order, Sequence[str]], tuple[Sequence[Entry], Mapping[int, Payout]]]  # by Stripe's objects
    notes: Callable[[str], Sequence[Note]]  # by case


class History:
    """Tells each reader what happened to an order; `after` is how many entries were shown before."""

    def __init__(self, records: Records, *, is_member: IsMember, page_size: int = ENTRIES_MAX) -> None:
        self._records = records
        self._is_member = is_member
        self._page_size = page_size

    def for_staff(self, order_id: str, reader: str, after: int = 0) -> Rows[Happening]:
        """Return a page of an order's whole history, the oldest first, to somebody of the staff who is no party.

        Raises: OrderMissing; OwnCase.
        """
        order = self._order(order_id)
        if order.party(reader) or self._is_member(order.seller_id, reader):
            raise OwnCase
        return self._page(self._all(order), STAFF, after)

    def for_party(self, order_id: str, account_id: str, after: int = 0, *, by: str = "") -> Rows[Happening]:
        """Return a page of what concerns one of an order's parties; `by` acts for the seller.

        Raises: OrderMissing for anybody else.
        """
        order = self._order(order_id)
        role = order.party(account_id)
        if role is None or (by and role != SELLER):
            raise OrderMissing
        return self._page(self._of_party(order, role), role, after)

    def _order(self, order_id: str) -> Order:
        order = self._records.order(order_id)
        if order is None:
            raise OrderMissing
        return order

    def _all(self, order: Order) -> Iterator[Happening]:
        """Tell everything: what is for staff alone is not even read for parties."""
        records, order_id = self._records, order.order_id
        yield from self._of_both(order)
        yield from self._paid_out(order)
        yield from parts.booked(records.ledger(order_id))
        yield from parts.screened(records.receipts(order_id))
        yield from parts.asked_by_banks(records.bank_cases(order.payment_id))
        for case_id in _cases_of(order):
            yield from parts.noted(records.notes(case_id), case_id)

    def _of_both(self, order: Order) -> Iterator[Happening]:
        records, order_id = self._records, order.order_id
        yield from parts.moves(records.moves(order_id))
        yield from parts.scans(records.scans(order_id))
        yield from parts.reminders(records.reminded(order_id))
        yield from parts.returns(records.returns(order_id))
        yield from parts.refunds(records.refunds(order_id))
        yield from parts.decided(records.decisions(order_id), order)
        if order.dispute_id:
            yield from parts.dispute(records.dispute(order.dispute_id))
            yield from parts.messages(records.messages(order.dispute_id))

    def _of_party(self, order: Order, role: str) -> Iterator[Happening]:
        yield from self._of_both(order)
        if role == SELLER:
            yield from self._paid_out(order)

    def _paid_out(self, order: Order) -> Iterator[Happening]:
        objects = [each.stripe_object for each in self._records.ledger(order.order_id) if each.stripe_object]
        yield from parts.paid_out(*self._records.payouts(order, objects))

    def _page(self, found: Iterator[Happening], viewer: str, after: int) -> Rows[Happening]:
        mine = (each.shown_to(viewer) for each in found if each.is_for(viewer))
        shown = sorted(mine, key=lambda each: (each.at, RANK[each.source]))
        end = after + self._page_size
        return Rows(tuple(shown[after:end]), str(end) if end < len(shown) else None)


def _cases_of(order: Order) -> list[str]:
    """Name the cases under which staff may have written about an order."""
    own = [f"{HOLD}.{order.order_id}", f"{DELIVERY}.{order.order_id}"]
    return own + ([f"{kind}.{order.dispute_id}" for kind in (DISPUTE, APPEAL)] if order.dispute_id else [])
