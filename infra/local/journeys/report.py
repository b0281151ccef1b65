"""What the run ends with: the orders, the books against Stripe's, the mails, and the promises."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from infra.local.journeys.cast import Cast
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import money, table
from marketplace.audit.invariants import PREDICATES, check, ledger_only_grew
from marketplace.audit.view import View
from marketplace.ledger.model import COMMISSION, HELD, STRIPE, STRIPE_FEES, VAT_PAYABLE, LedgerTransaction, balances
from marketplace.ledger.postings import commission_on
from marketplace.orders.model import Order

Write = Callable[[str], None]
SELLERS, DEBTS, OTHERS = "owed to sellers", "owed by sellers", "other accounts"
_MEANINGS: Mapping[str, str] = {
    STRIPE: "held at Stripe for the platform",
    HELD: "protected payments of open orders",
    COMMISSION: "commission earned",
    VAT_PAYABLE: "VAT on commissions, owed to the tax office",
    STRIPE_FEES: "Stripe's fees, borne by the platform",
    SELLERS: "earned and not yet transferred",
    DEBTS: "refunded or charged back after they were paid",
    OTHERS: "chargebacks and late payments",
}
SUBJECTS_SHOWN = 12  # of the mails, the most frequent
_NAMES = re.compile(r"\b(?:ord|dsp|pay|lst|rcp)_\w+")


def report(
    write: Write,
    stage: Stage,
    cast: Cast,
    view: View,
    order_ids: Iterable[str],
    ledger_before: Sequence[LedgerTransaction] = (),
) -> bool:
    """Print everything, and tell whether every promise holds; `ledger_before` is the ledger at an earlier moment."""
    _orders(write, view, cast, set(order_ids))
    _books(write, view)
    _balances(write, view, cast)
    _mails(write, stage, cast)
    broken = [*check(view), *ledger_only_grew(ledger_before, view.ledger)]
    seen = f"{len(view.orders)} orders, {len(view.moves)} moves, {len(view.ledger)} ledger transactions"
    write(f"invariants: {len(broken)} violated ({len(PREDICATES) + 1} checked over {seen})")
    for violation in broken:
        write(f"  {violation.rule}  {violation.subject}: {violation.seen}")
    return not broken


def _orders(write: Write, view: View, cast: Cast, wanted: set[str]) -> None:
    found = sorted((order for order in view.orders if order.order_id in wanted), key=lambda order: order.placed_at)
    write(f"Orders ({len(found)})")
    rows = [_order_row(order, cast) for order in found]
    for line in table(
        ("order", "buyer", "seller", "total", "seller gets", "commission", "buyer gets back", "state"),
        rows,
        right=(3, 4, 5, 6),
    ):
        write(line)
    write("")


def _order_row(order: Order, cast: Cast) -> tuple[str, ...]:
    award = order.award
    commission = commission_on(order, award.seller_minor) if award else 0
    refunded_minor = order.refunded_minor + order.refunded_after_minor  # beside the award, before and after the end
    return (
        order.order_id,
        _name(cast, order.buyer_id),
        _name(cast, order.seller_id),
        money(order.total_minor, order.currency),
        money(award.seller_minor - commission, order.currency) if award else "",
        money(commission, order.currency) if award else "",
        money(award.refund_minor + refunded_minor, order.currency) if award else "",
        order.state,
    )


def _books(write: Write, view: View) -> None:
    sums: Counter[tuple[str, str]] = Counter()
    for (account, currency), amount_minor in balances(view.ledger).items():
        sums[_group(account), currency] += amount_minor
    currencies = sorted({currency for _, currency in sums} | set(view.stripe_platform_minor))
    for currency in currencies:
        write(f"Books in {currency.upper()} ({len(view.ledger)} transactions; assets and costs positive)")
        theirs = view.stripe_platform_minor.get(currency, 0)
        rows = [
            (
                account,
                money(sums[account, currency], currency),
                _beside(account, sums[account, currency], theirs, currency),
            )
            for account in _MEANINGS
            if account in (STRIPE, HELD, COMMISSION, STRIPE_FEES) or sums[account, currency]
        ]
        total = sum(amount_minor for (_, of), amount_minor in sums.items() if of == currency)
        for line in table(
            ("account", "ledger", ""), [*rows, ("sum", money(total, currency), "always zero")], right=(1,)
        ):
            write(line)
        write("")


def _balances(write: Write, view: View, cast: Cast) -> None:
    """Print what sellers earned, where it is, and what each connected account holds."""
    rows = []
    for purse in sorted(view.purses, key=lambda each: (each.currency, _name(cast, each.seller_id))):
        account_id = view.seller_accounts.get(purse.seller_id, "")
        theirs = view.stripe_connected_minor.get((account_id, purse.currency), 0)
        parts = (purse.earned_minor, -purse.reversed_minor, purse.paid_minor, purse.in_transit_minor)
        kept = (purse.reserved_minor, purse.available_minor, theirs)
        agrees = "agrees" if theirs == purse.at_stripe_minor else "DIFFERS"
        amounts = (money(each, purse.currency) for each in (*parts, *kept))
        rows.append((_name(cast, purse.seller_id), *amounts, agrees))
    sent = sum(each.key is not None for each in view.stripe_payouts)
    write(f"Sellers' balances ({len(rows)}; {len(view.payouts)} payouts, {sent} of them at Stripe)")
    head = ("seller", "earned", "taken back", "paid", "on its way", "reserved", "available", "at Stripe", "")
    for line in table(head, rows, right=(1, 2, 3, 4, 5, 6, 7)):
        write(line)
    write("")


def _beside(account: str, ours: int, theirs: int, currency: str) -> str:
    if account != STRIPE:
        return _MEANINGS[account]
    agrees = "agrees" if ours == theirs else "DIFFERS"
    return f"Stripe's own balance: {money(theirs, currency)}, {agrees}"


def _mails(write: Write, stage: Stage, cast: Cast) -> None:
    languages = {person.email: person.locale for person in cast.people.values()}
    mails = [mail for mail in stage.mails() if any(address in languages for address in mail["To"])]
    counted = Counter((languages[mail["To"][0]], _NAMES.sub("…", mail["Subject"])) for mail in mails)
    spanish = sum(count for (language, _), count in counted.items() if language == "es")
    write(f"Mails ({len(mails)}: {spanish} in Spanish, {len(mails) - spanish} in English)")
    order = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    rows = [(str(count), language, subject) for (language, subject), count in order[:SUBJECTS_SHOWN]]
    for line in table(("sent", "language", "subject"), rows, right=(0,)):
        write(line)
    if len(order) > SUBJECTS_SHOWN:
        write(f"  and {len(order) - SUBJECTS_SHOWN} other subjects")
    write("")


def _group(account: str) -> str:
    if account in _MEANINGS:
        return account
    if account.startswith("seller_debt:"):
        return DEBTS
    return SELLERS if account.startswith("seller:") else OTHERS


def _name(cast: Cast, account_id: str) -> str:
    person = cast.people.get(account_id)
    return person.name if person else account_id
