"""From a seller's balance at Stripe to their bank, and the switch that stops it."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.disputing import Disputing

if TYPE_CHECKING:
    from marketplace.payouts.by_hand import PayoutsByHand
    from marketplace.payouts.decisions import PayoutDecisions
    from marketplace.payouts.paying import Paying
    from marketplace.payouts.run import PayoutRun
    from marketplace.payouts.service import PayoutService
    from marketplace.payouts.write_offs import WriteOffs
    from marketplace.staff.ports import Effect


class Payouts(Disputing):
    """From a seller's balance at Stripe to their bank, and the switch that stops it."""

    @cached_property
    def paying(self) -> "Paying":
        from marketplace.payouts.paying import Paying

        return Paying(
            clock=self.clock,
            transactions=self.transactions,
            purses=self.payout_table,
            payouts=self.payout_table,
            holds=self.payout_table,
            payees=self.payees,
            debts=self.debts,
            held_back=self.held_back,
            switch=self.switch,
            stripe=self.stripe_payouts,
            outbox=self.outbox,
            calendar=self.payout_calendar,
        )

    @cached_property
    def payout_run(self) -> "PayoutRun":
        from marketplace.payouts.run import PayoutRun

        return PayoutRun(
            clock=self.clock,
            purses=self.payout_table,
            payouts=self.payout_table,
            paying=self.paying,
            desk=self.payout_desk,
        )

    @cached_property
    def payouts(self) -> "PayoutService":
        from marketplace.payouts.service import PayoutService

        return PayoutService(
            clock=self.clock,
            transactions=self.transactions,
            purses=self.payout_table,
            payouts=self.payout_table,
            holds=self.payout_table,
            paying=self.paying,
            calendar=self.payout_calendar,
        )

    @cached_property
    def payout_decisions(self) -> "PayoutDecisions":
        from marketplace.payouts.decisions import PayoutDecisions

        return PayoutDecisions(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            holds=self.payout_table,
            payees=self.payees,
            payouts=self.payouts,
            desk=self.payout_desk,
            switch=self.switch,
            approvals=self.approvals,
            acts=self.acts,
            outbox=self.outbox,
            decisions=self.decisions,
        )

    @cached_property
    def payouts_by_hand(self) -> "PayoutsByHand":
        from marketplace.payouts.by_hand import PayoutsByHand

        return PayoutsByHand(
            clock=self.clock,
            purses=self.payout_table,
            payouts=self.payout_table,
            holds=self.payout_table,
            payees=self.payees,
            paying=self.paying,
            switch=self.switch,
            stripe=self.stripe_payouts,
            approvals=self.approvals,
            calendar=self.payout_calendar,
        )

    @cached_property
    def write_offs(self) -> "WriteOffs":
        from marketplace.payouts.write_offs import WriteOffs

        return WriteOffs(
            clock=self.clock,
            payees=self.payees,
            debts=self.debts,
            ledger=self.ledger,
            approvals=self.approvals,
            outbox=self.outbox,
            decisions=self.decisions,
        )

    def executors(self) -> "dict[str, Effect]":
        """Add what two people decide about payouts."""
        return {
            **super().executors(),
            "payout.release": self.payout_decisions.released,
            "payments.resume": self.payout_decisions.resumed,
            "payout.return": self.payout_decisions.returned,
            "payout.manual": lambda proposal: self.payouts_by_hand.approved(proposal),
            "debt.write_off": lambda proposal: self.write_offs.approved(proposal),
        }
