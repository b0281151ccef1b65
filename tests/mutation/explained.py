"""Why a mutant may live: nothing that anybody can see tells it from the code as it is."""

from tests.mutation.mutants import Mutant

# By module, function ("" at import), and change.
EXPLAINED: dict[tuple[str, str, str], str] = {
    ("fees/vat.py", "", "'[A-Z0-9+*]{2,13}' -> '[A-Z0-9+*]{2,13}?'"): (
        "The pattern must match the whole rest of the number (fullmatch): taking as few signs as it may, it takes the"
        " same ones."
    ),
    ("fees/vat.py", "checked_number", r"'[\\s.\\-]' -> '[\\s.\\-]?'"): (
        "The sign, or nothing, is replaced by nothing: taking nothing out changes no text."
    ),
    ("ledger/reconciliation.py", "_comes_in", "Gt -> GtE in on_stripe(transaction) > 0"): (
        "Its one caller, pair_up, leaves out what moves nothing at Stripe, so that zero never comes here."
    ),
    ("ledger/refunds.py", "late_overtaken", "Gt -> GtE in amount_minor > 0"): (
        "A fact of zero is no transaction: making one is refused with the same ValueError, whatever its kind would be."
    ),
    ("ledger/unclaimed.py", "_shared", "True -> False"): (
        "The accounts are three and the shares are three, as their type says: there is nothing to be strict about."
    ),
    ("payments/sweep.py", "_turn", "LtE -> Lt in len(others) <= half"): (
        "With exactly half a batch of others, the start is a multiple of their number, so that it is the first of them:"
        " both ways return the same items in the same order."
    ),
}


def place_of(mutant: Mutant) -> tuple[str, str, str]:
    """Name a mutant as this table does."""
    return f"{mutant.path.parent.name}/{mutant.path.name}", mutant.function, mutant.change


def why(mutant: Mutant) -> str | None:
    """Return why this survivor may live, or None when nobody has said so."""
    return EXPLAINED.get(place_of(mutant))
