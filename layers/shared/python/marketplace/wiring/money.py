"""Payments in, settlements out, and the clock that drives them."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.bank_cases import BankCases

if TYPE_CHECKING:
    from marketplace.orders.checkout import Checkout
    from marketplace.orders.clock import OpenReturns, OrderClock
    from marketplace.payments.backlog import Backlog
    from marketplace.payments.chargebacks import Chargebacks
    from marketplace.payments.events import StripeEvents
    from marketplace.payments.finishing import Finishing
    from marketplace.payments.fraud_warnings import FraudWarnings
    from marketplace.payments.open_books import OpenBooks
    from marketplace.payments.owner_money import OwnerMoney
    from marketplace.payments.reconcile import Reconciliation
    from marketplace.payments.service import PaymentService
    from marketplace.payments.settlement import Settlement
    from marketplace.payments.sweep import Sweep
    from marketplace.payments.webhook import StripeWebhook, WebhookSecret


class Money(BankCases):
    """Payments in, settlements out, and the clock that drives them."""

    @cached_property
    def payments(self) -> "PaymentService":
        from marketplace.payments.service import PaymentService

        return PaymentService(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            orders=self.order_store,
            mover=self.mover,
            ledger=self.ledger,
            stripe=self.stripe,
            intents=self.intents,
            outbox=self.outbox,
        )

    @cached_property
    def checkout(self) -> "Checkout":
        from marketplace.orders.checkout import Checkout

        return Checkout(
            clock=self.clock,
            timers=self.timers,
            transactions=self.transactions,
            orders=self.order_store,
            payments=self.payment_store,
            stock=self.listing_store,
            sellers=self.selling_store,
            mover=self.mover,
            service=self.payments,
            quota=self.cart_quota,
            fees=self.fees,
            exposure=self.exposure,
            refund_cost_bearer=self.settings.refund_cost_bearer,
            process_version=self.process_version,
        )

    @cached_property
    def settlement(self) -> "Settlement":
        from marketplace.payments.leave_store import DynamoLeaves
        from marketplace.payments.settlement import Settlement

        return Settlement(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            orders=self.order_store,
            mover=self.mover,
            ledger=self.ledger,
            sellers=self.sellers,
            intents=self.intents,
            debts=self.debts,
            costs=self.refund_costs,
            overtaken=self.overtaken,
            earnings=self.earnings,
            gate=self.leave,
            standing=DynamoLeaves(),
        )

    @cached_property
    def chargebacks(self) -> "Chargebacks":
        from marketplace.payments.chargebacks import Chargebacks

        return Chargebacks(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            orders=self.order_store,
            mover=self.mover,
            ledger=self.ledger,
            stripe=self.stripe,
            completion=self.payments,
            cases=self.disputes,
            debts=self.debts,
            overtaken=self.overtaken,
            turns=self.bank_turns,
            earnings=self.earnings,
            bank_cases=self.bank_cases,
            clawbacks=self.clawbacks,
            finisher=lambda intent: self.finishing.finish(intent),
        )

    @cached_property
    def fraud_warnings(self) -> "FraudWarnings":
        from marketplace.payments.bank_case_store import DynamoWarnings
        from marketplace.payments.fraud_warnings import FraudWarnings
        from marketplace.trust.warned import WarnedHolds

        holds = WarnedHolds(records=self.trust_store, orders=self.order_store, outbox=self.outbox, now=self.clock.now)
        return FraudWarnings(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            orders=self.order_store,
            stripe=self.stripe,
            completion=self.payments,
            warnings=DynamoWarnings(),
            refunds=self.refunds,
            holds=holds,
        )

    @cached_property
    def stripe_webhook(self) -> "StripeWebhook":
        from marketplace.payments.webhook import StripeWebhook

        return StripeWebhook(
            clock=self.clock,
            transactions=self.transactions,
            payments=self.payment_store,
            outbox=self.outbox,
            secret=self.webhook_secret,
        )

    def webhook_secret(self) -> "WebhookSecret":
        """Read what verifies Stripe's deliveries."""
        from marketplace.payments.webhook import WebhookSecret

        return WebhookSecret(self.stripe_secret.signing_secrets, self.stripe_secret.livemode)

    @cached_property
    def stripe_events(self) -> "StripeEvents":
        from marketplace.payments.events import StripeEvents

        return StripeEvents(
            payments=self.payments,
            chargebacks=self.chargebacks,
            warnings=self.fraud_warnings,
            identities=self.verification,
            sellers=self.sellers,
            legs=self.refund_legs,
            finisher=self.finishing.finish,
            payouts=self.payout_desk,
            banks=self.banking,
            owner=self.owner_money,
        )

    @cached_property
    def owner_money(self) -> "OwnerMoney":
        from marketplace.payments.owner_money import OwnerMoney

        return OwnerMoney(
            clock=self.clock, transactions=self.transactions, ledger=self.ledger, stripe=self.stripe_books
        )

    @cached_property
    def finishing(self) -> "Finishing":
        from marketplace.payments.finishing import Finishing

        return Finishing(
            payments=self.payments,
            settlement=self.settlement,
            legs=self.refund_legs,
            beside=self.beside,
            clawbacks=self.clawbacks,
            collecting=self.collecting,
            overtaken=self.overtaken,
        )

    @cached_property
    def order_clock(self) -> "OrderClock":
        from marketplace.orders.clock import OrderClock

        return OrderClock(
            clock=self.clock,
            transactions=self.transactions,
            orders=self.order_store,
            tokens=self.order_store,
            mover=self.mover,
            executions=self.executions,
            settlement=self.settlement,
            cases=self.disputes,
            losses=self.chargebacks,
            returns=self.open_returns,
            decisions=self.decisions,
        )

    def open_returns(self) -> "OpenReturns":
        """Return who knows what is being returned: the returns, which are put together later."""
        raise NotImplementedError

    @cached_property
    def reconciliation(self) -> "Reconciliation":
        from marketplace.payments.reconcile import Reconciliation

        return Reconciliation(
            clock=self.clock, stripe=self.stripe_books, ledger=self.ledger, payments=self.payment_store
        )

    @cached_property
    def open_books(self) -> "OpenBooks":
        from marketplace.payments.open_books import OpenBooks
        from marketplace.payments.open_books_store import DynamoOpenBooks

        return OpenBooks(clock=self.clock, transactions=self.transactions, ledger=self.ledger, rows=DynamoOpenBooks())

    @cached_property
    def backlog(self) -> "Backlog":
        from marketplace.payments.backlog import Backlog

        return Backlog(
            clock=self.clock,
            payments=self.payment_store,
            unclaimed=self.unclaimed_store,
            cases=self.bank_case_store,
        )

    @cached_property
    def sweep(self) -> "Sweep":
        from marketplace.payments.sweep import Sweep

        return Sweep(
            clock=self.clock,
            payments=self.payment_store,
            service=self.payments,
            orders=self.order_store,
            order_clock=self.order_clock,
            finisher=self.finishing.finish,
            collector=self.collecting.collect,
        )
