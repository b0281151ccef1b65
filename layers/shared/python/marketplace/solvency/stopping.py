"""What a statement stops: each currency of which more is owed than there is, or whose books cannot be right."""

from collections.abc import Iterable

from marketplace.kit.errors import DomainError
from marketplace.kit.money import CURRENCIES
from marketplace.solvency.model import Covering, Place
from marketplace.solvency.ports import Switch

EVERYTHING = "everything"


def stop(switch: Switch, date: str, short: Iterable[Covering], anomalies: Iterable[Place]) -> None:
    """Stop what is short or wrong, and tell what could not be stopped when all the others are.

    In a currency that nobody can list in, nobody waits for a payment. When somebody is owed in it all the same, the
    books are not what we believe, and everything stops. A balance below zero alone, which Stripe makes of a fee, is
    nobody's money: it is rung for (`solvency_shortfall`), and no seller waits for it.

    Raises: Unavailable.
    """
    failed: DomainError | None = None
    for scope, cause, told in [*_short(date, short), *_wrong(anomalies)]:
        try:
            switch.stop(scope, cause, told)
        except DomainError as error:
            failed = failed or error
    if failed is not None:
        raise failed


def _short(date: str, short: Iterable[Covering]) -> Iterable[tuple[str, str, str]]:
    for each in short:
        if each.currency in CURRENCIES or each.total_owed_minor > 0:
            more = f"{each.shortfall_minor} {each.currency} (minor units)"
            yield _scope(each.currency), "solvency", f"{date}: {more} more is owed than Stripe holds"


def _wrong(anomalies: Iterable[Place]) -> Iterable[tuple[str, str, str]]:
    for currency in sorted({currency for _, _, currency in anomalies}):
        yield _scope(currency), "solvency:anomaly", "an account of the books has the wrong sign"


def _scope(currency: str) -> str:
    return f"currency:{currency}" if currency in CURRENCIES else EVERYTHING
