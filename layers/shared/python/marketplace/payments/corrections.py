"""Correcting the books where Stripe moved money by itself: two of finance agree, and Stripe says how much.

It is the one correction that people make. Every other account is somebody's money, or what a document says, and has a
way of its own (refunds, chargebacks, unclaimed money, debts); an entry of free accounts and amounts would let two
people make the books say anything. Here nobody types an amount: the transaction is read again when it is booked.
"""

from typing import Protocol

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Missing
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write
from marketplace.ledger.ports import Ledger
from marketplace.ledger.stripe_billed import billed, is_stripes_own
from marketplace.payments.model import StripeRefused
from marketplace.payments.movements import Movement
from marketplace.staff.approvals import Approvals
from marketplace.staff.model import Proposal

CORRECTION = "ledger.correction"  # the kind of proposal


class StripeTransactionMissing(Missing):
    """Stripe knows no such balance transaction of the platform."""

    code = "stripe_transaction_not_found"
    title_en = "Stripe knows no such balance transaction."
    title_es = "Stripe no conoce ese movimiento de saldo."


class NotStripesOwn(Conflict):
    """An order, a payment or the owner's money is behind it, and it is booked as such."""

    code = "not_stripes_own"
    title_en = "Something of the marketplace is behind this movement: it is booked by itself, never by hand."
    title_es = "Detrás de este movimiento hay algo del mercado: se registra por sí mismo, nunca a mano."


class InTheBooks(Conflict):
    """It stands in the books, or moved nothing."""

    code = "in_the_books"
    title_en = "The books have this movement already."
    title_es = "Los libros ya tienen este movimiento."


class OneMovement(Protocol):
    """Stripe's own account of one movement."""

    def of_transaction(self, transaction_id: str) -> Movement:
        """Return one balance transaction of the platform.

        Raises: Unavailable when a repeat may succeed; StripeRefused when Stripe knows no such thing.
        """


class Corrections:
    """Proposes and books them."""

    def __init__(self, *, clock: Clock, ledger: Ledger, stripe: OneMovement, approvals: Approvals) -> None:
        self._clock = clock
        self._ledger = ledger
        self._stripe = stripe
        self._approvals = approvals

    def propose(self, transaction_id: str, staff: Principal, reasons: str, once: str) -> Proposal:
        """Propose to book what Stripe moved by itself; `once` names the attempt.

        Raises: StripeTransactionMissing; NotStripesOwn; InTheBooks; Forbidden; ReasonsNeeded; ProposalDiffers;
        Unavailable.
        """
        attempt = f"{staff.account_id}#{once}"
        known = self._approvals.repeated(
            kind=CORRECTION, subject=transaction_id, asked={}, principal=staff, reasons=reasons, once=attempt
        )
        if known is not None:
            return known
        found = self._unbooked(transaction_id)
        net_minor = found.amount_minor - found.fee_minor
        facts: dict[str, str | int] = {"type": found.kind, "currency": found.currency, "amount_minor": net_minor}
        return self._approvals.propose(
            kind=CORRECTION,
            subject=transaction_id,
            facts=facts,
            principal=staff,
            reasons=reasons,
            once=attempt,
        )

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return the writes that book it, as Stripe says now that it was.

        Raises: StripeTransactionMissing; NotStripesOwn; InTheBooks; Unavailable.
        """
        found = self._unbooked(proposal.subject)
        return [self._ledger.book(each) for each in billed(found, self._clock.now())]

    def _unbooked(self, transaction_id: str) -> Movement:
        try:
            found = self._stripe.of_transaction(transaction_id)
        except StripeRefused:
            raise StripeTransactionMissing from None
        if not is_stripes_own(found):
            raise NotStripesOwn
        if not (found.amount_minor or found.fee_minor) or self._ledger.of_book(transaction_id):
            raise InTheBooks
        return found
