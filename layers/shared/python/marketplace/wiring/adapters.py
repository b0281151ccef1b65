"""What leaves the process: the clouds' clients and the stores."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from marketplace.wiring.base import Base

if TYPE_CHECKING:
    from stripe import StripeClient

    from marketplace.accounts.ports import ConnectAccounts
    from marketplace.catalog.ports import Uploads
    from marketplace.catalog.store import DynamoListings
    from marketplace.disputes.store import DynamoDisputes
    from marketplace.kit.files import StoredFiles
    from marketplace.kit.writes import Transactions
    from marketplace.ledger.store import DynamoLedger
    from marketplace.messaging.secrets import CarrierSecret, MarkSecret, StripeSecret
    from marketplace.notifications.ports import Mailer
    from marketplace.notifications.store import DynamoInbox
    from marketplace.orders.clock import Executions
    from marketplace.orders.store import DynamoOrders
    from marketplace.outbox.ports import Queues
    from marketplace.outbox.store import DynamoOutbox
    from marketplace.payments.movements import StripeBooks
    from marketplace.payments.ports import StripePayments
    from marketplace.payments.store import DynamoPayments
    from marketplace.payouts.store import DynamoPayoutTable
    from marketplace.reviews.store import DynamoReviews
    from marketplace.shipping.store import DynamoShipping
    from marketplace.staff.store import DynamoStaff
    from marketplace.trust.store import DynamoTrust

STRIPE_TIMEOUT_SECONDS = 10  # well below a function's own limit: a call must not outlive its caller
_LOOPBACK = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


class NotLoopback(RuntimeError):
    """STRIPE_API_BASE exists for the local Stripe alone; anywhere else it would send keys to a stranger."""


class Adapters(Base):
    """What leaves the process: the clouds' clients and the stores."""

    @cached_property
    def transactions(self) -> "Transactions":
        from marketplace.storage.transaction import DynamoTransactions

        return DynamoTransactions()

    @cached_property
    def queues(self) -> "Queues":
        from marketplace.messaging.queues import SqsQueues

        return SqsQueues(self.settings.queues)

    @cached_property
    def mailer(self) -> "Mailer":
        from marketplace.messaging.mail import SesMailer

        return SesMailer(self.settings.mail_from)

    @cached_property
    def uploads(self) -> "Uploads":
        from marketplace.messaging.files import S3Uploads

        return S3Uploads(self.settings.uploads_bucket)

    @cached_property
    def stored_files(self) -> "StoredFiles":
        from marketplace.messaging.stored_files import S3StoredFiles

        return S3StoredFiles(self.settings.uploads_bucket)

    @cached_property
    def executions(self) -> "Executions":
        from marketplace.messaging.workflow import StepFunctions

        return StepFunctions(self.settings.state_machine_arn)

    @cached_property
    def stripe_secret(self) -> "StripeSecret":
        from marketplace.messaging.secrets import StripeSecret

        return StripeSecret(self.settings.stripe_secret_id)

    @cached_property
    def mark_secret(self) -> "MarkSecret":
        from marketplace.messaging.secrets import MarkSecret

        return MarkSecret(self.settings.mark_secret_id)

    @cached_property
    def stripe_client(self) -> "StripeClient":
        import stripe

        base = self.settings.stripe_api_base
        if base and not base.startswith(_LOOPBACK):
            raise NotLoopback(base)
        addresses: Any = dict.fromkeys(("api", "files", "connect", "meter_events"), base) if base else {}
        http_client = stripe.RequestsClient(timeout=STRIPE_TIMEOUT_SECONDS)
        return stripe.StripeClient(
            self.stripe_secret.api_key, base_addresses=addresses, http_client=http_client, max_network_retries=1
        )

    @cached_property
    def stripe(self) -> "StripePayments":
        from marketplace.payments.stripe_gateway import StripeGateway

        return StripeGateway(lambda: self.stripe_client)

    @cached_property
    def stripe_books(self) -> "StripeBooks":
        from marketplace.payments.books_gateway import StripeBooksGateway

        return StripeBooksGateway(lambda: self.stripe_client)

    @cached_property
    def connect(self) -> "ConnectAccounts":
        from marketplace.payments.connect_gateway import StripeConnect

        return StripeConnect(lambda: self.stripe_client)

    @cached_property
    def outbox(self) -> "DynamoOutbox":
        from marketplace.outbox.store import DynamoOutbox

        return DynamoOutbox()

    @cached_property
    def listing_store(self) -> "DynamoListings":
        from marketplace.catalog.store import DynamoListings

        return DynamoListings()

    @cached_property
    def order_store(self) -> "DynamoOrders":
        from marketplace.orders.store import DynamoOrders

        return DynamoOrders()

    @cached_property
    def shipping_store(self) -> "DynamoShipping":
        from marketplace.shipping.store import DynamoShipping

        return DynamoShipping()

    @cached_property
    def carrier_secrets(self) -> "CarrierSecret":
        from marketplace.messaging.secrets import CarrierSecret

        return CarrierSecret(self.settings.carrier_secret_id)

    @cached_property
    def payment_store(self) -> "DynamoPayments":
        from marketplace.payments.store import DynamoPayments

        return DynamoPayments()

    @cached_property
    def ledger(self) -> "DynamoLedger":
        from marketplace.ledger.store import DynamoLedger

        return DynamoLedger()

    @cached_property
    def dispute_store(self) -> "DynamoDisputes":
        from marketplace.disputes.store import DynamoDisputes

        return DynamoDisputes()

    @cached_property
    def review_store(self) -> "DynamoReviews":
        from marketplace.reviews.store import DynamoReviews

        return DynamoReviews()

    @cached_property
    def trust_store(self) -> "DynamoTrust":
        from marketplace.trust.store import DynamoTrust

        return DynamoTrust()

    @cached_property
    def staff_store(self) -> "DynamoStaff":
        from marketplace.staff.store import DynamoStaff

        return DynamoStaff()

    @cached_property
    def inbox_store(self) -> "DynamoInbox":
        from marketplace.notifications.store import DynamoInbox

        return DynamoInbox()

    @cached_property
    def payout_table(self) -> "DynamoPayoutTable":
        from marketplace.payouts.store import DynamoPayoutTable

        return DynamoPayoutTable()
