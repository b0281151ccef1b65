"""The promises about what banks take back from sellers who were paid, as predicates over a View.

B1 while a bank has money that a seller got, or it is being taken back, as much of their balance is held for it
B2 what a bank gives back after it counted as lost goes to whoever bore it, to the cent
B3 while a bank asks, neither silence nor the buyer's word pays the seller (orders of version 2)
B4 a late payment that banks kept is owed to its buyer no more
B5 an award's refund that Stripe refuses because of a bank waits no longer than that bank's decision
B6 what a bank kept after an award pays first what that award's buyer had not got: only the rest is anybody's loss
B7 what banks kept of a seller's part is counted in its order: a refund after it promises what is left, and no more
B8 the platform bears a loss only when the seller has nothing left of the order, beyond what pays its buyer's refunds
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from marketplace.audit.money import Predicate
from marketplace.audit.view import View, Violation
from marketplace.ledger.model import BAD_DEBT, CHARGEBACK_LOSS, HELD, REFUND_OWED, UNCLAIMED, LedgerTransaction
from marketplace.ledger.unclaimed import BUYERS_TO_SELLER
from marketplace.orders.rules import ASKING_SINCE
from marketplace.payments.clawback import sellers_share
from marketplace.payments.model import IntentKind, IntentState, refund_intent_id
from marketplace.payments.not_by_card import CHARGE_DISPUTED
from marketplace.payments.overtaken import OVERTAKEN
from marketplace.payouts.model import Cause

CASE = "stripe_dispute_id"
FOLLOWED_WITHIN = timedelta(hours=1)  # the news of a bank's decision is delivered until it was followed to the end
_ENDS = frozenset({"chargeback_lost", "chargeback_reinstated"})
_BEARING = frozenset({"chargeback_lost", "refund_overtaken"})  # what says who bears a loss
_BY_ITSELF = frozenset({"confirm", "inspection_over", "returns_done"})


def taken_money_is_held(view: View) -> Iterator[Violation]:
    """B1."""
    held = {(seller_id, each.key) for seller_id, each, ended_at in view.payout_holds if _stands(each.cause, ended_at)}
    sellers = {order.order_id: order.seller_id for order in view.orders}
    for order_id, dispute_id in _with_banks(view):
        if (sellers[order_id], f"{dispute_id}#{order_id}") not in held:
            yield Violation("B1", order_id, f"{dispute_id} took what the seller has, and nothing is held")
    for intent in view.intents:
        not_over = intent.state in {IntentState.OPEN, IntentState.PARKED}
        waits = intent.kind is IntentKind.REVERSAL and not_over and CASE in intent.facts
        key = f"{intent.facts.get(CASE)}#{intent.order_id}"
        if waits and (sellers[str(intent.order_id)], key) not in held:
            yield Violation("B1", str(intent.order_id), f"{intent.intent_id} is not over, and nothing is held")


def won_money_goes_back(view: View) -> Iterator[Violation]:
    """B2: over a loss and its reinstatement, neither the seller nor the platform has more or less than before."""
    cases: defaultdict[tuple[str, str | None], list[LedgerTransaction]] = defaultdict(list)
    for each in view.ledger:
        if each.kind in {*_ENDS, "refund_overtaken"}:
            cases[each.book, each.stripe_object].append(each)
    for (book, dispute_id), booked in cases.items():
        if {each.kind for each in booked} >= _ENDS:  # lost, and given back
            for side in ("seller", CHARGEBACK_LOSS):
                left_minor = sum(leg.amount_minor for each in booked for leg in each.postings if _is(leg.account, side))
                if left_minor:
                    yield Violation("B2", book, f"{dispute_id} leaves {left_minor} with {side}")


def asked_orders_wait(view: View) -> Iterator[Violation]:
    """B3: the mark of a question stands only on what was not released before it."""
    last = {move.order_id: move for move in view.moves if move.went_to == "settling"}
    for order in view.orders:
        move = last.get(order.order_id)
        if order.asked_until is None or move is None or order.process_version < ASKING_SINCE:
            continue
        to_seller = order.award is not None and order.award.seller_minor > 0
        if to_seller and move.name in _BY_ITSELF and move.at < order.asked_until:
            yield Violation("B3", order.order_id, f"{move.name} released it while a bank asked")


def kept_late_payments_are_not_owed(view: View) -> Iterator[Violation]:
    """B4: a parked refund of a late payment does not wait on when a bank has paid the buyer."""
    payments = {order.order_id: order.payment_id for order in view.orders}
    kept: Counter[str] = Counter()
    for each in view.ledger:
        sign = {"chargeback_lost": 1, "chargeback_reinstated": -1}.get(each.kind, 0)
        fresh = sign > 0 and view.now - each.booked_at < FOLLOWED_WITHIN
        if sign and each.book in payments and not fresh:
            kept[payments[each.book]] += sign * max(abs(leg.amount_minor) for leg in each.postings)
    books = _by_book(view)
    for intent in view.intents:
        waits = intent.kind is IntentKind.LATE_REFUND and intent.state is IntentState.PARKED
        parts = (each for each in books[intent.payment_id] if not _names(each, intent.intent_id))
        ended_minor = -sum(_on(CHARGEBACK_LOSS, each) for each in parts)  # what it paid before this was sent again
        if waits and kept[intent.payment_id] - ended_minor >= intent.amount_minor:
            yield Violation("B4", intent.payment_id, f"{intent.intent_id} is parked, and a bank paid it")


def refused_refunds_do_not_wait(view: View) -> Iterator[Violation]:
    """B5: what stopped for a bank's sake has gone on, or is kept for its buyer, once no bank looks any more."""
    books = _by_book(view)
    for intent in view.intents:
        of_award = intent.order_id is not None and intent.intent_id == refund_intent_id(intent.order_id)
        if not of_award or intent.state is not IntentState.PARKED or intent.reason != CHARGE_DISPUTED:
            continue
        booked = books[str(intent.order_id)]
        ends = {each.stripe_object: each for each in booked if each.kind in _ENDS}
        lost = any(each.kind == "chargeback_lost" for each in ends.values())
        taken = {each.stripe_object for each in booked if each.kind == "chargeback_withdrawn"}
        moments = [each.booked_at for each in ends.values()] + ([intent.parked_at] if intent.parked_at else [])
        known = all(view.now - moment >= FOLLOWED_WITHIN for moment in moments)
        if lost and taken <= ends.keys() and known:
            yield Violation("B5", str(intent.order_id), f"{intent.intent_id} waits, and every bank has decided")


def banks_pay_awards_first(view: View) -> Iterator[Violation]:
    """B6."""
    books = _by_book(view)
    awarded = {move.order_id: move.at for move in view.moves if move.went_to == "settling"}
    for intent in view.intents:
        booked = books[str(intent.order_id)]
        kept = next((each for each in booked if each.key == f"intent_closed#{intent.intent_id}"), None)
        if kept is None or intent.reason != OVERTAKEN or intent.order_id not in awarded:
            continue
        since = awarded[intent.order_id]
        bearing = [each for each in booked if each.kind in _BEARING and since <= each.booked_at <= kept.booked_at]
        if intent.intent_id != refund_intent_id(intent.order_id):  # asked for of what was left when it was asked for
            bearing = [each for each in bearing if each.booked_at > intent.created_at]
        for side in ("seller", CHARGEBACK_LOSS):
            minor = sum(leg.amount_minor for each in bearing for leg in each.postings if _is(leg.account, side))
            if minor > 0:
                yield Violation("B6", str(intent.order_id), f"{side} bears {minor}, and its buyer is still owed")


def what_banks_kept_is_counted(view: View) -> Iterator[Violation]:
    """B7."""
    books = _by_book(view)
    for order in view.orders:
        booked = books[order.order_id]
        back = {each.stripe_object for each in booked if each.kind == "chargeback_reinstated"}
        kept_minor = sellers_share(each for each in booked if each.stripe_object not in back)
        if order.lost_after_minor != kept_minor or order.seller_left_minor < 0:
            yield Violation("B7", order.order_id, f"{kept_minor} was kept, {order.lost_after_minor} is counted")


def sellers_bear_before_the_platform(view: View) -> Iterator[Violation]:
    """B8: not where the seller got something again since: a bank gave a case back, or people gave them a refund."""
    books = _by_book(view)
    for order in view.orders:
        booked = books[order.order_id]
        kinds = {each.kind for each in booked}
        if kinds >= _ENDS or BUYERS_TO_SELLER in kinds:
            continue
        owed = {HELD, REFUND_OWED, UNCLAIMED}  # pays the loss before anybody else (B6)
        sides = (CHARGEBACK_LOSS, *owed)
        minor = sum(leg.amount_minor for each in booked for leg in each.postings if leg.account in sides)
        if minor > 0 and order.seller_left_minor > 0:
            yield Violation("B8", order.order_id, f"{minor} is lost, the seller has {order.seller_left_minor} left")


BANKS: Sequence[Predicate] = (
    taken_money_is_held,
    won_money_goes_back,
    asked_orders_wait,
    kept_late_payments_are_not_owed,
    refused_refunds_do_not_wait,
    banks_pay_awards_first,
    what_banks_kept_is_counted,
    sellers_bear_before_the_platform,
)


def _by_book(view: View) -> defaultdict[str, list[LedgerTransaction]]:
    books: defaultdict[str, list[LedgerTransaction]] = defaultdict(list)
    for each in view.ledger:
        books[each.book].append(each)
    return books


def _with_banks(view: View) -> Iterator[tuple[str, str]]:
    """Yield (order, case) of money that a seller had when a bank took it, while the case is open."""
    for book, booked in _by_book(view).items():
        closed = {each.stripe_object for each in booked if each.kind in {"chargeback_lost", "chargeback_reinstated"}}
        for each in booked:
            open_case = each.kind == "chargeback_withdrawn" and each.stripe_object not in closed
            if open_case and _had_some(booked, each):
                yield book, str(each.stripe_object)


def _had_some(booked: Iterable[LedgerTransaction], taken: LedgerTransaction) -> bool:
    """Say whether the seller had any of the order's money when the bank took it."""
    before = [each for each in booked if each.booked_at <= taken.booked_at]
    signs = {"transfer": 1, "transfer_reversal": -1}
    moved = ((signs[each.kind], each.postings) for each in before if each.kind in signs)
    return sum(sign * max(leg.amount_minor for leg in legs) for sign, legs in moved) > 0


def _stands(cause: Cause, ended_at: object) -> bool:
    return cause is Cause.CHARGEBACK and ended_at is None


def _names(booked: LedgerTransaction, intent_id: str) -> bool:
    return booked.key.partition("#")[2].startswith(intent_id)


def _on(account: str, booked: LedgerTransaction) -> int:
    return sum(leg.amount_minor for leg in booked.postings if leg.account == account)


def _is(account: str, side: str) -> bool:
    """Say whose an account is: what was forgiven a seller, and a bank gave back, had been the seller's to bear."""
    theirs = account == BAD_DEBT or account.partition(":")[0] in {"seller", "seller_debt"}
    return account == side or (side == "seller" and theirs)
