"""Deliberately broken payouts; see broken.py."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from marketplace.kit.writes import Write
from marketplace.payouts import payouts_gateway
from marketplace.payouts.desk import PayoutDesk
from marketplace.payouts.earnings import SellerEarnings
from marketplace.payouts.errors import PaymentsStopped
from marketplace.payouts.leave import Leave
from marketplace.payouts.model import Payout, Purse, Standing, StripePayout
from marketplace.payouts.order_stops import Arrival, OrderStops
from marketplace.payouts.payouts_gateway import StripePayoutsGateway
from marketplace.payouts.store import DynamoPayoutTable
from marketplace.payouts.switch import KillSwitch
from marketplace.payouts.table_store import PurseItem
from marketplace.wiring import Services


class PayoutKeyPerAttempt(Services):
    """Makes a new idempotency key for each call, and does not look whether the last one arrived."""

    _made = 0

    @cached_property
    def stripe_payouts(self) -> Any:
        class Gateway(StripePayoutsGateway):
            def create(self, payout: Payout) -> StripePayout:
                PayoutKeyPerAttempt._made += 1
                options = {
                    "stripe_account": payout.stripe_account_id,
                    "idempotency_key": f"{payout.key}#{PayoutKeyPerAttempt._made}",
                }
                params = {
                    "amount": payout.amount_minor,
                    "currency": payout.currency,
                    "metadata": {"payout_key": payout.key},
                }
                with payouts_gateway._meanings():
                    return payouts_gateway._payout(self._v1.payouts.create(params, options))

            def find(self, payout: Payout) -> StripePayout | None:
                return None

        return Gateway(lambda: self.stripe_client)


class LeaveAskedEarly(Services):
    """Looks at the switch before it promises to send, and does not make it a condition of that."""

    @cached_property
    def leave(self) -> Any:
        class Early(Leave):
            def checks(self, seller_id: str, currency: str, order_id: str | None = None) -> list[Write]:
                if switch.stopped_for(seller_id, currency):
                    raise PaymentsStopped
                return [self._purses.takes(seller_id, currency)]

        switch = self.switch
        parts = {"clock": self.clock, "transactions": self.transactions, "stops": switch}
        rows = {"purses": self.payout_table, "holds": self.payout_table, "payees": self.payees}
        return Early(**parts, **rows, outbox=self.outbox)


class HoldsForgottenAtLeave(Services):
    """Asks at a payout's beginning what holds it, and lets it go past what came later."""

    @cached_property
    def leave(self) -> Any:
        class Forgetful(Leave):
            def checks_of_payout(self, currency: str, standing: Standing) -> list[Write]:
                return self._stops.checks(standing.seller_id, currency)

        parts = {"clock": self.clock, "transactions": self.transactions, "stops": self.switch}
        rows = {"purses": self.payout_table, "holds": self.payout_table, "payees": self.payees}
        return Forgetful(**parts, **rows, outbox=self.outbox)


class ArrivalUnheld(Services):
    """Holds what an order had brought when it was stopped, and nothing that arrives under the stop."""

    @cached_property
    def order_stops(self) -> Any:
        class Stops(OrderStops):
            def arriving(self, *_given: Any) -> Arrival:
                return Arrival((), held=False)

        rows = {"orders": self.order_store, "ledger": self.ledger, "switches": self.switch_store}
        return Stops(**rows, purses=self.payout_table, holds=self.payout_table)


class StaleApproval(Services):
    """Lifts whatever stop stands when a proposal to resume is approved."""

    @cached_property
    def switch(self) -> Any:
        class Lifted(KillSwitch):
            def resume(self, scope: str, reasons: str, **given: Any) -> list[Write]:
                return super().resume(scope, reasons, **{**given, "nth": None})

        parts = {"clock": self.clock, "transactions": self.transactions, "alarm": self.alarm}
        rows = {"switches": self.switch_store, "outbox": self.outbox, "decisions": self.decisions}
        return Lifted(**parts, **rows, orders=self.order_stops)


class ReversalUnnoted(Services):
    """Takes a transfer back and leaves it in the seller's balance."""

    @cached_property
    def earnings(self) -> Any:
        class Earnings(SellerEarnings):
            def reversed(self, *_given: Any) -> list[Write]:
                return []

        rows = {"purses": self.payout_table, "holds": self.payout_table}
        return Earnings(**rows, order_stops=self.order_stops, decisions=self.decisions)


class OrderStopForgotten(Services):
    """Stops an order's transfer, and lets what was transferred of it go to the bank."""

    @cached_property
    def order_stops(self) -> Any:
        class Stops(OrderStops):
            def held(self, *_given: Any) -> list[Write]:
                return []

            def arriving(self, *_given: Any) -> Arrival:
                return Arrival((), held=False)

        rows = {"orders": self.order_store, "ledger": self.ledger, "switches": self.switch_store}
        return Stops(**rows, purses=self.payout_table, holds=self.payout_table)


class BalanceFromAnIndex(Services):
    """Believes an old copy of the balance: the payout is not conditional on what was read."""

    @cached_property
    def payout_table(self) -> Any:
        class Table(DynamoPayoutTable):
            def begin(self, purse: Purse, payout: Payout, due_at: Any) -> list[Write]:
                present = self.purse(purse.seller_id, purse.currency)[0]
                put, taken = super().begin(present, replace(payout, number=present.number), due_at)
                return [put, replace(taken, condition=PurseItem.pk.exists())]  # type: ignore[type-var]

        return Table()


class RefusedNeverLeft(Services):
    """Takes any refusal for a proof that nothing left, also of a call after one whose outcome nobody knows."""

    @cached_property
    def payout_desk(self) -> Any:
        class Desk(PayoutDesk):
            def _result(self, payout: Payout) -> StripePayout:
                self._letting_go.note(payout)
                return self._stripe.create(payout)

        rows = {"purses": self.payout_table, "payouts": self.payout_table, "holds": self.payout_table}
        asks = {"payees": self.payees, "letting_go": self.letting_go, "switch": self.switch}
        parts = {"clock": self.clock, "transactions": self.transactions, "outbox": self.outbox}
        return Desk(**parts, **rows, **asks, stripe=self.stripe_payouts, calendar=self.payout_calendar)


class ForgottenReturn(Services):
    """Notes that a payout failed, and leaves its money in transit."""

    @cached_property
    def payout_table(self) -> Any:
        class Table(DynamoPayoutTable):
            def came_back(self, payout: Payout, *given: Any, **named: Any) -> list[Write]:
                return super().came_back(payout, *given, **named)[:1]

        return Table()
