"""Disputes beyond the order's own moves: conversations, and appeals after the money went."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.money import Money

if TYPE_CHECKING:
    from marketplace.disputes.late_appeals import LateAppeals
    from marketplace.disputes.messages import Conversations


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
            rows=self.case_records,
            refunds=self.refunds,
            acts=self.acts,
            aftermath=self.aftermath,
        )
