"""What a statement stops: what is short, or whose books cannot be right, and no more than that.

What is short is stopped every night, for it is about now. What cannot be right is stopped once: when two people let it
go on, it stays so while its reasons are the same, which therefore hold no date.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from marketplace.kit.money import CURRENCIES
from marketplace.payouts.narrow_stops import in_short
from marketplace.solvency.balances import Counted, Whose
from marketplace.solvency.model import Covering, Positions
from marketplace.solvency.moment import UnreadableBooks
from marketplace.solvency.ports import Switch

EVERYTHING = "everything"
SELLERS_MAX = 20  # of a currency, stopped one by one; what concerns more is no matter of single sellers
_SHORT, _WRONG = "solvency", "solvency:anomaly"

Stop = tuple[str, str, str]  # scope, cause, reasons


def stop(switch: Switch, stops: Iterable[Stop]) -> None:
    """Stop all of them.

    Raises: whatever kept one from being stopped, after all the others are.
    """
    failed: Exception | None = None
    for scope, cause, told in stops:
        pull = switch.stop_unless_lifted if cause == _WRONG else switch.stop
        try:
            pull(scope, cause, in_short(told))
        except Exception as error:  # noqa: BLE001 - raised again once all the others are stopped
            failed = failed or error
    if failed is not None:
        raise failed


def of_platform(date: str, short: Iterable[Covering], anomalies: Positions) -> Iterator[Stop]:
    """Name each currency of which more is owed than there is, or in which an account has the wrong sign.

    In a currency that nobody can list in, nobody waits for a payment. When somebody is owed in it all the same, the
    books are not what we believe, and everything stops. A balance below zero alone, which Stripe makes of a fee, is
    nobody's money: it is rung for (`solvency_shortfall`), and no seller waits for it.
    """
    for each in short:
        if each.currency in CURRENCIES or each.total_owed_minor > 0:
            more = f"{each.shortfall_minor} {each.currency} (minor units)"
            yield _scope(each.currency), _SHORT, f"{date}: {more} more is owed than Stripe holds"
    for currency in sorted({currency for _, _, currency in anomalies}):
        of_currency = sorted(
            (book, account, minor) for (book, account, code), minor in anomalies.items() if code == currency
        )
        places = ", ".join(f"{book} {account} {minor:+}".strip() for book, account, minor in of_currency)
        yield _scope(currency), _WRONG, f"accounts of the books have the wrong sign ({currency}, minor units): {places}"


def of_unreadable(error: UnreadableBooks) -> Stop:
    """Name everything: a sum over books of which one cannot be read says nothing of any currency."""
    return EVERYTHING, _WRONG, f"the books cannot be read: {error}"


def of_sellers(date: str, counted: Counted) -> Iterator[Stop]:
    """Name each seller whose balance is not at Stripe, or is not what the books say; their currency where many are."""
    missing = {
        (each.purse.seller_id, each.purse.currency): f"{date}: {_said(each.unexplained_minor, each.purse.currency)}"
        for each in counted.missing
    }
    yield from _one_by_one(missing, _SHORT)
    yield from _one_by_one(counted.wrong, _WRONG)


def _one_by_one(found: Mapping[Whose, str], cause: str) -> Iterator[Stop]:
    by_currency: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for (seller_id, currency), told in found.items():
        by_currency[currency].append((seller_id, told))
    for currency, sellers in sorted(by_currency.items()):
        if len(sellers) > SELLERS_MAX:
            all_told = "; ".join(f"{seller_id}: {told}" for seller_id, told in sellers)
            yield _scope(currency), cause, f"{len(sellers)} sellers' balances: {all_told}"
            continue
        yield from ((f"seller:{seller_id}", cause, told) for seller_id, told in sellers)


def _said(minor: int, currency: str) -> str:
    return f"{minor} {currency} (minor units) less lies in the seller's account at Stripe than their balance says"


def _scope(currency: str) -> str:
    return f"currency:{currency}" if currency in CURRENCIES else EVERYTHING
