"""How the books turn into claims. Pure.

A claim is money that is owed to somebody: each has a name that those whose it is know.

    held:<order>         what is held for a running order: the buyer's until the order ends, then the seller's part of
                         it. Both parties can check it, and it counts once, in full, whoever will get it.
    refund:<order>       promised to the buyer and not sent yet
    owed:<account>       earned by a seller and not transferred yet; debts do not lessen it
    late:<payment>       paid for orders that no longer stood, and to be given back
    unclaimed:<book>     could not be sent; a person looks for whom it is
    vat                  VAT on commissions, owed to a tax office
    balance:<account>    sent to a seller's own account at Stripe and not at their bank yet: available, reserved, held
                         or on its way; the platform owes it no more, so it has a tree of its own (balances.py)

What a bank has taken back while it looks at a chargeback is with the buyer's bank: it lessens that order's claims, down
to nothing, and is no asset.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from marketplace.ledger.model import (
    HELD,
    LATE_PAYMENT,
    REFUND_OWED,
    STRIPE,
    UNCLAIMED,
    VAT_PAYABLE,
    WITH_BANK,
    LedgerTransaction,
    seller_account,
)
from marketplace.ledger.postings import TRANSFER
from marketplace.ledger.refunds import REVERSAL
from marketplace.payments.model import Intent, IntentState
from marketplace.solvency.model import COVERED, COVERED_WHEN_RELEASED, SHORT, UNSETTLED, Claim, Place, Positions

VAT = "vat"
_OWED_IN_BOOKS = (HELD, REFUND_OWED, LATE_PAYMENT, UNCLAIMED, WITH_BANK)
_TO_SELLERS = frozenset({TRANSFER, REVERSAL})
_SENT = "sent"
_NAMES = {REFUND_OWED: "refund", LATE_PAYMENT: "late", UNCLAIMED: "unclaimed"}


def folded(base: Positions, transactions: Iterable[LedgerTransaction]) -> dict[Place, int]:
    """Add bookings to positions; what is zero is left out, but for what was sent to sellers: their balance is read."""
    totals: defaultdict[Place, int] = defaultdict(int, base)
    for transaction in transactions:
        for posting in transaction.postings:
            book = transaction.book if posting.account in _OWED_IN_BOOKS else ""
            totals[book, posting.account, transaction.currency] += posting.amount_minor
            if transaction.kind in _TO_SELLERS and posting.account == STRIPE:
                totals["", sent_to(str(transaction.seller_id)), transaction.currency] -= posting.amount_minor
    return _without_zeros(totals)


def sent_to(seller_id: str) -> str:
    """Name the place, which is no account of the books, of what was sent to a seller less what came back."""
    return f"{_SENT}:{seller_id}"


def sent_of(positions: Positions) -> dict[tuple[str, str], int]:
    """Return by seller and currency what was ever sent to their own account at Stripe, less what came back."""
    found = ((account.partition(":"), currency, minor) for (_, account, currency), minor in positions.items())
    return {(seller_id, currency): minor for (kind, _, seller_id), currency, minor in found if kind == _SENT}


def with_returning(positions: Positions, returning: Mapping[tuple[str, str], int]) -> Positions:
    """Leave out of the books what is on its way back from sellers (by seller and currency).

    It is booked against what they are owed before it is there: other earnings of theirs are owed in full meanwhile.
    """
    seen = dict(positions)
    for (seller_id, currency), amount_minor in returning.items():
        place = ("", seller_account(seller_id), currency)
        seen[place] = seen.get(place, 0) - amount_minor
    return _without_zeros(seen)


def may_have_moved(intent: Intent) -> bool:
    """Say whether a call may have moved money that the books do not have yet.

    What never had leave was never called. What waits for people was refused, or is looked for by them: were it to
    explain a shortage, it would do so for as long as nobody decides.
    """
    return intent.state is IntentState.OPEN and not (intent.gated and intent.let_go_at is None)


def moving_of(under_way: Iterable[Intent]) -> Counter[str]:
    """Sum by currency what calls to Stripe may have moved already."""
    moving: Counter[str] = Counter()
    for each in filter(may_have_moved, under_way):
        moving[each.currency] += each.amount_minor
    return moving


def claims_of(positions: Positions) -> list[Claim]:
    """Turn positions into claims, each more than nothing; who may check them is not known here."""
    found: list[Claim] = []
    books = sorted({(book, currency) for book, _, currency in positions if book})
    for book, currency in books:
        found += _claims_of_book(positions, book, currency)
    for (book, account, currency), minor in sorted(positions.items()):
        if not book and minor < 0:
            kind, _, seller_id = account.partition(":")
            if kind == "seller":
                found.append(Claim(f"owed:{seller_id}", currency, -minor, (seller_id,)))
            if account == VAT_PAYABLE:
                found.append(Claim(VAT, currency, -minor))
    return found


def anomalies(positions: Positions) -> list[Place]:
    """Name liabilities that are not owed but owing: no right book has any, and none lessens another claim."""
    signed = {HELD, REFUND_OWED, LATE_PAYMENT, UNCLAIMED, VAT_PAYABLE}
    return [
        place
        for place, minor in positions.items()
        if minor > 0 and (place[1] in signed or place[1].startswith("seller:"))
    ]


def _without_zeros(positions: Positions) -> dict[Place, int]:
    return {place: minor for place, minor in positions.items() if minor or place[1].startswith(f"{_SENT}:")}


def _claims_of_book(positions: Positions, book: str, currency: str) -> Iterable[Claim]:
    def owed(account: str) -> int:
        return max(0, -positions.get((book, account, currency), 0))

    with_bank = max(0, positions.get((book, WITH_BANK, currency), 0))
    held = owed(HELD)
    amounts = {f"held:{book}": held - min(held, with_bank)}
    rest = with_bank - min(held, with_bank)
    promised = owed(REFUND_OWED)
    amounts[f"refund:{book}"] = promised - min(promised, rest)
    amounts |= {f"{_NAMES[account]}:{book}": owed(account) for account in (LATE_PAYMENT, UNCLAIMED)}
    return [Claim(name, currency, minor) for name, minor in amounts.items() if minor]


def status_of(owed_minor: int, at_stripe_minor: int, expected_minor: int, moving_minor: int) -> str:
    """Say how a currency stands.

    Stripe keeps its fee at once and the commission comes with the release, so that a young marketplace may be short of
    what it would owe if every running order were refunded: that is said, and is no alarm while what is owed without
    those commissions is there.
    """
    if at_stripe_minor >= owed_minor:
        return COVERED
    if at_stripe_minor >= owed_minor - expected_minor:
        return COVERED_WHEN_RELEASED
    return UNSETTLED if at_stripe_minor + moving_minor >= owed_minor - expected_minor else SHORT
