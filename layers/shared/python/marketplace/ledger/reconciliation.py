"""Stripe's balance transactions against the books: what belongs together, and how it differs (see differences.py).

One balance transaction may stand for several ledger transactions: a cart's one charge is a capture in each order's
book. So what is compared is a *pair*: all that one Stripe object moved in one direction, and all that was booked of it.
A dispute takes money out and may bring it back: two pairs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from marketplace.ledger.differences import (
    AMOUNT_DIFFERS,
    BOOKED_IN_THE_WRONG_BOOK,
    BOOKED_TWICE,
    CURRENCY_DIFFERS,
    FEE_DIFFERS,
    LATE,
    MISSING_AT_STRIPE,
    MISSING_IN_LEDGER,
    Difference,
    Kind,
)
from marketplace.ledger.model import STRIPE, STRIPE_FEES, LedgerTransaction
from marketplace.payments.movements import Movement

# Kinds of ledger transactions whose direction is known; the fee of a charge belongs to what comes in.
COMES_IN = {
    "capture": True,
    "late_payment": True,
    "processing_fee": True,
    "transfer": False,
    "refund": False,
    "late_refund": False,
    "chargeback_withdrawn": False,
    "chargeback_reinstated": True,
    "capital_in": True,
    "capital_in_fee": True,
    "capital_in_reversed": False,
    "capital_in_reversed_fee": False,
    "capital_out": False,
    "capital_out_fee": False,
    "capital_out_returned": True,
    "capital_out_returned_fee": True,
}
LAG_MAX = timedelta(hours=24)  # from Stripe's moment to ours: the service level that `late` breaks


@dataclass(frozen=True, slots=True)
class Pair:
    """What one Stripe object moved in one direction, and what was booked of it.

    `order_ids` are the orders of the payment that Stripe names, or whose book it is in, where Stripe names no order and
    somebody looked them up.
    `fees_agree` when they do over both directions: a fee taken and given back may be booked as nothing at all.
    """

    stripe_object: str
    comes_in: bool
    movements: tuple[Movement, ...] = ()
    entries: tuple[LedgerTransaction, ...] = ()  # the money itself
    fees: tuple[LedgerTransaction, ...] = ()  # what Stripe kept of it
    order_ids: tuple[str, ...] = ()
    fees_agree: bool = False

    @property
    def place(self) -> tuple[str, bool]:
        """What makes it this pair and no other."""
        return self.stripe_object, self.comes_in

    @property
    def booked(self) -> tuple[LedgerTransaction, ...]:
        """Everything on our side."""
        return self.entries + self.fees

    @property
    def payment_id(self) -> str | None:
        """The payment that Stripe names."""
        return next((each.payment_id for each in self.movements if each.payment_id), None)

    @property
    def lag(self) -> timedelta | None:
        """How long after Stripe the last of it was booked; never negative, None while one side is absent."""
        if not self.movements or not self.booked:
            return None
        moved, booked = max(_times(self)), max(each.booked_at for each in self.booked)
        return max(booked - moved, timedelta())


def on_stripe(transaction: LedgerTransaction) -> int:
    """Return what a ledger transaction adds to the account `stripe`: 0 for one that moves nothing there."""
    return sum(posting.amount_minor for posting in transaction.postings if posting.account == STRIPE)


def names(transaction: LedgerTransaction) -> str:
    """Return the Stripe object that an entry names; one that names none stands for itself, as book/key."""
    return transaction.stripe_object or f"{transaction.book}/{transaction.key}"


def pair_up(movements: Iterable[Movement], ledger: Iterable[LedgerTransaction]) -> list[Pair]:
    """Bring together what names the same Stripe object in the same direction, in a fixed order."""
    moved: dict[tuple[str, bool], list[Movement]] = {}
    entries: dict[tuple[str, bool], list[LedgerTransaction]] = {}
    fees: dict[tuple[str, bool], list[LedgerTransaction]] = {}
    for movement in movements:
        moved.setdefault((movement.stripe_object, movement.amount_minor > 0), []).append(movement)
    for transaction in filter(on_stripe, ledger):
        booked = fees if _is_fee(transaction) else entries
        booked.setdefault((names(transaction), _comes_in(transaction)), []).append(transaction)
    made = [
        Pair(*place, tuple(moved.get(place, ())), tuple(entries.get(place, ())), tuple(fees.get(place, ())))
        for place in sorted({*moved, *entries, *fees})
    ]
    return list(_joined(made))


def is_waiting(pair: Pair, now: datetime) -> bool:
    """Say whether nothing is booked yet of money that moved less than `LAG_MAX` ago."""
    return bool(pair.movements) and not pair.booked and now - min(_times(pair)) < LAG_MAX


def differences(pair: Pair) -> list[Difference]:
    """Return every way in which the two sides of a pair differ; none when they agree."""
    if not pair.movements:
        return [_difference(MISSING_AT_STRIPE, pair, "nothing", _amounts(pair))]
    if not pair.entries and _moved(pair):
        return [_difference(MISSING_IN_LEDGER, pair, _amounts(pair), "nothing")]
    ours, theirs = _currencies(pair)
    if ours and ours != theirs:
        return [_difference(CURRENCY_DIFFERS, pair, "+".join(sorted(theirs)), "+".join(sorted(ours)))]
    return [*_of_amount(pair), *_of_fee(pair), *_of_time(pair)]


def _of_amount(pair: Pair) -> Iterator[Difference]:
    moved, booked = _moved(pair), sum(map(on_stripe, pair.entries))
    if moved != booked:
        kind = BOOKED_TWICE if _is_twice(pair, moved, booked) else AMOUNT_DIFFERS
        yield _difference(kind, pair, str(moved), str(booked))
    elif strangers := sorted({each.book for each in pair.booked if _is_foreign(each, pair)}):
        yield _difference(BOOKED_IN_THE_WRONG_BOOK, pair, "+".join(sorted(_books(pair))), "+".join(strangers))


def _of_fee(pair: Pair) -> Iterator[Difference]:
    kept, booked = _kept(pair), -sum(map(on_stripe, pair.fees))
    if kept != booked and not pair.fees_agree:
        yield _difference(FEE_DIFFERS, pair, str(kept), str(booked))


def _of_time(pair: Pair) -> Iterator[Difference]:
    if pair.lag is not None and pair.lag > LAG_MAX:
        booked = max(each.booked_at for each in pair.booked)
        yield _difference(LATE, pair, max(_times(pair)).isoformat(), booked.isoformat())


def _is_twice(pair: Pair, moved: int, booked: int) -> bool:
    """Say whether leaving out what repeats makes the rest agree.

    What repeats: all of one kind beside another kind that is the whole by itself (a payment booked as paid and as
    late), an entry in a book that has another of this object, or in a book that Stripe's object does not name.
    """
    by_kind: Counter[str] = Counter()
    for each in pair.entries:
        by_kind[each.kind] += on_stripe(each)
    if moved in by_kind.values():  # of several kinds, as all of one would be all that is booked
        return True
    spare = [on_stripe(each) for each in pair.entries if _repeats(each, pair)]
    left_out = {*spare, sum(spare), *(sum(spare) - one for one in spare)}
    return len(pair.entries) > 1 and booked - moved in left_out


def _repeats(entry: LedgerTransaction, pair: Pair) -> bool:
    others = [each for each in pair.entries if each is not entry]
    if any(each.book == entry.book for each in others) or _is_foreign(entry, pair):
        return True
    return not _books(pair) and any(on_stripe(each) == on_stripe(entry) for each in others)


def _is_foreign(transaction: LedgerTransaction, pair: Pair) -> bool:
    """Say whether Stripe's object names other books than this one; a fee belongs to the payment."""
    if _is_fee(transaction):
        return pair.payment_id is not None and transaction.book != pair.payment_id
    books = _books(pair)
    return bool(books) and transaction.book not in books


def _books(pair: Pair) -> frozenset[str]:
    """Return the books in which the money may stand: the order named, else the payment and its orders."""
    named = frozenset(each.order_id for each in pair.movements if each.order_id)
    return named or (frozenset({pair.payment_id, *pair.order_ids}) if pair.payment_id else frozenset())


def _joined(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Look at both directions of an object together.

    Two halves are one pair: booked in the wrong direction is one finding, not two. And fees may agree in sum only.
    """
    halves: dict[str, list[Pair]] = {}
    for pair in pairs:
        halves.setdefault(pair.stripe_object, []).append(pair)
    for both in halves.values():
        ours = [pair for pair in both if not pair.movements and pair.entries]
        theirs = [pair for pair in both if pair.movements and not pair.entries]
        if len(ours) == len(theirs) == 1:
            fees = theirs[0].fees + ours[0].fees
            yield replace(theirs[0], entries=ours[0].entries, fees=fees)
        else:
            agree = sum(map(_kept, both)) == -sum(on_stripe(fee) for pair in both for fee in pair.fees)
            yield from (replace(pair, fees_agree=agree) for pair in both)


def _is_fee(transaction: LedgerTransaction) -> bool:
    return any(posting.account == STRIPE_FEES for posting in transaction.postings)


def _comes_in(transaction: LedgerTransaction) -> bool:
    """Say which way the fact goes that a transaction books, whatever its sign says; unknown kinds go by their sign."""
    return COMES_IN.get(transaction.kind, on_stripe(transaction) > 0)


def _kept(pair: Pair) -> int:
    return sum(each.fee_minor for each in pair.movements)


def _moved(pair: Pair) -> int:
    return sum(each.amount_minor for each in pair.movements)


def _times(pair: Pair) -> list[datetime]:
    return [each.created_at for each in pair.movements]


def _currencies(pair: Pair) -> tuple[set[str], set[str]]:
    return {each.currency for each in pair.booked}, {each.currency for each in pair.movements}


def _amounts(pair: Pair) -> str:
    """Say what the side that is there says: Stripe's, else ours."""
    sums: Counter[str] = Counter()
    for movement in pair.movements:
        sums[movement.currency] += movement.amount_minor
    for transaction in () if pair.movements else pair.booked:
        sums[transaction.currency] += on_stripe(transaction)
    return "+".join(f"{minor} {currency}" for currency, minor in sorted(sums.items()))


def _difference(kind: Kind, pair: Pair, at_stripe: str, in_ledger: str) -> Difference:
    ids = tuple(sorted(each.transaction_id for each in pair.movements))
    entries = tuple(sorted(f"{each.book}/{each.key}" for each in pair.booked))
    ours, theirs = _currencies(pair)
    about = (_orders(pair), tuple(sorted(ours | theirs)))
    return Difference(kind.code, pair.stripe_object, at_stripe, in_ledger, ids, entries, *about)


def _orders(pair: Pair) -> tuple[str, ...]:
    """Name every order whose money it may be."""
    named = {each.order_id for each in pair.movements if each.order_id} | set(pair.order_ids)
    return tuple(sorted(named | {each.book for each in pair.booked if each.book.startswith("ord_")}))
