"""Money that could not be sent, or that came back when nobody was owed it any more: it waits for a person."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.kit.errors import Conflict, Invalid, Missing
from marketplace.ledger.model import UNCLAIMED

# How long what is owed can be asked for: personal actions lapse after five years (Código Civil, article 1964.2).
KEPT_FOR = timedelta(days=5 * 365 + 2)
# Within what a decision is owed: buyers are promised it, as long as a trader has for a refund (Directive 2011/83,
# article 13).
PAID_WITHIN = timedelta(days=14)
WARNED_BEFORE = timedelta(days=4)  # that term ends, somebody is woken: two people need their days
# What a bank names a transfer by: its end-to-end reference (source: EPC, SEPA credit transfer, AT-41, at most 35).
BANK_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.+-]{3,34}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.IGNORECASE)  # somebody's account is no reference
UNCLAIMED_QUEUE = "unclaimed"  # in which it is listed
WHOSE = "whose"  # the fact by which an intent that is sent for such money keeps whose it was


class Whose(StrEnum):
    """Whose it was when it stopped."""

    BUYER = "buyer"
    SELLER = "seller"
    NOBODY = "nobody"  # a bank gave it back after it had counted as lost, and the order had ended


class Way(StrEnum):
    """What becomes of it."""

    SELLER = "seller"  # transferred to the seller, after what they owe
    BUYER = "buyer"  # refunded to the buyer, by the way they paid
    PAID_OUTSIDE = "paid_outside"  # to the buyer, by the owner, from an account of their own
    KEEP = "keep"  # for whom it is, until the published term ends


class Stage(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    KEPT = "kept"  # it can still be sent, when somebody comes for it
    SENT = "sent"  # on its way: what Stripe refuses of it waits as a parked intent
    REFUNDED = "refunded"  # a refund to the buyer took all of it
    PAID_OUTSIDE = "paid_outside"  # the owner has paid its buyer
    BANK_PAID = "bank_paid"  # a bank has paid its buyer


WAITS = frozenset({Stage.WAITING, Stage.KEPT})  # for a decision


class UnclaimedMissing(Missing):
    """No such money."""

    code = "unclaimed_not_found"
    title_en = "No money of that name waits for anybody."
    title_es = "Ningún dinero con ese nombre espera a nadie."


class UnclaimedMoved(Conflict):
    """Somebody decided about it meanwhile."""

    code = "unclaimed_decided"
    title_en = "This was decided meanwhile. Read it again."
    title_es = "Esto se decidió entretanto. Vuelve a leerlo."


class NotTheirs(Invalid):
    """What was the buyer's does not go to the seller."""

    code = "unclaimed_not_theirs"
    title_en = "This money was the buyer's: it cannot go to the seller."
    title_es = "Este dinero era del comprador: no puede ir al vendedor."


class NotTheBuyers(Invalid):
    """What the marketplace pays a seller of its own does not go to the buyer, who has what they got."""

    code = "unclaimed_not_the_buyers"
    title_en = "We pay this to the seller out of our own: it cannot go to the buyer."
    title_es = "Esto lo pagamos al vendedor de lo nuestro: no puede ir al comprador."


class BeyondPaid(Invalid):
    """A buyer gets back what they paid, and no more."""

    code = "unclaimed_beyond_paid"
    title_en = "With this the buyer would get back more than there is left of what they paid."
    title_es = "Con esto el comprador recibiría más de lo que queda de lo que pagó."


class NoMoreByCard(Conflict):
    """Stripe refunds no more of a payment of which a bank kept something."""

    code = "unclaimed_not_by_card"
    title_en = "A bank kept this payment, so the card takes nothing back. Pay it outside (paid_outside)."
    title_es = "Un banco retuvo este pago y la tarjeta no admite devoluciones. Págalo por fuera (paid_outside)."


class OnlyTheBuyers(Invalid):
    """Only what waits for a buyer is paid to them outside Stripe."""

    code = "unclaimed_only_the_buyers"
    title_en = "Only what waits for a buyer can be paid outside."
    title_es = "Solo se puede pagar por fuera lo que espera a un comprador."


class BankReferenceNeeded(Invalid):
    """What is paid outside is found again by its bank's reference, and nothing else is."""

    code = "bank_reference_needed"
    title_en = "Money paid outside needs the reference of its bank transfer, and nothing else does. It is no IBAN."
    title_es = "Lo pagado por fuera necesita la referencia de su transferencia, y nada más. No es un IBAN."


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """One amount, named after the intent that could not send it, or after the case that brought it back."""

    name: str
    whose: Whose
    payment_id: str
    order_id: str | None
    amount_minor: int
    currency: str
    since: datetime
    account: str = UNCLAIMED  # where the books have it
    stage: Stage = Stage.WAITING
    round: int = 0  # counts decisions, and refunds that took a part
    decided: str | None = None  # the proposal that two people agreed on
    sent_as: str | None = None  # the intent
    bank_reference: str | None = None  # of what was paid outside

    @property
    def book(self) -> str:
        return self.order_id or self.payment_id

    @property
    def decide_by(self) -> datetime:
        """When two people must have decided about it."""
        return self.since + PAID_WITHIN

    @property
    def kept_until(self) -> datetime:
        """When what is owed can be asked for no longer; nothing happens by itself then."""
        return self.since + KEPT_FOR


def check_outside(found: Unclaimed, way: Way, bank_reference: str) -> None:
    """Check that what is paid outside waits for its buyer, and has its bank's reference.

    Raises: OnlyTheBuyers; BankReferenceNeeded, also when one is given for another way.
    """
    if way is Way.PAID_OUTSIDE and found.whose is not Whose.BUYER:
        raise OnlyTheBuyers(fields={"to": "only_the_buyers"})
    is_one = bool(BANK_REFERENCE.fullmatch(bank_reference)) and not _IBAN.fullmatch(bank_reference)
    if is_one if way is Way.PAID_OUTSIDE else not bank_reference:
        return
    raise BankReferenceNeeded(fields={"bank_reference": "needed_for_paid_outside"})
