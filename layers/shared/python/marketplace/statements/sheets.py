"""What a receipt or an earning is drawn from."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import BUYER, Move, Order
from marketplace.orders.outlook import Outlook
from marketplace.orders.rules import Default
from marketplace.statements.model import Account


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a receipt or an earning is drawn from."""

    order: Order
    role: str  # BUYER or SELLER
    account: Account
    held_minor: int  # still held of this order
    promised_minor: int  # on its way back to the buyer
    waiting_minor: int  # could not be sent to the reader, and waits to be paid to them
    next: tuple[Default, ...]  # what happens if nobody does anything
    read_at: datetime
    outlook: Outlook  # until when how much can come back

    @property
    def withdrawable(self) -> bool:
        """Say whether its reader has the law's right of withdrawal, so that the sheet says how."""
        return self.role == BUYER and self.order.seller_kind == "trader"


@dataclass(frozen=True, slots=True)
class OrderBook:
    """An order with what its books and its log say, read consistently."""

    order: Order
    transactions: tuple[LedgerTransaction, ...]
    moves: tuple[Move, ...]
