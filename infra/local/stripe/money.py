"""Amounts, currencies and the terms money moves under."""

from __future__ import annotations

from dataclasses import dataclass

from infra.local.stripe.errors import ParameterError

LARGEST_AMOUNT = 99_999_999

#: The smallest charge of each currency served here, in minor units.
SMALLEST_CHARGE = {
    "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "jpy": 50,
    "mxn": 1000, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300,
    "sgd": 50, "usd": 50,
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What the platform pays and how long money takes."""

    fee_basis_points: int = 150
    fee_fixed: int = 25
    dispute_fee: int = 1500
    #: Unverified against the real service, so a test may choose.
    dispute_fee_returned: bool = False
    settle_days: int = 2
    authorization_days: int = 7
    payout_days: int = 1
    evidence_days: int = 7

    def charge_fee(self, amount: int) -> int:
        """Return the fee on a card charge, half a cent rounded up."""
        return (amount * self.fee_basis_points + 5_000) // 10_000 + self.fee_fixed


def check_amount(amount: int, param: str) -> int:
    """Return ``amount`` when it is a positive sum Stripe would take."""
    if amount < 1:
        raise ParameterError(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=param,
        )
    if amount > LARGEST_AMOUNT:
        raise ParameterError(
            f"Amount must be no more than {LARGEST_AMOUNT}",
            code="amount_too_large",
            param=param,
        )
    return amount


def check_currency(text: str, param: str) -> str:
    """Return the currency in lower case when it is one served here."""
    currency = text.lower()
    if currency not in SMALLEST_CHARGE:
        known = ", ".join(SMALLEST_CHARGE)
        raise ParameterError(f"Invalid currency: {currency}. Supported here: {known}", param=param)
    return currency


def check_charge_minimum(amount: int, currency: str) -> None:
    """Refuse a charge too small to be worth its own fee."""
    least = SMALLEST_CHARGE[currency]
    if amount < least:
        raise ParameterError(
            f"Amount must be at least {least} {currency} in minor units",
            code="amount_too_small",
            param="amount",
        )
