"""What judges the running marketplace by its own promises, night by night."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.casework import Caseworking

if TYPE_CHECKING:
    from marketplace.audit.night import Audit
    from marketplace.audit.nightly import Nightly
    from marketplace.audit.one_order import OrderViews
    from marketplace.audit.one_seller import SellerViews
    from marketplace.payouts.audited_store import DynamoSellerBooks


class Auditing(Caseworking):
    """What judges the running marketplace by its own promises, night by night."""

    @cached_property
    def seller_books(self) -> "DynamoSellerBooks":
        from marketplace.payouts.audited_store import DynamoSellerBooks

        return DynamoSellerBooks()

    @cached_property
    def audit(self) -> "Audit":
        from marketplace.audit.night import Audit

        return Audit(
            clock=self.clock,
            ledger=self.ledger,
            orders=self.order_store,
            payments=self.payment_store,
            books=self.seller_books,
            order_views=self.order_views,
            seller_views=self.seller_views,
            switch=self.switch,
            pause=self.pause,
        )

    @cached_property
    def nightly_audit(self) -> "Nightly":
        from marketplace.audit.nightly import Nightly
        from marketplace.audit.nights_store import DynamoNights

        return Nightly(audit=self.audit, nights=DynamoNights())

    @cached_property
    def order_views(self) -> "OrderViews":
        from marketplace.audit.one_order import OrderViews

        return OrderViews(
            clock=self.clock,
            orders=self.order_store,
            ledger=self.ledger,
            payments=self.payment_store,
            refunds=self.refund_store,
            returns=self.return_store,
            disputes=self.dispute_store,
            holds=self.payout_table,
        )

    @cached_property
    def seller_views(self) -> "SellerViews":
        from marketplace.audit.one_seller import SellerViews
        from marketplace.payouts.payouts_gateway import StripePayoutsGateway

        return SellerViews(
            clock=self.clock,
            books=self.seller_books,
            sellers=self.account_store,
            accounts=StripePayoutsGateway(lambda: self.stripe_client),
            switches=self.switch_store,
            debts=self.debts,
            orders=self.order_store,
            payments=self.payment_store,
        )
