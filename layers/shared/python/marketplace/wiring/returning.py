"""What goes back: returns, and the right of withdrawal."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.statements import Statements

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.accounts.model import Contact
    from marketplace.notifications.ports import Contacts
    from marketplace.orders.model import Order
    from marketplace.returns.clock import ReturnClock
    from marketplace.returns.service import Returns
    from marketplace.returns.steps import Steps
    from marketplace.returns.store import DynamoReturns
    from marketplace.shipping.service import CarrierWebhook
    from marketplace.staff.ports import Effect
    from marketplace.withdrawals.matching import Matching
    from marketplace.withdrawals.service import WithdrawalService
    from marketplace.withdrawals.store import DynamoWithdrawals


ORDERS_LOOKED_AT_MAX = 100  # of one address
PAID_STEP = "1"  # an order is placed, then paid: orders/model.py, Order.step


class Returning(Statements):
    """What goes back: returns, and the right of withdrawal."""

    @cached_property
    def return_store(self) -> "DynamoReturns":
        from marketplace.returns.store import DynamoReturns

        return DynamoReturns()

    @cached_property
    def return_steps(self) -> "Steps":
        from marketplace.returns.steps import Steps

        return Steps(
            clock=self.clock,
            timers=self.timers,
            rows=self.return_store,
            orders=self.order_store,
            stock=self.listing_store,
            refunds=self.refunds,
            outbox=self.outbox,
        )

    @cached_property
    def return_clock(self) -> "ReturnClock":
        from marketplace.returns.clock import ReturnClock

        return ReturnClock(
            clock=self.clock,
            transactions=self.transactions,
            rows=self.return_store,
            orders=self.order_store,
            mover=self.mover,
            steps=self.return_steps,
            screenings=self.trust_store,
            decisions=self.decisions,
        )

    def open_returns(self) -> "ReturnClock":
        """Return who knows what is being returned."""
        return self.return_clock

    @cached_property
    def returns(self) -> "Returns":
        from marketplace.returns.service import Returns

        return Returns(
            clock=self.clock,
            transactions=self.transactions,
            rows=self.return_store,
            orders=self.order_store,
            stock=self.listing_store,
            mover=self.mover,
            steps=self.return_steps,
            going_on=self.return_clock,
            outbox=self.outbox,
            acts=self.acts,
            is_member=lambda seller_id, account_id: self.teams.is_member(seller_id, account_id),
            parcels=self.shipping_store,
            disputes=lambda: self.disputes,
            country=self.settings.vat_country,
            informed_at=self._informed_at,
            approvals=self.approvals,
            decisions=self.decisions,
        )

    def executors(self) -> "dict[str, Effect]":
        """Add what two people decide about returns."""
        return {**super().executors(), "decision.return": lambda proposal: self.returns.approved(proposal)}

    @cached_property
    def carrier_webhook(self) -> "CarrierWebhook":
        """Carriers also speak of goods on their way back."""
        from marketplace.returns.parcels import ReturnParcels
        from marketplace.shipping.service import CarrierWebhook

        return CarrierWebhook(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.order_store,
            mover=self.mover,
            parcels=self.shipping_store,
            events=self.shipping_store,
            secrets=self.carrier_secrets,
            returned=ReturnParcels(transactions=self.transactions, rows=self.return_store, steps=self.return_steps),
        )

    @cached_property
    def withdrawal_store(self) -> "DynamoWithdrawals":
        from marketplace.withdrawals.store import DynamoWithdrawals

        return DynamoWithdrawals()

    @cached_property
    def statements_of_withdrawal(self) -> "WithdrawalService":
        from marketplace.withdrawals.service import WithdrawalService

        return WithdrawalService(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            rows=self.withdrawal_store,
            vault=self.vault,
            attempts=self.attempts,
            limits=self.limits,
            outbox=self.outbox,
        )

    @cached_property
    def withdrawal_matching(self) -> "Matching":
        from marketplace.withdrawals.matching import Matching

        return Matching(
            clock=self.clock,
            transactions=self.transactions,
            rows=self.withdrawal_store,
            heads=self.return_store,
            service=self.statements_of_withdrawal,
            orders=self.order_store,
            returns=self.returns,
            mover=self.mover,
            outbox=self.outbox,
            is_address_of=self._is_address_of,
            orders_of=self._orders_of,
            informed_at=self._informed_at,
        )

    def _orders_of(self, email: str) -> "list[str]":
        """Name the orders bought from an address, the newest first (an index: each is read before it counts)."""
        owner = self.account_store.owner_of(email)
        found = self.order_store.page_of_buyer(owner, None, ORDERS_LOOKED_AT_MAX).items if owner else ()
        return [each.order_id for each in found]

    def _informed_at(self, order: "Order") -> "datetime | None":
        """Say when the mail about the payment left, which tells the buyer of their right of withdrawal."""
        from marketplace.notifications.model import MAIL
        from marketplace.outbox.model import event

        paid = event("order.paid", order.order_id, order.placed_at, once=PAID_STEP)
        return self.inbox_store.delivered_at(order.buyer_id, paid.event_id, MAIL)

    def _is_address_of(self, account_id: str, email: str) -> bool:
        account = self.account_store.read(account_id)
        return account is not None and account.email_verified and account.email_mark in self.vault.blinds(email)

    @cached_property
    def contacts(self) -> "Contacts":
        """Whom a notice can be mailed to: also who declared a withdrawal, known or not."""
        return _Contacts(self, super().contacts)


class _Contacts:
    """A statement of withdrawal is answered at the address that it gives when no order of that address is found."""

    def __init__(self, services: Returning, others: "Contacts") -> None:
        self._services = services
        self._others = others

    def contact(self, account_id: str) -> "Contact | None":
        from marketplace.withdrawals.model import PREFIX

        if account_id.startswith(f"{PREFIX}_"):
            return self._services.statements_of_withdrawal.contact(account_id)
        found: Contact | None = self._others.contact(account_id)  # type: ignore[assignment]
        return found
