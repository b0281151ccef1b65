"""What banks ask about payments, and what their issuers warn of."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.refunding import Refunding

if TYPE_CHECKING:
    from marketplace.orders.model import Order
    from marketplace.payments.answering import BankCases as Cases
    from marketplace.payments.bank_case_store import DynamoBankCases
    from marketplace.payments.evidence import BuyerRecord
    from marketplace.payments.recorded import Recorded

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
            recorded=self.bank_records.of,
            mover=self.mover,
        )

    @cached_property
    def bank_records(self) -> "Recorded":
        from marketplace.payments.recorded import Recorded
        from marketplace.withdrawals.store import DynamoWithdrawals

        return Recorded(
            orders=self.order_store,
            disputes=self.dispute_store,
            returns_of=self.returns_of,
            withdrawals=DynamoWithdrawals(),
            ledger=self.ledger,
        )

    def buyer_record(self, order: "Order") -> "BuyerRecord":
        """Say of an order's buyer what a bank may be told."""
        from marketplace.kit.clock import to_text
        from marketplace.payments.evidence import BuyerRecord

        now = self.clock.now()
        paid = self.trust_store.payments(order.buyer_id, now - HISTORY, now)
        since, mark = self.directory.facts(order.buyer_id) or (None, None)
        others = sum(each.payment_id != order.payment_id for each in paid)
        return BuyerRecord(to_text(since) if since else None, mark, others)
