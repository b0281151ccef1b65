"""The withdrawal function as JSON: its form with the labels that the law asks for, and the receipt."""

from typing import Annotated, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.orders.model import LINES_MAX, QUANTITY_MAX
from marketplace.withdrawals.model import (
    NAME_LENGTH_MAX,
    REFERENCE_LENGTH_MAX,
    STATEMENT_LENGTH_MAX,
    Piece,
    Statement,
    summed,
)
from marketplace.withdrawals.service import Receipt

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]

TOKEN_LENGTH_MAX = 200  # characters
EMAIL_LENGTH_MAX = 254  # characters

# (English, Spanish). Directive 2011/83/EU, article 11a(1) and (3).
_LABELS = {
    "open": ("Withdraw from contract here", "Desistir del contrato aquí"),
    "confirm": ("Confirm withdrawal", "Confirmar desistimiento"),
    "order_reference": ("Order number, as on your receipt", "Número de pedido, como en tu recibo"),
    "name": ("Your name", "Tu nombre"),
    "email": ("Your e-mail address, as in your account", "Tu correo electrónico, el de tu cuenta"),
    "lines": ("Only some of it? Say what", "¿Solo una parte? Di cuál"),
    "statement": ("I withdraw from the contract for this order.", "Desisto del contrato de este pedido."),
    "explanation": (
        (
            "You need no account and give no reasons. We confirm at once that we received your "
            "statement, with date and "
            "time; it counts from then. What follows is written to the address of the account that bought."
        ),
        (
            "No necesitas cuenta ni dar motivos. Te confirmamos al momento que hemos recibido tu "
            "declaración, con fecha y "
            "hora; cuenta desde entonces. Lo que sigue se escribe a la dirección de la cuenta que compró."
        ),
    ),
    "received": (
        "We have received your statement of withdrawal. Keep this receipt.",
        "Hemos recibido tu declaración de desistimiento. Guarda este recibo.",
    ),
}


class LineToWithdraw(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Pieces of one line of the order."""

    listing_id: Identifier
    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] = 1


class NewWithdrawal(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A statement of withdrawal, confirmed under the label "Confirm withdrawal"; without lines, of the whole order."""

    order_reference: Annotated[str, msgspec.Meta(min_length=1, max_length=REFERENCE_LENGTH_MAX)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH_MAX)]
    email: Annotated[str, msgspec.Meta(min_length=3, max_length=EMAIL_LENGTH_MAX)]
    confirmed: Literal[True]
    lines: Annotated[list[LineToWithdraw], msgspec.Meta(max_length=LINES_MAX)] = []
    statement: Annotated[str, msgspec.Meta(max_length=STATEMENT_LENGTH_MAX)] = ""

    def said(self) -> Statement:
        reference = self.order_reference.strip()
        pieces = summed(Piece(line.listing_id, line.quantity) for line in self.lines)
        return Statement(reference, self.name.strip(), self.email, self.statement, pieces)


class WithdrawalToken(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What the receipt gave, to read it again."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=TOKEN_LENGTH_MAX)]


class WithdrawalForm(msgspec.Struct):
    """The function's labels, in the order in which they are met: open, fill in, confirm."""

    open_label: str
    explanation: str
    order_reference_label: str
    name_label: str
    email_label: str
    lines_label: str
    statement: str
    confirm_label: str


class WithdrawnLine(msgspec.Struct):
    """Pieces of one line, as they were declared."""

    listing_id: Identifier
    quantity: int


class WithdrawalReceipt(msgspec.Struct):
    """The acknowledgement: what was declared and when. It says nothing about whether such an order exists."""

    withdrawal_id: str
    received_at: Moment
    message: str
    order_reference: str
    name: str
    email: str
    statement: str
    lines: list[WithdrawnLine]
    token: str | None = None  # reads this record again; shown once


def form_to_wire(locale: str) -> WithdrawalForm:
    """Show the form."""
    names = ("open", "explanation", "order_reference", "name", "email", "lines", "statement", "confirm")
    return WithdrawalForm(*(_label(name, locale) for name in names))


def receipt_to_wire(receipt: Receipt, locale: str) -> WithdrawalReceipt:
    """Show the acknowledgement."""
    said = receipt.statement
    return WithdrawalReceipt(
        receipt.withdrawal_id,
        to_text(receipt.received_at),
        _label("received", locale),
        said.reference,
        said.name,
        said.email,
        said.text or _label("statement", locale),
        [WithdrawnLine(line.listing_id, line.quantity) for line in said.lines],
        receipt.token or None,
    )


def _label(name: str, locale: str) -> str:
    return _LABELS[name][locale == "es"]
