"""The promises about sellers' balances and payouts, as predicates over a View.

P1 a balance's buckets account for every cent      P2 they are what its entries and payouts say
P3 what is not paid is what Stripe holds           P4 each payout is explained to the cent
P5 one object at Stripe a payout, of its amount    P6 nothing is paid out while a hold covers it
P7 nothing left for a seller without leave, nor with leave of a time when payments were stopped
P8 what was sent and what came back are never both the seller's: no balance is below zero by more than is unsent
P9 what has not cleared is a part of what its order brought
P10 what a stopped order brought its seller is held, and nothing of an order that goes on is
P11 what is being collected of a debt is held in the balance until it is over, and no longer
P12 nobody but us pays out of a seller's account (of one seller alone; see promises.py)
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from marketplace.audit.money import Predicate
from marketplace.audit.view import View, Violation
from marketplace.payments.collection_model import COLLECTION
from marketplace.payments.model import IntentKind, IntentState
from marketplace.payouts.model import MOVING, Cause, Entry, EntryKind, Payout, PayoutState, Purse

Place = tuple[str, str]  # seller, currency
_GONE_BACK = {"failed", "canceled"}
_BUCKETS = ("available", "reserved", "in_transit", "paid", "earned", "reversed")


# What they say that they saw is the difference, not the amounts: these change with each sale, and what two people
# looked at is known again by what was seen.


def balances_are_sound(view: View) -> Iterator[Violation]:
    """P1."""
    for purse in view.purses:
        if not purse.is_sound:
            yield Violation("P1", f"{purse.seller_id} {purse.currency}", _unsound(purse))


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
            off = {name: a - b for name, a, b in zip(_BUCKETS, said, seen, strict=True) if a != b}
            parts_off = purse.reserved_minor - reserves[place]
            yield Violation("P2", f"{place}", f"stored less folded: {off}, reserved less its parts: {parts_off}")
    known = {(purse.seller_id, purse.currency) for purse in view.purses}
    yield from (Violation("P2", str(place), "entries without a balance") for place in sorted(set(entries) - known))


def stripe_holds_the_rest(view: View) -> Iterator[Violation]:
    """P3: a connected account's Stripe balance, unless an open transfer or reversal explains the difference."""
    kinds = {IntentKind.TRANSFER, IntentKind.REVERSAL}
    if any(each.state is IntentState.OPEN and each.kind in kinds for each in view.intents):
        return
    at_stripe = {each.key: each.status for each in view.stripe_payouts if each.key}
    payouts, foreign = _payouts(view), _foreign(view)
    for purse in view.purses:
        account_id = view.seller_accounts.get(purse.seller_id, "")
        ours = purse.available_minor + purse.reserved_minor - foreign[account_id, purse.currency]
        asked = (each for each in payouts[purse.seller_id, purse.currency] if not _is_older(view, each, at_stripe))
        ours += sum(_still_there(each, at_stripe.get(each.key)) for each in asked)
        theirs = view.stripe_connected_minor.get((account_id, purse.currency), 0)
        if ours != theirs:
            yield Violation("P3", f"{purse.seller_id} {purse.currency}", f"Stripe less ours: {theirs - ours}")


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
        ours_minor = payout.amount_minor if payout else None
        if each.key and ours_minor != each.amount_minor:
            yield Violation("P5", str(each.key), f"{each.amount_minor} at Stripe, {ours_minor} with us")


def holds_hold(view: View) -> Iterator[Violation]:
    """P6: no payout began, or had leave, while a hold of everything covered it; none began while a stop did."""
    for payout in view.payouts:
        for seller_id, hold, ended_at in view.payout_holds:
            until = min(each for each in (hold.until, ended_at, view.now) if each is not None)
            covered = seller_id == payout.seller_id and hold.amount_minor is None and hold.since is not None
            moments = [each for each in (payout.created_at, payout.allowed_at) if each is not None]
            if covered and hold.since and any(hold.since < each < until for each in moments):
                yield Violation("P6", payout.payout_id, f"held because of {hold.cause}")
        for scope, since, ended_at in view.stops:
            covers = scope in {"everything", f"currency:{payout.currency}", f"seller:{payout.seller_id}"}
            if covers and since < payout.created_at < (ended_at or view.now):
                yield Violation("P6", payout.payout_id, f"stopped: {scope}")


def nothing_leaves_while_stopped(view: View) -> Iterator[Violation]:
    """P7: each transfer and payout at Stripe had leave, and no stop stood over it when the leave was given."""
    sellers = {order.order_id: order.seller_id for order in view.orders}
    intents = {each.intent_id: each for each in view.intents if each.gated}
    for each in view.stripe:
        intent = intents.get(each.intent_id or "") if each.kind == "transfer" else None
        if intent is not None:
            scopes = {*_scopes(sellers.get(str(intent.order_id), ""), intent.currency), f"order:{intent.order_id}"}
            yield from _without_leave(view, intent.intent_id, scopes, intent.allowed_at)
    payouts = {payout.key: payout for payout in view.payouts if payout.gated}
    for found in view.stripe_payouts:
        payout = payouts.get(found.key or "")
        if payout is not None:
            yield from _without_leave(view, payout.key, _scopes(payout.seller_id, payout.currency), payout.allowed_at)


def nobody_has_both(view: View) -> Iterator[Violation]:
    """P8: a reversal takes what is there; only a payout that was promised and has not left may be missing with it."""
    payouts = _payouts(view)
    unsent = {PayoutState.OPEN, PayoutState.PARKED}
    for purse in view.purses:
        place = (purse.seller_id, purse.currency)
        waits = sum(each.amount_minor for each in payouts[place] if each.state in unsent)
        if purse.at_stripe_minor + waits < 0:
            yield Violation("P8", str(place), f"{purse.at_stripe_minor} with {waits} unsent")


def what_clears_was_earned(view: View) -> Iterator[Violation]:
    """P9."""
    brought: Counter[tuple[str, str | None]] = Counter()
    for entry in view.entries:
        brought[entry.seller_id, entry.order_id] += entry.amount_minor
    waiting: Counter[tuple[str, str]] = Counter()
    for part in view.clearing:
        if part.until > view.now:  # what came back after it had cleared is no matter of clearing
            waiting[part.seller_id, part.order_id] += part.amount_minor
        if part.until <= part.since or part.amount_minor <= 0:
            yield Violation("P9", part.order_id, f"{part.amount_minor} clears at {part.until}")
    for (seller_id, order_id), amount_minor in waiting.items():
        if amount_minor > brought[seller_id, order_id]:
            yield Violation("P9", order_id, f"{amount_minor} to clear of {brought[seller_id, order_id]}")


def stopped_orders_are_held(view: View) -> Iterator[Violation]:
    """P10."""
    brought: Counter[str] = Counter()
    for entry in view.entries:
        if entry.order_id and entry.kind in {EntryKind.EARNED, EntryKind.REVERSED}:
            brought[entry.order_id] += entry.amount_minor
    switched = [each for each in view.payout_holds if each[1].cause is Cause.KILL_SWITCH and each[2] is None]
    held = {hold.order_id: hold.amount_minor or 0 for _, hold, _ in switched}
    stopped = {scope.removeprefix("order:") for scope, _, until in view.stops if until is None and "order:" in scope}
    for order_id in sorted(stopped):
        if brought[order_id] != held.get(order_id, 0):
            yield Violation("P10", order_id, f"{held.get(order_id, 0)} held of {brought[order_id]} while stopped")
    yield from (Violation("P10", each, "held by a stop that ended") for each in sorted(map(str, set(held) - stopped)))


def collections_are_held(view: View) -> Iterator[Violation]:
    """P11: as much as a collection that is open or parked takes."""
    waits = {IntentState.OPEN, IntentState.PARKED}
    begun = {each.intent_id: each for each in view.intents if COLLECTION in each.facts and each.state in waits}
    standing = (hold for _, hold, ended_at in view.payout_holds if ended_at is None)
    held = {hold.key: hold.amount_minor for hold in standing if hold.cause is Cause.DEBT}
    for intent_id in sorted(begun.keys() | held.keys()):
        wanted = begun[intent_id].amount_minor if intent_id in begun else None
        if held.get(intent_id) != wanted:
            yield Violation("P11", intent_id, f"takes {wanted}, and {held.get(intent_id)} is held")


def nobody_pays_out_beside_us(view: View) -> Iterator[Violation]:
    """P12: what a payout by hand took is in the balance still, and would be paid out once more."""
    for each in view.stripe_payouts:
        if each.key is None and each.status not in _GONE_BACK:
            yield Violation("P12", each.account_id, f"{each.amount_minor} {each.currency} left, by no payout of ours")


PAYOUTS: Sequence[Predicate] = (
    balances_are_sound,
    balances_are_their_entries,
    stripe_holds_the_rest,
    payouts_are_explained,
    nothing_is_paid_out_twice,
    holds_hold,
    nothing_leaves_while_stopped,
    nobody_has_both,
    what_clears_was_earned,
    stopped_orders_are_held,
    collections_are_held,
)


def _scopes(seller_id: str, currency: str) -> set[str]:
    return {"everything", f"currency:{currency}", f"seller:{seller_id}"}


def _without_leave(view: View, name: str, scopes: set[str], allowed_at: datetime | None) -> Iterator[Violation]:
    if allowed_at is None:
        yield Violation("P7", name, "at Stripe without leave")
        return
    for scope, since, ended_at in view.stops:
        if scope in scopes and since < allowed_at and (ended_at is None or allowed_at < ended_at):
            yield Violation("P7", name, f"leave while stopped: {scope}")


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


def _unsound(purse: Purse) -> str:
    whole = purse.available_minor + purse.reserved_minor + purse.in_transit_minor + purse.paid_minor
    shown = zip(_BUCKETS, _buckets(purse), strict=True)
    below = [name for name, minor in shown if minor < 0 and name != "available"]
    return f"buckets less what they account for: {whole - purse.earned_minor + purse.reversed_minor}, below 0: {below}"


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


def _is_older(view: View, payout: Payout, at_stripe: Mapping[str, str]) -> bool:
    """Say whether a payout left before what Stripe was asked for: its end was seen by earlier looks."""
    since = view.stripe_payouts_since
    left = payout.state in {PayoutState.IN_TRANSIT, PayoutState.PAID} and payout.key not in at_stripe
    return left and since is not None and (payout.allowed_at or payout.created_at) < since


def _foreign(view: View) -> Counter[Place]:
    """Payouts that somebody made beside us, by account and currency."""
    found: Counter[Place] = Counter()
    for each in view.stripe_payouts:
        if each.key is None and each.status not in _GONE_BACK:
            found[each.account_id, each.currency] += each.amount_minor
    return found
