"""The promises, as predicates over a View: money (M), orders (E), reviews (R). No violation is ever acceptable.

M1 each ledger transaction sums to zero            M2 all accounts of a currency sum to zero
M3 per order, captured money is somewhere          M4 what sellers got never exceeds what they were due
M5 one release an order, one object an intent      M6 refunds never exceed captures; splits sum exactly
M7 the ledger only grows                           M8 the ledger's Stripe account is Stripe's balance
M9 banks give back or keep what they took
E1 release needs delivery or a decision            E2 an open dispute or chargeback freezes the money
E3 ends are absorbing                              E4 nothing waits without a clock
E5 only allowed moves; the log replays             R1 one review a direction, by the parties, after the end
R2 a rating is the fold of what is published
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from marketplace.audit.view import View, Violation
from marketplace.ledger.model import COMMISSION, HELD, STRIPE, WITH_BANK, LedgerTransaction, balances
from marketplace.orders.model import SYSTEM, Award, Move, Order
from marketplace.orders.process import Kind, State
from marketplace.orders.rules import is_over, process_of
from marketplace.payments.model import IntentState
from marketplace.reviews.model import ratings_match

OVERDUE_MAX = timedelta(hours=1)
Predicate = Callable[[View], Iterable[Violation]]


def check(view: View) -> list[Violation]:
    """Run every predicate and return what is broken."""
    return [violation for predicate in PREDICATES for violation in predicate(view)]


def each_transaction_balances(view: View) -> Iterator[Violation]:
    """M1."""
    for transaction in view.ledger:
        total = sum(posting.amount_minor for posting in transaction.postings)
        if total:
            yield Violation("M1", f"{transaction.book}/{transaction.key}", f"sums to {total}")


def all_accounts_balance(view: View) -> Iterator[Violation]:
    """M2."""
    totals: Counter[str] = Counter()
    for (_, currency), amount_minor in balances(view.ledger).items():
        totals[currency] += amount_minor
    for currency, total in totals.items():
        if total:
            yield Violation("M2", currency, f"all accounts sum to {total}")


def captured_money_is_somewhere(view: View) -> Iterator[Violation]:
    """M3: captured = held + earned by the seller + commission + refunded + lost; no term negative."""
    books = _books(view.ledger)
    for order in view.orders:
        parts = _parts(books[order.order_id])
        whole = parts["held"] + parts["seller"] + parts["commission"] + parts["refunded"] + parts["lost"]
        if parts["captured"] != whole or min(parts.values()) < 0:
            yield Violation("M3", order.order_id, str(parts))
        if parts["captured"] not in (0, order.total_minor):
            yield Violation("M3", order.order_id, f"captured {parts['captured']} of {order.total_minor}")
        if is_over(order) and parts["held"] != 0:
            yield Violation("M3", order.order_id, f"ended as {order.state} with {parts['held']} still held")


def banks_hold_what_they_took(view: View) -> Iterator[Violation]:
    """M9: no bank gives back or keeps more of an order than it took."""
    for book, transactions in _books(view.ledger).items():
        for (account, currency), amount_minor in balances(transactions).items():
            if account == WITH_BANK and amount_minor < 0:
                yield Violation("M9", book, f"{amount_minor} {currency} with the bank")


def transfers_are_covered(view: View) -> Iterator[Violation]:
    """M4: transfers less reversals <= captured - refunded - commission, as Stripe sees them."""
    moved: Counter[str] = Counter()
    for each in view.stripe:
        if each.order_id and each.kind in {"transfer", "reversal"}:
            moved[each.order_id] += each.amount_minor if each.kind == "transfer" else -each.amount_minor
    books = _books(view.ledger)
    for order in view.orders:
        parts = _parts(books[order.order_id])
        limit = parts["captured"] - parts["refunded"] - parts["commission"]
        if moved[order.order_id] > limit:
            yield Violation("M4", order.order_id, f"{moved[order.order_id]} transferred of {limit}")


def nothing_is_paid_twice(view: View) -> Iterator[Violation]:
    """M5: one transfer an order, one Stripe object an intent, one capture a payment."""
    per_intent = Counter(each.intent_id for each in view.stripe if each.intent_id)
    for intent_id, count in per_intent.items():
        if count > 1:
            yield Violation("M5", str(intent_id), f"{count} objects at Stripe")
    per_order = Counter(each.order_id for each in view.stripe if each.kind == "transfer" and each.order_id)
    for order_id, count in per_order.items():
        if count > 1:
            yield Violation("M5", str(order_id), f"{count} transfers")
    charges = Counter(each.payment_id for each in view.stripe if each.kind == "charge" and each.payment_id)
    for payment_id, count in charges.items():
        if count > 1:
            yield Violation("M5", str(payment_id), f"{count} charges")
    keys = Counter((transaction.book, transaction.key) for transaction in view.ledger)
    yield from (Violation("M5", f"{book}/{key}", f"booked {n} times") for (book, key), n in keys.items() if n > 1)


def refunds_are_bounded(view: View) -> Iterator[Violation]:
    """M6: what Stripe gave back never exceeds what it took; awards sum to what was paid."""
    taken, given = Counter[str](), Counter[str]()
    for each in view.stripe:
        if each.payment_id and each.kind in {"charge", "refund"}:
            (taken if each.kind == "charge" else given)[each.payment_id] += each.amount_minor
    for payment_id, amount_minor in given.items():
        if amount_minor > taken[payment_id]:
            yield Violation("M6", payment_id, f"{amount_minor} refunded of {taken[payment_id]}")
    for order in view.orders:
        award = order.award
        if award and (min(award.refund_minor, award.seller_minor) < 0 or _sum(award) != order.left_minor):
            yield Violation("M6", order.order_id, f"award {award} of {order.left_minor}")


def stripe_agrees(view: View) -> Iterator[Violation]:
    """M8: the ledger's Stripe account is Stripe's platform balance, unless an open intent explains the difference."""
    if any(intent.state is IntentState.OPEN for intent in view.intents):
        return
    booked = balances(view.ledger)
    for currency in {currency for _, currency in booked} | set(view.stripe_platform_minor):
        ours, theirs = booked.get((STRIPE, currency), 0), view.stripe_platform_minor.get(currency, 0)
        if ours != theirs:
            yield Violation("M8", currency, f"ledger {ours}, Stripe {theirs}")


def release_needs_delivery(view: View) -> Iterator[Violation]:
    """E1: the seller is paid after delivery and acceptance, or by a decision; never by time alone."""
    logs = _logs(view.moves)
    accepted = {"confirm", "inspection_over", "clear", "decide"}
    for order in view.orders:
        if order.award and order.award.seller_minor > 0:
            names = [move.name for move in logs[order.order_id]]
            if not accepted & set(names):
                yield Violation("E1", order.order_id, f"paid out after {names}")
            if "decide" not in names and order.delivered_at is None:
                yield Violation("E1", order.order_id, "paid out without evidence of delivery")


def disputes_freeze(view: View) -> Iterator[Violation]:
    """E2: while a dispute or chargeback is open, no money of that order is on its way."""
    moving = {intent.order_id for intent in view.intents if intent.order_id}
    for order in view.orders:
        waits = process_of(order).states[order.state].kind is Kind.WAITING
        if waits and order.order_id in moving:
            yield Violation("E2", order.order_id, f"has an intent while {order.state}")


def ends_are_absorbing(view: View) -> Iterator[Violation]:
    """E3: nothing moves an order that has ended."""
    for order_id, log in _logs(view.moves).items():
        states = _states_of(view, order_id)
        for move in log[:-1]:
            if states and states[move.went_to].kind is Kind.END:
                yield Violation("E3", order_id, f"moved on after {move.went_to}")


def nothing_waits_without_a_clock(view: View) -> Iterator[Violation]:
    """E4: an order that has not ended has a deadline, not long passed, or a parked intent in the human queue."""
    parked = {intent.order_id for intent in view.intents if intent.state is IntentState.PARKED}
    for order in view.orders:
        if is_over(order) or order.order_id in parked:
            continue
        if order.due_at is None or view.now - order.due_at > OVERDUE_MAX:
            yield Violation("E4", order.order_id, f"{order.state}, due {order.due_at}")


def the_log_replays(view: View) -> Iterator[Violation]:
    """E5: steps are gapless, each an allowed transition, and the last one is the stored state."""
    logs = _logs(view.moves)
    for order in view.orders:
        log = logs[order.order_id]
        problem = _replay(order, log)
        if problem:
            yield Violation("E5", order.order_id, problem)


def reviews_are_earned(view: View) -> Iterator[Violation]:
    """R1: one a direction, by a party, on an ended order that was paid, never on oneself."""
    orders = {order.order_id: order for order in view.orders}
    for (order_id, written_by), count in Counter((each.order_id, each.written_by) for each in view.reviews).items():
        if count > 1:
            yield Violation("R1", order_id, f"{count} reviews by the {written_by}")
    for review in view.reviews:
        order = orders.get(review.order_id)
        if order is None or order.party(review.author_id) != review.written_by or order.ended_at is None:
            yield Violation("R1", review.order_id, f"review by {review.author_id} without standing")
        elif review.author_id == review.subject_id or review.written_at < order.ended_at:
            yield Violation("R1", review.order_id, "of oneself, or before the end")


def ratings_are_folds(view: View) -> Iterator[Violation]:
    """R2."""
    for rating in view.ratings:
        if not ratings_match(view.reviews, rating):
            yield Violation("R2", rating.subject_id, f"stored {rating.count} reviews, {rating.sum} stars")


def stock_is_sold_once(view: View) -> Iterator[Violation]:
    """E7: no listing was sold more often than there was of it."""
    yield from (Violation("E7", listing_id, "stock below zero") for listing_id in view.stock_sold_over)


PREDICATES: Sequence[Predicate] = (
    each_transaction_balances,
    all_accounts_balance,
    captured_money_is_somewhere,
    banks_hold_what_they_took,
    transfers_are_covered,
    nothing_is_paid_twice,
    refunds_are_bounded,
    stripe_agrees,
    release_needs_delivery,
    disputes_freeze,
    ends_are_absorbing,
    nothing_waits_without_a_clock,
    the_log_replays,
    reviews_are_earned,
    ratings_are_folds,
    stock_is_sold_once,
)


def ledger_only_grew(before: Sequence[LedgerTransaction], after: Sequence[LedgerTransaction]) -> Iterator[Violation]:
    """M7: every transaction that was there is there, unchanged."""
    now = {(each.book, each.key): each for each in after}
    for each in before:
        if now.get((each.book, each.key)) != each:
            yield Violation("M7", f"{each.book}/{each.key}", "changed or gone")


def _books(ledger: Iterable[LedgerTransaction]) -> defaultdict[str, list[LedgerTransaction]]:
    books: defaultdict[str, list[LedgerTransaction]] = defaultdict(list)
    for transaction in ledger:
        books[transaction.book].append(transaction)
    return books


def _parts(book: Iterable[LedgerTransaction]) -> dict[str, int]:
    parts = dict.fromkeys(("captured", "held", "seller", "commission", "refunded", "lost"), 0)
    for transaction in book:
        for posting in transaction.postings:
            if posting.account == HELD:
                parts["held"] -= posting.amount_minor
            if posting.account == COMMISSION:
                parts["commission"] -= posting.amount_minor
            if posting.account.startswith("seller:") and transaction.kind == "release":
                parts["seller"] -= posting.amount_minor
            if transaction.kind == "capture" and posting.account == STRIPE:
                parts["captured"] += posting.amount_minor
            if transaction.kind == "refund" and posting.account == STRIPE:
                parts["refunded"] -= posting.amount_minor
            if transaction.kind == "chargeback_lost" and posting.account == HELD:
                parts["lost"] += posting.amount_minor
    return parts


def _logs(moves: Iterable[Move]) -> defaultdict[str, list[Move]]:
    logs: defaultdict[str, list[Move]] = defaultdict(list)
    for move in sorted(moves, key=lambda each: (each.order_id, each.step)):
        logs[move.order_id].append(move)
    return logs


def _states_of(view: View, order_id: str) -> dict[str, State] | None:
    order = next((each for each in view.orders if each.order_id == order_id), None)
    return dict(process_of(order).states) if order else None


def _replay(order: Order, log: Sequence[Move]) -> str | None:
    process, state = process_of(order), ""
    if not log or log[0].went_to != process.first:
        return "the log does not begin at the beginning"
    for step, move in enumerate(log):
        if move.step != step or move.came_from != state:
            return f"step {step} comes from {move.came_from}, not from {state}"
        leaving = process.leaving(state) if state else ()
        ways = {(each.name, each.target, actor) for each in leaving for actor in each.actors}
        ways |= set() if state else {("place", process.first, SYSTEM)}
        if (move.name, move.went_to, move.actor) not in ways:
            return f"{state} does not allow {move.name} to {move.went_to} by the {move.actor}"
        state = move.went_to
    return None if (state, log[-1].step) == (order.state, order.step) else f"the log ends at {state}, not {order.state}"


def _sum(award: Award) -> int:
    return award.refund_minor + award.seller_minor
