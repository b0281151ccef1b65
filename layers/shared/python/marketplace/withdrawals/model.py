"""A statement of withdrawal as it was received."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Missing

REFERENCE_LENGTH_MAX = 64  # characters
NAME_LENGTH_MAX = 200  # characters
STATEMENT_LENGTH_MAX = 2_000  # characters
PREFIX = "wdr"

# How far it has come.
RECEIVED, WAITING, ACCEPTED, REFUSED, UNMATCHED = "received", "waiting", "accepted", "refused", "unmatched"
OPEN = frozenset({RECEIVED, WAITING})


class WithdrawalMissing(Missing):
    """No such statement, or not this token's."""

    code = "withdrawal_not_found"
    title_en = "There is no such statement of withdrawal."
    title_es = "No existe esa declaración de desistimiento."


@dataclass(frozen=True, slots=True)
class Piece:
    """How many of one line somebody withdraws from."""

    listing_id: str
    quantity: int


def summed(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return one piece a listing, in the order in which each is named first: naming one twice means both."""
    counts: dict[str, int] = {}
    for each in pieces:
        counts[each.listing_id] = counts.get(each.listing_id, 0) + each.quantity
    return tuple(Piece(*each) for each in counts.items())


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody declares; name, address and words are personal."""

    reference: str  # of the order, as its receipt and its mails print it
    name: str
    email: str
    text: str = ""
    lines: tuple[Piece, ...] = ()  # none: the whole contract


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One statement; what is personal lies sealed under a key of its own, which can be destroyed."""

    withdrawal_id: str
    reference: str
    lines: tuple[Piece, ...]
    sealed: Mapping[str, str]  # name, email, text
    locale: str
    token_digest: str
    received_at: datetime  # counts for the deadline, whenever it is looked at
    state: str = RECEIVED
    revision: int = 0
    due_at: datetime | None = None
    order_id: str | None = None
    return_id: str | None = None
    refusals: Mapping[str, str] | None = None  # why, by listing
    is_quiet: bool = False  # its address had mails enough that day: recorded and matched, and hardly mailed about

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
