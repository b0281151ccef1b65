"""What can go wrong with balances, payouts and holds."""

from marketplace.kit.errors import Conflict, DomainError, Invalid, Missing, Unavailable
from marketplace.payouts.model import MANUAL_HOLD_DAYS_MAX


class PurseMoved(Conflict):
    """The balance changed since it was read; read again."""

    code = "purse_moved"


class AlreadyNoted(Conflict):
    """This movement stands in the seller's entries."""

    code = "earning_already_noted"


class HoldMoved(Conflict):
    """The holds changed since they were read; read again."""

    code = "hold_moved"


class HoldMissing(Missing):
    """There is no such hold."""

    code = "hold_not_found"
    title_en = "There is no such hold."
    title_es = "No existe esa retención."


class HoldTooLong(Invalid):
    """Money may not be kept for ever: a manual hold has an end."""

    code = "hold_too_long"
    title_en = f"A hold ends after today and within {MANUAL_HOLD_DAYS_MAX} days."
    title_es = f"Una retención termina después de hoy y en {MANUAL_HOLD_DAYS_MAX} días como mucho."


class PayoutMissing(Missing):
    """No such payout, or somebody else's."""

    code = "payout_not_found"
    title_en = "There is no such payout."
    title_es = "No existe ese pago."


class PayeeMissing(Missing):
    """Nobody who sells: there is nothing to hold."""

    code = "seller_not_found"
    title_en = "There is no such seller."
    title_es = "No existe ese vendedor."


class PayoutNotParked(Conflict):
    """Only a payout whose outcome nobody knows is decided by people."""

    code = "payout_not_parked"
    title_en = "This payout does not wait for a decision."
    title_es = "Este pago no espera ninguna decisión."


class PayoutMoved(Conflict):
    """Somebody else recorded this step first."""

    code = "payout_moved"


class CurrencyNotSettled(Conflict):
    """The seller's bank accounts at Stripe take no money in this currency."""

    code = "currency_not_settled"
    title_en = "You can sell in a currency once a bank account in that currency is set up."
    title_es = "Puedes vender en una moneda cuando tengas una cuenta bancaria en esa moneda."


class CurrencyWaits(Unavailable):
    """Money waits, because no bank account of the seller takes its currency: Stripe would convert it."""

    code = "currency_waits"
    title_en = "This money waits until the seller sets up a bank account in its currency."
    title_es = "Este dinero espera a que el vendedor configure una cuenta bancaria en su moneda."


class PayoutHeld(Unavailable):
    """A hold came after a call whose outcome is not known; nothing more is called, and what left is looked up."""

    code = "payout_held"


class PaymentsStopped(Unavailable):
    """The kill switch stands for this; what waits goes on when two people resume."""

    code = "payments_stopped"
    title_en = "Payments to sellers are stopped for a check. Nothing is lost; they go on by themselves afterwards."
    title_es = "Los pagos a vendedores están parados por una revisión. Nada se pierde; después continúan solos."


class PayoutRefused(DomainError):
    """Stripe said no for good."""

    code = "payout_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason
