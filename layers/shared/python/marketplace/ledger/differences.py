"""The eight ways in which Stripe and the books can differ, and what each says to a person.

The books record, of every fact that moved money at Stripe, the object that moved it, the amount and the fee on the
account `stripe`, the currency, the book (an order's or a payment's) and when it was booked. Each of these can be wrong,
a fact can be absent on either side, and it can be there twice: that makes the eight kinds, and there is no ninth way.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to differ, and what it says to a person."""

    code: str
    en: str
    es: str


MISSING_IN_LEDGER = Kind(
    "missing_in_ledger",
    "Stripe moved this money and our books do not know it.",
    "Stripe movió este dinero y nuestros libros no lo conocen.",
)
MISSING_AT_STRIPE = Kind(
    "missing_at_stripe",
    "Our books say that money moved, and Stripe moved none.",
    "Nuestros libros dicen que se movió dinero y Stripe no movió nada.",
)
AMOUNT_DIFFERS = Kind(
    "amount_differs",
    "Stripe moved another amount than we booked.",
    "Stripe movió un importe distinto del que registramos.",
)
CURRENCY_DIFFERS = Kind(
    "currency_differs",
    "Stripe moved another currency than we booked.",
    "Stripe movió una moneda distinta de la que registramos.",
)
FEE_DIFFERS = Kind(
    "fee_differs",
    "Stripe kept another fee than we booked.",
    "Stripe retuvo una comisión distinta de la que registramos.",
)
BOOKED_TWICE = Kind(
    "booked_twice",
    "Stripe moved this money once and our books have it more than once.",
    "Stripe movió este dinero una vez y nuestros libros lo tienen más de una.",
)
BOOKED_IN_THE_WRONG_BOOK = Kind(
    "booked_in_the_wrong_book",
    "The amounts agree, but they are booked to another order or payment than Stripe names.",
    "Los importes coinciden, pero están registrados en otro pedido o pago que el que nombra Stripe.",
)
LATE = Kind(
    "late",
    "It was booked more than 24 hours after Stripe moved the money.",
    "Se registró más de 24 horas después de que Stripe moviera el dinero.",
)
KINDS = (
    MISSING_IN_LEDGER,
    MISSING_AT_STRIPE,
    AMOUNT_DIFFERS,
    CURRENCY_DIFFERS,
    FEE_DIFFERS,
    BOOKED_TWICE,
    BOOKED_IN_THE_WRONG_BOOK,
    LATE,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding: what kind, about which Stripe object, and what each side says of it (amount, fee, ... as text)."""

    kind: str
    stripe_object: str
    at_stripe: str
    in_ledger: str
    transaction_ids: tuple[str, ...]  # Stripe's
    entries: tuple[str, ...]  # ours, as book/key
    orders: tuple[str, ...] = ()  # that Stripe names, or whose books have it, or whose payment's book has it
    currencies: tuple[str, ...] = ()  # of either side
