"""The promises about money (M1-M6, M8-M10), as predicates over a View."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from marketplace.audit.view import View, Violation
from marketplace.ledger import refunds, unclaimed
from marketplace.ledger.model import (
    COMMISSION,
    HELD,
    LATE_PAYMENT,
    MADE_GOOD,
    REFUND_OWED,
    STRIPE,
    UNCLAIMED,
    VAT_PAYABLE,
    WITH_BANK,
    LedgerTransaction,
    balances,
)
from marketplace.orders.model import Award
from marketplace.orders.rules import is_over
from marketplace.payments.model import IntentKind, IntentState

Predicate = Callable[[View], Iterable[Violation]]
_PROMISED = frozenset({HELD, REFUND_OWED})  # owed to the buyer, or to whom the award says
_FOUND = {
    unclaimed.TO_BUYER: "unclaimed",
    unclaimed.SELLERS_TO_BUYER: "seller",
    unclaimed.REGAINED_TO_BUYER: "lost",
    unclaimed.REGAINED_TO_SELLER: "lost",
    unclaimed.BUYERS_TO_SELLER: "unclaimed",
}
_TO_SELLER = frozenset(
    {
        "release",
        refunds.TAKEN_BACK,
        unclaimed.REGAINED_TO_SELLER,
        unclaimed.SELLERS_TO_BUYER,
        unclaimed.BUYERS_TO_SELLER,
    }
)
_OWING = frozenset({refunds.TAKEN_BACK, refunds.NOT_REVERSED})
_OWING_TO_BANKS = frozenset({"chargeback_lost", "chargeback_reinstated"})
_EXPLAINS = frozenset({IntentState.OPEN, IntentState.PARKED})


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
    """M3: captured = held + earned by the seller + commission + refunded or owed + lost + unclaimed; none negative."""
    books = _books(view.ledger)
    for order in view.orders:
        parts = _parts(books[order.order_id])
        whole = sum(amount_minor for name, amount_minor in parts.items() if name != "captured")
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
    """M4: transfers less reversals <= captured - refunded - commission, as Stripe sees them, but for what is debt.

    Or may become debt: while people decide about a refund's reversal, or have sent it again, its buyer is paid.
    And each goes to the seller of its order.
    """
    moved: Counter[str] = Counter()
    undecided: Counter[str] = Counter()
    at_stripe = {each.intent_id for each in view.stripe}
    for intent in view.intents:
        of_refund = intent.kind is IntentKind.REVERSAL and "refund_id" in intent.facts
        waits = intent.state is IntentState.PARKED or (intent.state is IntentState.OPEN and intent.attempt)
        if of_refund and waits and intent.intent_id not in at_stripe:
            undecided[str(intent.order_id)] += intent.amount_minor
    sellers = {order.order_id: view.seller_accounts.get(order.seller_id) for order in view.orders}
    for each in view.stripe:
        if each.order_id and each.kind in {"transfer", "reversal"}:
            moved[each.order_id] += each.amount_minor if each.kind == "transfer" else -each.amount_minor
        known = each.kind == "transfer" and each.destination and each.order_id in sellers
        if known and each.destination != sellers[str(each.order_id)]:
            yield Violation("M4", str(each.order_id), f"transferred to {each.destination}")
    books = _books(view.ledger)
    for order in view.orders:
        parts = _parts(books[order.order_id])
        limit = parts["captured"] - parts["refunded"] - parts["commission"] + _debt_of(books[order.order_id])
        limit += _made_good(books[order.order_id]) + undecided[order.order_id]
        if moved[order.order_id] > limit:
            yield Violation("M4", order.order_id, f"{moved[order.order_id]} transferred of {limit}")


def nothing_is_paid_twice(view: View) -> Iterator[Violation]:
    """M5: one transfer an order but for those beside its award, one Stripe object an intent, one capture a payment."""
    per_intent = Counter(each.intent_id for each in view.stripe if each.intent_id)
    for intent_id, count in per_intent.items():
        if count > 1:
            yield Violation("M5", str(intent_id), f"{count} objects at Stripe")
    beside = {intent.intent_id for intent in view.intents if "beside" in intent.facts}
    releases = (each for each in view.stripe if each.kind == "transfer" and each.intent_id not in beside)
    per_order = Counter(each.order_id for each in releases if each.order_id)
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
    """M8: the ledger's Stripe account is Stripe's platform balance, but for what open intents did and nobody recorded.

    An open intent explains exactly the object at Stripe that carries its name, and nothing else.
    """
    booked, unrecorded = balances(view.ledger), _unrecorded(view)
    for currency in {currency for _, currency in booked} | set(view.stripe_platform_minor):
        ours, theirs = booked.get((STRIPE, currency), 0), view.stripe_platform_minor.get(currency, 0)
        if ours + unrecorded[currency] != theirs:
            yield Violation("M8", currency, f"ledger {ours}, open intents {unrecorded[currency]}, Stripe {theirs}")


def _unrecorded(view: View) -> Counter[str]:
    """Sum what objects of open intents moved at Stripe, by currency."""
    waiting = {intent.intent_id: intent for intent in view.intents if intent.state is IntentState.OPEN}
    known = {transaction.stripe_object for transaction in view.ledger if transaction.stripe_object}
    moved: Counter[str] = Counter()
    for each in view.stripe:
        intent = waiting.get(str(each.intent_id))
        if intent is not None and each.object_id not in known:
            moved[intent.currency] += each.amount_minor if each.kind == "reversal" else -each.amount_minor
    return moved


def debts_are_cached(view: View) -> Iterator[Violation]:
    """M9: what is stored of a seller's debt is what the books say, and never below zero."""
    booked: Counter[tuple[str, str]] = Counter()
    for transaction in view.ledger:
        for posting in transaction.postings:
            kind, _, seller_id = posting.account.partition(":")
            if kind == "seller_debt":
                booked[seller_id, transaction.currency] += posting.amount_minor
    for place in booked.keys() | view.debts.keys():
        if booked[place] != view.debts.get(place, 0):
            yield Violation("M9", "/".join(place), f"owes {booked[place]}, {view.debts.get(place, 0)} is stored")
        if booked[place] < 0:
            yield Violation("M9", "/".join(place), f"owes {booked[place]}")


def nothing_owed_is_negative(view: View) -> Iterator[Violation]:
    """M9: no book holds, owes or keeps unclaimed less than nothing."""
    for book, transactions in _books(view.ledger).items():
        for (account, currency), amount_minor in balances(transactions).items():
            if account in {HELD, REFUND_OWED, UNCLAIMED} and amount_minor > 0:
                yield Violation("M9", book, f"{account} is {-amount_minor} {currency}")


def clearing_is_explained(view: View) -> Iterator[Violation]:
    """M10: what is owed to a buyer or on its way from or to a seller has an intent that is not over."""
    waiting = {intent.order_id for intent in view.intents if intent.state in _EXPLAINS}
    for book, transactions in _books(view.ledger).items():
        for (account, currency), amount_minor in balances(transactions).items():
            clears = account == REFUND_OWED or account.startswith("seller:")
            if clears and amount_minor and book not in waiting:
                yield Violation("M10", book, f"{account}: {amount_minor} {currency} and nothing on its way")


MONEY: Sequence[Predicate] = (
    each_transaction_balances,
    all_accounts_balance,
    captured_money_is_somewhere,
    banks_hold_what_they_took,
    transfers_are_covered,
    nothing_is_paid_twice,
    refunds_are_bounded,
    stripe_agrees,
    debts_are_cached,
    nothing_owed_is_negative,
    clearing_is_explained,
)


def _books(ledger: Iterable[LedgerTransaction]) -> defaultdict[str, list[LedgerTransaction]]:
    books: defaultdict[str, list[LedgerTransaction]] = defaultdict(list)
    for transaction in ledger:
        books[transaction.book].append(transaction)
    return books


def _parts(book: Iterable[LedgerTransaction]) -> dict[str, int]:
    names = ("captured", "held", "owed", "seller", "commission", "refunded", "lost", "unclaimed")
    parts = dict.fromkeys(names, 0)
    for transaction in book:
        for posting in transaction.postings:
            for name, amount_minor in _shares(transaction.kind, posting.account, posting.amount_minor):
                parts[name] += amount_minor
    return parts


def _shares(kind: str, account: str, amount_minor: int) -> Iterator[tuple[str, int]]:
    """Yield which parts of an order's money a posting changes, and by how much."""
    if account == HELD:
        yield "held", -amount_minor
    if account == REFUND_OWED:
        yield "owed", -amount_minor
    if account in {COMMISSION, VAT_PAYABLE}:  # the commission with its VAT
        yield "commission", -amount_minor
    if account.startswith("seller:") and kind in _TO_SELLER:
        yield "seller", -amount_minor
    if account.startswith("seller_debt:") and kind == refunds.TAKEN_BACK:
        yield "seller", -amount_minor
    if account == STRIPE and kind == "capture":
        yield "captured", amount_minor
    if account == STRIPE and kind in {"refund", refunds.FAILED}:
        yield "refunded", -amount_minor
    if account in _PROMISED and kind in {"chargeback_lost", refunds.COVERED}:
        yield "lost", amount_minor
    if account in _PROMISED and kind == refunds.CLOSED:
        yield "unclaimed", amount_minor
    yield from _found(kind, account, amount_minor)


def _found(kind: str, account: str, amount_minor: int) -> Iterator[tuple[str, int]]:
    """Take off what waited for a person where it was counted; the other posting says whose it was found to be."""
    if amount_minor > 0 and kind in _FOUND and account in {UNCLAIMED, LATE_PAYMENT}:
        yield _FOUND[kind], -amount_minor
    if account == UNCLAIMED and kind == refunds.COVERED:  # a bank had paid the buyer for whom it waited
        yield "unclaimed", -amount_minor
        yield "lost", amount_minor
    if account == UNCLAIMED and kind == unclaimed.PAID_OUTSIDE:  # with the owner's own money
        yield "unclaimed", -amount_minor
        yield "refunded", amount_minor


def _debt_of(book: Sequence[LedgerTransaction]) -> int:
    """Sum what an order left its seller owing, paid since or not: it was taken from them elsewhere.

    What a bank took counts once the bank has given it back: only then is it transferred again.
    """
    kinds = _OWING | _OWING_TO_BANKS if any(each.kind == "chargeback_reinstated" for each in book) else _OWING
    legs = (leg for each in book if each.kind in kinds for leg in each.postings)
    return sum(leg.amount_minor for leg in legs if leg.account.startswith("seller_debt:"))


def _made_good(book: Iterable[LedgerTransaction]) -> int:
    """Sum what the platform paid of its own: it bears that and nobody else."""
    return sum(leg.amount_minor for each in book for leg in each.postings if leg.account == MADE_GOOD)


def _sum(award: Award) -> int:
    return award.refund_minor + award.seller_minor
