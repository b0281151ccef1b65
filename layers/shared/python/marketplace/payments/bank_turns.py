"""Turns of a payment: of two who decide at once about what banks took of it, one looks again.

How a case is divided, what its loss pays, and whether its order is let go, follow from the payment's other cases, its
refunds and its orders. So whoever decides reads the turn before all that, and takes it in the transaction that decides:
what another one decided since refuses it.
"""

from dataclasses import dataclass
from typing import Protocol

from marketplace.kit.errors import Conflict
from marketplace.kit.writes import Write


class TurnMissed(Conflict):
    """Somebody else decided about the payment's chargebacks since the turn was read."""

    code = "bank_turn_missed"
    title_en = "Something about this payment's chargebacks was decided meanwhile. Look again."
    title_es = "Entretanto se decidió algo sobre los contracargos de este pago. Vuelve a mirarlo."


@dataclass(slots=True)
class Turn:
    """How often something was decided, as it was read; whoever takes it goes on with the next one."""

    payment_id: str
    taken: int


class BankTurns(Protocol):
    """Where turns are kept. Reads are consistent."""

    def read(self, payment_id: str) -> Turn: ...

    def take(self, turn: Turn) -> Write:
        """Return the write by which it is nobody else's; refused with TurnMissed when it was taken."""
