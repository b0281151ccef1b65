"""People of the staff, as a request of theirs would name them."""

from marketplace.kit.principal import ADMIN, Principal
from marketplace.staff.model import Proposal
from tests.fakes.trade import Trade

KIND = "payout.release"  # proposed by support or finance, approved by finance; its effect is the test's own


def principal_of(trade: Trade, account_id: str, *roles: str, factor: bool = True) -> Principal:
    """Return somebody as the session check would."""
    now = trade.world.clock.now()
    return Principal(account_id, "ses_1", True, "en", frozenset(roles), factor_at=now if factor else None)


def somebody(trade: Trade, *roles: str) -> Principal:
    """Add somebody with these roles."""
    return principal_of(trade, trade.staff(*roles), *roles)


def administrator(trade: Trade) -> Principal:
    """Add an administrator whom the roster knows."""
    services, chief = trade.services, somebody(trade, ADMIN)
    services.transactions.commit(services.staff_store.enlist(chief.account_id, ADMIN))
    return chief


def proposed(trade: Trade, by: Principal, once: str = "1", **facts: str | int) -> Proposal:
    """Propose something of KIND."""
    return trade.services.approvals.propose(
        kind=KIND, subject="acc_debtor", facts={"amount_minor": 5} | facts, principal=by, reasons="Lost.", once=once
    )
