"""What a seller owed and two people gave up, as a balanced transaction."""

from datetime import datetime

from marketplace.ledger.model import BAD_DEBT, LedgerTransaction, Posting, seller_debt_account

KIND = "debt_written_off"


def written_off(proposal_id: str, seller_id: str, currency: str, amount_minor: int, at: datetime) -> LedgerTransaction:
    """Book debt as the platform's loss, once, as the book is the proposal's. `amount_minor` > 0."""
    legs = (Posting(BAD_DEBT, amount_minor), Posting(seller_debt_account(seller_id), -amount_minor))
    return LedgerTransaction(proposal_id, KIND, KIND, currency, legs, at)
