"""Disputes beyond the order's own moves: conversations, and appeals after the money went."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.money import Money

if TYPE_CHECKING:
    from marketplace.disputes.late_appeals import LateAppeals
    from marketplace.disputes.messages import Conversations
    from marketplace.payments.making_good import MakingGood
    from marketplace.staff.ports import Effect


class Disputing(Money):
    """Disputes beyond the order's own moves: conversations, and appeals after the money went."""

    @cached_property
    def conversations(self) -> "Conversations":
        from marketplace.disputes.messages import Conversations

        return Conversations(
            clock=self.clock,
            transactions=self.transactions,
            rows=self.case_records,
            desk=self.disputes,
            outbox=self.outbox,
        )

    @cached_property
    def appeals(self) -> "LateAppeals":
        from marketplace.disputes.late_appeals import LateAppeals

        return LateAppeals(
            clock=self.clock,
            transactions=self.transactions,
            disputes=self.disputes,
            store=self.dispute_store,
            standing=self.order_store,
            rows=self.case_records,
            refunds=self.refunds,
            compensation=self.making_good,
            acts=self.acts,
            aftermath=self.aftermath,
            returns_of=lambda order_id: self.returns_of(order_id),
        )

    @cached_property
    def making_good(self) -> "MakingGood":
        from marketplace.payments.making_good import MakingGood

        return MakingGood(clock=self.clock, ledger=self.ledger, debts=self.debts, beside=self.beside)

    def executors(self) -> "dict[str, Effect]":
        """Let an appeal's decision by two people find whichever side of the order's end it is on."""
        return {**super().executors(), "decision.appeal": lambda proposal: self.appeals.approved(proposal)}
