"""The promises about sellers' balances and payouts, as predicates over a View.

P1 a balance's buckets account for every cent      P2 they are what its entries and payouts say
P3 what is not paid is what Stripe holds           P4 each payout is explained to the cent
P5 one object at Stripe a payout, of its amount    P6 nothing is paid out while a hold covers it
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from marketplace.audit.money import Predicate
from marketplace.audit.view import View, Violation
from marketplace.payments.model import IntentKind, IntentState
from marketplace.payouts.model import MOVING, Entry, EntryKind, Payout, PayoutState, Purse

Place = tuple[str, str]  # seller, currency
_GONE_BACK = {"failed", "canceled"}


def balances_are_sound(view: View) -> Iterator[Violation]:
    """P1."""
    for purse in view.purses:
        if not purse.is_sound:
            yield Violation("P1", f"{purse.seller_id} {purse.currency}", str(purse))


def balances_are_their_entries(view: View) -> Iterator[Violation]:
    """P2: each bucket, from the entries and payouts alone."""
    entries, payouts = _entries(view), _payouts(view)
    reserves: Counter[Place] = Counter()
    for part in view.reserves:
        reserves[part.seller_id, part.currency] += part.amount_minor
    for purse in view.purses:
        place = (purse.seller_id, purse.currency)
        said, seen = _buckets(purse), _folded(entries[place], payouts[place])
        if said != seen or purse.reserved_minor != reserves[place]:
            yield Violation("P2", f"{place}", f"stored {said}, folded {seen}, reserves {reserves[place]}")
    known = {(purse.seller_id, purse.currency) for purse in view.purses}
    yield from (Violation("P2", str(place), "entries without a balance") for place in set(entries) - known)


def stripe_holds_the_rest(view: View) -> Iterator[Violation]:
    """P3: a connected account's Stripe balance, unless an open transfer or reversal explains the difference."""
    kinds = {IntentKind.TRANSFER, IntentKind.REVERSAL}
    if any(each.state is IntentState.OPEN and each.kind in kinds for each in view.intents):
        return
    payouts, at_stripe = _payouts(view), {each.key: each.status for each in view.stripe_payouts if each.key}
    foreign = _foreign(view)
    for purse in view.purses:
        account_id = view.seller_accounts.get(purse.seller_id, "")
        ours = purse.available_minor + purse.reserved_minor - foreign[account_id, purse.currency]
        ours += sum(_still_there(each, at_stripe.get(each.key)) for each in payouts[purse.seller_id, purse.currency])
        theirs = view.stripe_connected_minor.get((account_id, purse.currency), 0)
        if ours != theirs:
            yield Violation("P3", f"{purse.seller_id} {purse.currency}", f"ours {ours}, Stripe {theirs}")


def payouts_are_explained(view: View) -> Iterator[Violation]:
    """P4: what it brought from the one before, and its entries, less what it left behind."""
    entries = _entries(view)
    for place, payouts in _payouts(view).items():
        parts: Counter[int] = Counter()
        for entry in entries[place]:
            parts[entry.number] += entry.amount_minor
        left_minor = 0
        for number, payout in enumerate(payouts, start=1):
            whole = payout.brought_minor + parts[number] - payout.kept_minor
            if (payout.number, payout.brought_minor) != (number, left_minor) or whole != payout.amount_minor:
                yield Violation("P4", payout.payout_id, f"{payout.amount_minor} is not {whole}, brought {left_minor}")
            if payout.amount_minor <= 0:
                yield Violation("P4", payout.payout_id, f"a payout of {payout.amount_minor}")
            left_minor = payout.kept_minor


def nothing_is_paid_out_twice(view: View) -> Iterator[Violation]:
    """P5."""
    ours = {payout.key: payout for payout in view.payouts}
    counts = Counter(each.key for each in view.stripe_payouts if each.key)
    yield from (Violation("P5", str(key), f"{count} objects at Stripe") for key, count in counts.items() if count > 1)
    for each in view.stripe_payouts:
        payout = ours.get(each.key or "")
        if each.key and (payout is None or payout.amount_minor != each.amount_minor):
            yield Violation("P5", str(each.key), f"{each.amount_minor} at Stripe, {payout} with us")


def holds_hold(view: View) -> Iterator[Violation]:
    """P6: no payout began while a hold of everything, or a stop, covered it."""
    for payout in view.payouts:
        for seller_id, hold, ended_at in view.payout_holds:
            until = min(each for each in (hold.until, ended_at, view.now) if each is not None)
            covered = seller_id == payout.seller_id and hold.amount_minor is None and hold.since is not None
            if covered and hold.since and hold.since < payout.created_at < until:
                yield Violation("P6", payout.payout_id, f"held because of {hold.cause}")
        for scope, since, ended_at in view.stops:
            covers = scope in {"everything", f"currency:{payout.currency}", f"seller:{payout.seller_id}"}
            if covers and since < payout.created_at < (ended_at or view.now):
                yield Violation("P6", payout.payout_id, f"stopped: {scope}")


PAYOUTS: Sequence[Predicate] = (
    balances_are_sound,
    balances_are_their_entries,
    stripe_holds_the_rest,
    payouts_are_explained,
    nothing_is_paid_out_twice,
    holds_hold,
)


def _entries(view: View) -> defaultdict[Place, list[Entry]]:
    found: defaultdict[Place, list[Entry]] = defaultdict(list)
    for entry in view.entries:
        found[entry.seller_id, entry.currency].append(entry)
    return found


def _payouts(view: View) -> defaultdict[Place, list[Payout]]:
    found: defaultdict[Place, list[Payout]] = defaultdict(list)
    for payout in sorted(view.payouts, key=lambda each: each.number):
        found[payout.seller_id, payout.currency].append(payout)
    return found


def _buckets(purse: Purse) -> tuple[int, ...]:
    shown = (purse.available_minor, purse.reserved_minor, purse.in_transit_minor, purse.paid_minor)
    return (*shown, purse.earned_minor, purse.reversed_minor)


def _folded(entries: Sequence[Entry], payouts: Sequence[Payout]) -> tuple[int, ...]:
    by_kind: Counter[EntryKind] = Counter()
    for entry in entries:
        by_kind[entry.kind] += entry.amount_minor
    available = sum(by_kind.values()) - sum(payout.amount_minor for payout in payouts)
    reserved = -by_kind[EntryKind.RESERVED] - by_kind[EntryKind.RESERVE_RELEASED]
    moving = sum(payout.amount_minor for payout in payouts if payout.state in MOVING)
    paid = sum(payout.amount_minor for payout in payouts if payout.state is PayoutState.PAID)
    return available, reserved, moving, paid, by_kind[EntryKind.EARNED], -by_kind[EntryKind.REVERSED]


def _still_there(payout: Payout, status: str | None) -> int:
    """Return what of a payout Stripe has in the account although we have it elsewhere, or (negative) the reverse."""
    at_stripe = status is None or status in _GONE_BACK
    with_us = payout.state is PayoutState.FAILED
    return payout.amount_minor * (at_stripe - with_us)


def _foreign(view: View) -> Counter[Place]:
    """Payouts that somebody made beside us, by account and currency."""
    found: Counter[Place] = Counter()
    for each in view.stripe_payouts:
        if each.key is None and each.status not in _GONE_BACK:
            found[each.account_id, each.currency] += each.amount_minor
    return found
