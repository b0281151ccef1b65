"""What banks ask about payments, and what their issuers warn of."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.refunding import Refunding

if TYPE_CHECKING:
    from marketplace.orders.model import Order
    from marketplace.payments.answering import BankCases as Cases
    from marketplace.payments.bank_case_store import DynamoBankCases
    from marketplace.payments.evidence import BuyerRecord

HISTORY = timedelta(days=90)


class BankCases(Refunding):
    """What banks ask about payments, and what their issuers warn of."""

    @cached_property
    def bank_case_store(self) -> "DynamoBankCases":
        from marketplace.payments.bank_case_store import DynamoBankCases

        return DynamoBankCases()

    @cached_property
    def bank_cases(self) -> "Cases":
        from marketplace.payments.answering import BankCases as Cases

        return Cases(
            clock=self.clock,
            transactions=self.transactions,
            cases=self.bank_case_store,
            orders=self.order_store,
            stripe=self.stripe,
            outbox=self.outbox,
            buyer=self.buyer_record,
            marks=self.case_marks,
            mover=self.mover,
        )

    def buyer_record(self, buyer_id: str) -> "BuyerRecord":
        """Say of a buyer what a bank may be told."""
        from marketplace.kit.clock import to_text
        from marketplace.payments.evidence import BuyerRecord

        now = self.clock.now()
        paid = self.trust_store.payments(buyer_id, now - HISTORY, now)
        since, mark = self.directory.facts(buyer_id) or (None, None)
        return BuyerRecord(to_text(since) if since else None, mark, max(0, len(paid) - 1))

    def case_marks(self, order: "Order") -> Sequence[str]:
        """Name what both sides showed in the order's dispute: files by their hashes, never their contents."""
        from marketplace.kit.clock import to_text

        dispute = self.dispute_store.read(order.dispute_id) if order.dispute_id else None
        if dispute is None:
            return ()
        shown = [f"{each.by} showed a file, sha256 {each.sha256}, on {to_text(each.at)}" for each in dispute.evidence]
        heard = [f"dispute {dispute.dispute_id} ({dispute.reason}) opened on {to_text(dispute.opened_at)}"]
        answered = [f"answered by the seller on {to_text(dispute.answered_at)}"] if dispute.answered_at else []
        return [*heard, *answered, *shown]
