"""What payments need: a store, and Stripe as the marketplace sees it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.accounts.model import SellerProfile
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.payments.bank_case import BankCase
from marketplace.payments.collection_model import Owed
from marketplace.payments.model import FraudWarning, Intent, Payment, StripeDispute, StripePayment, StripeRefund
from marketplace.payments.refund_model import Refund
from marketplace.payments.unclaimed_model import Unclaimed
from marketplace.staff.model import Proposal


class Payments(Protocol):
    """Where payments and intents live. Reads are consistent."""

    def read(self, payment_id: str) -> Payment | None: ...

    def open(self, payment: Payment) -> Write:
        """Store a new payment; refused with PaymentMoved when the id is taken."""

    def attach(self, payment: Payment, payment_intent_id: str) -> Write:
        """Note Stripe's id, once, while the payment waits; refused with PaymentMoved."""

    def paid(self, payment: Payment, charge_id: str, clears_at: datetime | None = None) -> Write:
        """Move from awaiting to paid; refused with PaymentMoved."""

    def expired(self, payment: Payment) -> Write:
        """Move from awaiting to expired, with the PaymentIntent as read; refused with PaymentMoved."""

    def intent(self, intent_id: str) -> Intent | None: ...

    def open_intent(self, intent: Intent) -> Write:
        """Store a new intent, due for the sweep; refused with IntentFinished when it exists."""

    def finish_intent(self, intent: Intent, result_id: str) -> Write:
        """Move from open to done; refused with IntentFinished."""

    def intents(self, intent_ids: Sequence[str]) -> Mapping[str, Intent]:
        """Return those there are, in one round trip."""

    def park_intent(self, intent: Intent, reason: str, at: datetime) -> Write:
        """Move from open to parked, into the human queue; refused with IntentFinished."""

    def fail_intent(self, intent: Intent, reason: str, at: datetime, *, out_of: str) -> Write:
        """Move from done to parked, as Stripe gave the money back into the account `out_of`; IntentFinished."""

    def close_intent(self, intent: Intent, reason: str) -> Write:
        """Move from open or parked, as read, to closed; refused with IntentFinished."""

    def reopen_intent(self, intent: Intent, at: datetime) -> Write:
        """Move from parked, as read, to open under the next attempt's key; refused with IntentFinished."""

    def doubt_intent(self, intent: Intent, at: datetime) -> Write:
        """Note that nobody knows whether Stripe did it; refused with IntentFinished when somebody knows."""

    def let_go(self, intent: Intent, at: datetime) -> Write:
        """Note that its call may be made now; refused with IntentFinished when somebody changed it meanwhile."""

    def postpone(self, intent: Intent, until: datetime) -> Write:
        """Let the sweep come back to an open intent later; refused with IntentFinished."""

    def due(self, queue: str, before: datetime, limit: int) -> list[str]:
        """Name payments or intents whose time has come (an index: a hint)."""

    def remember_event(self, stripe_event_id: str, kind: str, at: datetime) -> Write:
        """Store a Stripe event id for 35 days; refused with AlreadyReceived when it is known."""


class IntentStanding(Protocol):
    """Intents as conditions of somebody else's transaction."""

    def as_read(self, intent: Intent) -> Write:
        """Refuse with IntentFinished when the intent's state or attempt is another by now."""


class StripePayments(Protocol):
    """Stripe, for payments. Every call takes the key that makes repeating it harmless.

    Raises, from every method: Unavailable when the outcome is unknown or a repeat may succeed;
    StripeRefused when Stripe said no for good.
    """

    def create_payment(self, payment: Payment) -> StripePayment: ...

    def read_payment(self, payment_intent_id: str) -> StripePayment: ...

    def find_payment(self, payment: Payment) -> StripePayment | None:
        """Look for a PaymentIntent that carries our id, when the key is too old to ask again."""

    def cancel_payment(self, payment_intent_id: str) -> StripePayment:
        """Cancel, or return it as it is when it can no longer be cancelled; takes no key, for twice is once."""

    def transfer(self, intent: Intent, *, destination: str, charge_id: str) -> str:
        """Move money to a seller's account, out of a charge or (named "") of the balance; return the transfer's id."""

    def find_transfer(self, intent: Intent) -> str | None: ...

    def refund(self, intent: Intent, *, charge_id: str) -> str:
        """Give money back to the buyer; return the refund's id."""

    def find_refund(self, intent: Intent, *, charge_id: str) -> str | None: ...

    def read_refund(self, refund_id: str) -> StripeRefund: ...

    def reverse(self, intent: Intent, *, transfer_id: str) -> str:
        """Take back a part of a transfer; return the reversal's id."""

    def find_reversal(self, intent: Intent, *, transfer_id: str) -> str | None: ...

    def read_dispute(self, dispute_id: str) -> StripeDispute: ...

    def submit_evidence(self, dispute_id: str, evidence: Mapping[str, str], key: str) -> None:
        """Answer a bank, for good; the same key again sends nothing more."""

    def read_warning(self, warning_id: str) -> FraudWarning: ...


class IntentPages(Protocol):
    """Intents in lists, from an index: for people, never for deciding."""

    def page_intents(self, queue: str, cursor: str | None, limit: int) -> Rows[str]:
        """Name the intents of a queue, "open" or "parked", the oldest first."""


class RefundRows(Protocol):
    """Where refunds live. Reads are consistent."""

    def read(self, order_id: str, refund_id: str) -> Refund | None: ...

    def of_order(self, order_id: str) -> list[Refund]:
        """Return all refunds of an order, the oldest first."""

    def put(self, refund: Refund) -> Write:
        """Store a new refund; refused with RefundExists when its id is taken."""


class Debts(Protocol):
    """What sellers owe: a balance each and currency, changed only beside its ledger entry."""

    def owed_minor(self, seller_id: str, currency: str) -> int:
        """Return what is owed, consistently; negative when the marketplace owes it to the seller."""

    def add(self, seller_id: str, currency: str, amount_minor: int) -> Write:
        """Add to the debt (or take off it, when negative), however it stands."""

    def add_within(self, seller_id: str, currency: str, amount_minor: int, at_most: int) -> Write:
        """Add to the debt while it stays within `at_most` minor units; refused with DebtMoved."""

    def net(self, seller_id: str, currency: str, amount_minor: int) -> Write:
        """Take off the debt while there is so much of it; refused with DebtMoved."""

    def forgiven_minor(self, seller_id: str, currency: str, since: datetime | None = None) -> int: ...

    def regain(self, seller_id: str, currency: str, amount_minor: int, forgiven_minor: int) -> Write:
        """As `net`, and take off what two people forgave, while there is so much of it; either may be 0."""


class Given(Protocol):
    """What sellers gave back by their own word, summed by day."""

    def count(
        self, seller_id: str, currency: str, amount_minor: int, at: datetime, *, at_most: int | None, refusal: Exception
    ) -> Write:
        """Add to the day's sum; refused with `refusal` when that would go beyond `at_most`, minor units."""


class BankCaseRows(Protocol):
    """Where banks' cases live: by Stripe's id, by payment, and by what is to be done. Cases are read consistently."""

    def read(self, dispute_id: str) -> BankCase | None: ...

    def of_payment(self, payment_id: str) -> list[BankCase]: ...

    def read_many(self, dispute_ids: Sequence[str]) -> list[BankCase]:
        """Return those there are, in the order of their names."""

    def open(self, case: BankCase) -> list[Write]:
        """Store a new case; refused with BankCaseMoved when it is known."""

    def change(self, before: BankCase, after: BankCase) -> Write:
        """Store the case anew; refused with BankCaseMoved when it is not as it was read."""

    def due(self, before: datetime, limit: int) -> list[str]:
        """Name cases that have something to be done (an index: a hint)."""

    def page(self, queue: str, cursor: str | None, limit: int) -> Rows[str]:
        """Name the cases of a queue, the most urgent first (an index: for people, never for deciding)."""


class WarningRows(Protocol):
    """What issuers' early warnings did, one row an order. Reads are consistent."""

    def noted(self, payment_id: str, warning_id: str, order_id: str) -> bool: ...

    def note(self, payment_id: str, warning_id: str, order_id: str, done: str, fraud_type: str, at: datetime) -> Write:
        """Note what was done; refused with WarningNoted when it was."""


class UnclaimedRows(Protocol):
    """Where money lies that waits for a person. Reads are consistent."""

    def read(self, name: str) -> Unclaimed | None: ...

    def read_many(self, names: tuple[str, ...]) -> list[Unclaimed]:
        """Return those there are, in the order of their names."""

    def page(self, cursor: str | None, limit: int) -> Rows[str]:
        """Name what waits, the oldest first, then what is kept (an index: for people, never for deciding).

        Raises: BadCursor.
        """

    def put(self, found: Unclaimed) -> Write:
        """Store a new amount; refused with UnclaimedMoved when its name is taken."""

    def change(self, before: Unclaimed, after: Unclaimed) -> Write:
        """Store it anew; refused with UnclaimedMoved when it is not as it was read."""


class Approvals(Protocol):
    """What two people must agree on; see staff/approvals.py."""

    def propose(
        self,
        *,
        kind: str,
        subject: str,
        facts: Mapping[str, str | int],
        principal: Principal,
        reasons: str,
        once: str | None = None,
        concerns: Iterable[str] = (),
    ) -> Proposal: ...


class Finisher(Protocol):
    """Whatever brings an open intent to its end; see finishing.py."""

    def __call__(self, intent: Intent) -> None: ...


class SellerAccounts(Protocol):
    """Sellers, as payments see them."""

    def of(self, seller_id: str) -> SellerProfile | None:
        """Return the seller's profile with the Stripe account that is paid."""


class Completion(Protocol):
    """Payments, as chargebacks see them."""

    def complete(self, payment_id: str) -> Payment:
        """Ask Stripe how the payment stands, and follow; see service.PaymentService."""


class CaseFiles(Protocol):
    """Disputes, as chargebacks see them."""

    def reopen_after_chargeback(self, order: Order) -> tuple[str, list[Write]]:
        """Return the id of the case in which an operator decides now, and the writes that open it."""

    def lapse(self, order: Order) -> list[Write]:
        """Return the writes that close an order's open case without a decision."""


class CollectedDebts(Protocol):
    """What sellers owe, as its collection sees it: one collection of a debt is under way at a time."""

    def owed(self, name: str) -> Owed | None:
        """Return a debt, consistently, by the name that the index gave."""

    def collect(self, owed: Owed, amount_minor: int, intent_id: str) -> Write:
        """Take off what a collection brings, while none is under way and so much is owed; refused with DebtMoved."""

    def collected(self, seller_id: str, currency: str, intent_id: str) -> Write:
        """Note that a collection is over; refused with DebtMoved when it was."""

    def give_up(self, seller_id: str, currency: str, amount_minor: int, intent_id: str, at: datetime | None) -> Write:
        """End one that brought nothing: owed again, and looked at then (None: in time); refused with DebtMoved."""

    def look_again(self, owed: Owed, at: datetime) -> Write:
        """Come back later to what is still owed, and never to what is not; refused with DebtMoved."""


class CollectedOrders(Protocol):
    """Orders whose transfers are reversed for a debt."""

    def read(self, order_id: str) -> Order | None: ...

    def unmoved(self, order: Order) -> Write:
        """Return the condition that an order stands, and was given back of, as read; refused with TransitionRefused."""
