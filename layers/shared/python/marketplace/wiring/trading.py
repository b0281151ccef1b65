"""Listings, orders and disputes."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.orders.process import LATEST
from marketplace.wiring.selling import Selling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.catalog.service import Catalog
    from marketplace.disputes.aftermath import DecisionAftermath
    from marketplace.disputes.case_store import DynamoCaseRecords
    from marketplace.disputes.claims import Claims
    from marketplace.disputes.service import DisputeService
    from marketplace.fees.service import Fees
    from marketplace.fees.store import DynamoFees
    from marketplace.orders.files import DigitalGoods
    from marketplace.orders.holds import Holds
    from marketplace.orders.moves import Mover
    from marketplace.orders.reminders import Reminders
    from marketplace.orders.service import OrderService
    from marketplace.returns.model import Return
    from marketplace.staff.ports import Effect


class Trading(Selling):
    """Listings, orders and disputes."""

    @cached_property
    def process_version(self) -> int:
        """Say under which version new orders are placed; running ones keep theirs."""
        return LATEST

    @cached_property
    def catalog(self) -> "Catalog":
        from marketplace.catalog.service import Catalog
        from marketplace.payouts.currency_gate import CurrencyGate

        return Catalog(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            listings=self.listing_store,
            sellers=self.sellers,
            uploads=self.uploads,
            gate=CurrencyGate(inner=self.traders, purses=self.payout_table),
        )

    @cached_property
    def mover(self) -> "Mover":
        from marketplace.orders.moves import Mover

        return Mover(
            clock=self.clock,
            timers=self.timers,
            orders=self.order_store,
            payments=self.payment_store,
            stock=self.listing_store,
            outbox=self.outbox,
            paid_out=self.fees_store,
            reminders=self.order_store,
            kept=self.shipping_store,
        )

    @cached_property
    def reminders(self) -> "Reminders":
        from marketplace.orders.reminders import Reminders

        return Reminders(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.order_store,
            rows=self.order_store,
            outbox=self.outbox,
        )

    @cached_property
    def fees_store(self) -> "DynamoFees":
        from marketplace.fees.store import DynamoFees

        return DynamoFees()

    @cached_property
    def fees(self) -> "Fees":
        from marketplace.fees.service import Fees

        return Fees(
            clock=self.clock,
            transactions=self.transactions,
            terms=self.fees_store,
            shops=self.account_store,
            acts=self.acts,
            home=self.settings.vat_country,
        )

    @cached_property
    def orders(self) -> "OrderService":
        from marketplace.orders.service import OrderService

        return OrderService(
            clock=self.clock,
            timers=self.timers,
            transactions=self.transactions,
            orders=self.order_store,
            pages=self.order_store,
            mover=self.mover,
            screenings=self.trust_store,
            acts=self.acts,
            is_member=lambda seller_id, account_id: self.teams.is_member(seller_id, account_id),
            tracking=self.shipping_store,
            returns_of=lambda order_id: self.returns_of(order_id),
            country=self.settings.vat_country,
        )

    def returns_of(self, order_id: str) -> "Sequence[Return]":
        from marketplace.returns.store import DynamoReturns

        rows = DynamoReturns()
        return rows.read_many(rows.head(order_id).return_ids)

    @cached_property
    def digital_goods(self) -> "DigitalGoods":
        from marketplace.orders.files import DigitalGoods

        return DigitalGoods(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.order_store,
            mover=self.mover,
            uploads=self.uploads,
            stored=self.stored_files,
        )

    @cached_property
    def holds(self) -> "Holds":
        from marketplace.orders.holds import Holds

        return Holds(orders=self.order_store, mover=self.mover)

    @cached_property
    def disputes(self) -> "DisputeService":
        from marketplace.disputes.service import DisputeService
        from marketplace.returns.agreed import AgreedReturns
        from marketplace.returns.store import DynamoReturns

        return DisputeService(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            disputes=self.dispute_store,
            orders=self.order_store,
            mover=self.mover,
            outbox=self.outbox,
            uploads=self.uploads,
            acts=self.acts,
            is_member=lambda seller_id, account_id: self.teams.is_member(seller_id, account_id),
            standing=self.order_store,
            files=self.stored_files,
            approvals=self.approvals,
            aftermath=self.aftermath,
            claims=self.claims,
            screenings=self.trust_store,
            returns=AgreedReturns(clock=self.clock, rows=DynamoReturns(), stock=self.listing_store, outbox=self.outbox),
        )

    @cached_property
    def case_records(self) -> "DynamoCaseRecords":
        from marketplace.disputes.case_store import DynamoCaseRecords

        return DynamoCaseRecords()

    @cached_property
    def aftermath(self) -> "DecisionAftermath":
        from marketplace.disputes.aftermath import DecisionAftermath

        return DecisionAftermath(rows=self.case_records, decisions=self.decisions)

    @cached_property
    def claims(self) -> "Claims":
        from marketplace.disputes.claims import Claims

        return Claims(
            clock=self.clock,
            transactions=self.transactions,
            rows=self.case_records,
            pages=self.order_store,
            acts=self.acts,
            decisions=self.decisions,
        )

    def executors(self) -> "dict[str, Effect]":
        """Add what two people decide about a dispute."""
        return {
            **super().executors(),
            "decision.dispute": lambda proposal: self.disputes.approved(proposal),
        }
