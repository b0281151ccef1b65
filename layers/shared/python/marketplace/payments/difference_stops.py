"""What a difference between Stripe and the books, or a row of them that makes no sense, stops: as little as it can."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from itertools import chain
from typing import Protocol

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
from marketplace.ledger.sifting import NO_SENSE, Unreadable
from marketplace.payouts import narrow_stops
from marketplace.payouts.narrow_stops import STOPS_MAX, hash_of_reasons, stop_narrowest
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
UNREADABLE = "unreadable"  # a row that makes no sense: no kind of difference, and stops as one
MARKS_MAX = 500  # in one entry of the switch's history


class Switch(narrow_stops.Switch, Protocol):
    """The kill switch, which knows whose an order is."""

    def parties_of(self, order_id: str) -> tuple[str, str] | None: ...


@dataclass(frozen=True, slots=True, order=True)
class _Fact:
    """What is wrong, as people read it, and a mark that is another one as soon as anything about it changes."""

    kind: str
    seen: str
    mark: str


def stop(switch: Switch, differences: Iterable[Difference], unreadable: Iterable[Unreadable] = ()) -> None:
    """Stop each scope that a grave difference, or a row that makes no sense, is about; everything when too many are.

    A fact that two people looked at and let go on stops nothing again while nothing about it changes, whatever else
    was, or was not, found with it.

    Raises: whatever kept one from being stopped, after all the others are.
    """
    found: dict[tuple[str, ...], list[_Fact]] = {}
    for fact, about in chain(_of_differences(differences), _of_rows(unreadable)):
        for scopes in about:
            found.setdefault(scopes, []).append(fact)
    if len({narrowest for narrowest, *_ in found}) > STOPS_MAX:
        found = {(EVERYTHING,): [each for some in found.values() for each in some]}
    told: dict[str, set[_Fact]] = {}
    for (narrowest, *_), facts in found.items():
        told.setdefault(narrowest, set()).update(facts)
    failed: Exception | None = None
    for scopes in found:
        facts = sorted(told[scopes[0]], key=_rank)
        more = f"{facts[0].seen}; {len(facts)} in all"
        try:
            asked = _with_seller(switch, scopes)
            stop_narrowest(switch, asked, f"reconciliation:{facts[0].kind}", more, _marks(facts))
        except Exception as error:  # noqa: BLE001 - raised again once all the others are stopped
            failed = failed or error
    if failed is not None:
        raise failed


def _rank(fact: _Fact) -> tuple[bool, _Fact]:
    """Say a row that makes no sense first: what it does not book differs because of it."""
    return fact.kind != UNREADABLE, fact


def _of_differences(differences: Iterable[Difference]) -> Iterator[tuple[_Fact, Sequence[tuple[str, ...]]]]:
    for each in differences:
        if each.kind in STOPPING:
            seen = f"{each.stripe_object}: {each.at_stripe} at Stripe, {each.in_ledger} in the books"
            yield _Fact(each.kind, seen, hash_of_reasons(repr(astuple(each)))), _scopes(each.orders, each.currencies)


def _of_rows(unreadable: Iterable[Unreadable]) -> Iterator[tuple[_Fact, Sequence[tuple[str, ...]]]]:
    for each in unreadable:
        seen = f"{each.book}/{each.key} cannot be read: {each.why}"
        currencies = (each.currency,) if each.currency else ()
        yield _Fact(UNREADABLE, seen, hash_of_reasons(repr(astuple(each)))), _scopes(each.orders, currencies)


def _marks(facts: Sequence[_Fact]) -> list[str]:
    """Return what tells each fact apart; of more than the log keeps, one for all: another among them is another."""
    if len(facts) > MARKS_MAX:
        return [hash_of_reasons(repr(facts))]
    return [each.mark for each in facts]


def _with_seller(switch: Switch, scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Put an order's seller behind it: what keeps a single order from being stopped concerns no other seller."""
    narrowest, *wider = scopes
    whose, _, order_id = narrowest.partition(":")
    with suppress(*NO_SENSE):  # an order whose own row makes none has no seller
        parties = switch.parties_of(order_id) if whose == "order" else None
        return (narrowest, f"seller:{parties[0]}", *wider) if parties else scopes
    return scopes


def _scopes(orders: Sequence[str], currencies: Sequence[str]) -> Sequence[tuple[str, ...]]:
    """Return what to stop, each with what is stopped instead where there is no such thing."""
    are_known = bool(currencies) and all(each in CURRENCIES for each in currencies)
    found = tuple(f"currency:{each}" for each in currencies) if are_known else ()
    if orders:
        return [(f"order:{each}", *found[:1], EVERYTHING) for each in orders]
    return [(each, EVERYTHING) for each in found] or [(EVERYTHING,)]
