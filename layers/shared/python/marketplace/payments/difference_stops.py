"""What a difference between Stripe and the books stops: its orders where it names any, else its currency."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from marketplace.kit.errors import DomainError
from marketplace.kit.money import CURRENCIES
from marketplace.ledger.differences import (
    AMOUNT_DIFFERS,
    BOOKED_IN_THE_WRONG_BOOK,
    BOOKED_TWICE,
    CURRENCY_DIFFERS,
    MISSING_AT_STRIPE,
    MISSING_IN_LEDGER,
    Difference,
)
from marketplace.payouts.narrow_stops import STOPS_MAX, Switch, hash_of_reasons, stop_narrowest
from marketplace.payouts.switch import EVERYTHING

# What nobody can explain yet: until a person has, no more of this money leaves for sellers. What remains is a fee,
# which the platform bears alone, and what is booked right and late.
_GRAVE = (
    MISSING_IN_LEDGER,
    MISSING_AT_STRIPE,
    AMOUNT_DIFFERS,
    CURRENCY_DIFFERS,
    BOOKED_TWICE,
    BOOKED_IN_THE_WRONG_BOOK,
)
STOPPING = frozenset(kind.code for kind in _GRAVE)


def stop(switch: Switch, differences: Iterable[Difference]) -> None:
    """Stop each scope that a grave difference is about, once; everything when they are about too many.

    A fact that two people looked at and let go on stops nothing again while nothing about it changes.

    Raises: Unavailable, after all the others are stopped.
    """
    found: dict[tuple[str, ...], list[Difference]] = {}
    for each in differences:
        if each.kind in STOPPING:
            for scopes in _scopes(each):
                found.setdefault(scopes, []).append(each)
    if len(found) > STOPS_MAX:
        found = {(EVERYTHING,): [each for some in found.values() for each in some]}
    failed: DomainError | None = None
    for scopes, those in found.items():
        about = sorted(those, key=astuple)
        try:
            stop_narrowest(switch, scopes, f"reconciliation:{about[0].kind}", _told(about))
        except DomainError as error:
            failed = failed or error
    if failed is not None:
        raise failed


def _told(about: Sequence[Difference]) -> str:
    """Say the first difference; a hash stands for all of them, so that another among them is another matter."""
    first = about[0]
    seen = f"{first.stripe_object}: {first.at_stripe} at Stripe, {first.in_ledger} in the books; {len(about)} in all"
    return seen if len(about) == 1 else f"{seen} [{hash_of_reasons(repr([astuple(each) for each in about]))}]"


def _scopes(difference: Difference) -> Sequence[tuple[str, ...]]:
    """Return what to stop, each with what is stopped instead where there is no such thing."""
    known = [each for each in difference.currencies if each in CURRENCIES]
    currencies = tuple(f"currency:{each}" for each in known) if known == list(difference.currencies) and known else ()
    if difference.orders:
        return [(f"order:{each}", *currencies[:1], EVERYTHING) for each in difference.orders]
    return [(each, EVERYTHING) for each in currencies] or [(EVERYTHING,)]
