"""Money that could not be sent, or that came back when nobody was owed it any more: it waits for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.kit.errors import Conflict, Invalid, Missing
from marketplace.ledger.model import UNCLAIMED

# How long what is owed can be asked for: personal actions lapse after five years (Código Civil, article 1964.2).
KEPT_FOR = timedelta(days=5 * 365 + 2)


class Whose(StrEnum):
    """Whose it was when it stopped."""

    BUYER = "buyer"
    SELLER = "seller"
    NOBODY = "nobody"  # a bank gave it back after it had counted as lost, and the order had ended


class Way(StrEnum):
    """What becomes of it."""

    SELLER = "seller"  # transferred to the seller, after what they owe
    BUYER = "buyer"  # refunded to the buyer, by the way they paid
    KEEP = "keep"  # for whom it is, until the published term ends


class Stage(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    KEPT = "kept"  # it can still be sent, when somebody comes for it
    SENT = "sent"  # on its way: what Stripe refuses of it waits as a parked intent


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
    round: int = 0  # counts decisions
    decided: str | None = None  # the proposal that two people agreed on
    sent_as: str | None = None  # the intent

    @property
    def book(self) -> str:
        return self.order_id or self.payment_id

    @property
    def kept_until(self) -> datetime:
        """When what is owed can be asked for no longer; nothing happens by itself then."""
        return self.since + KEPT_FOR
