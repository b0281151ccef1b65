"""Every template, and who is told about an event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marketplace.notifications.model import ACCOUNT, BUYER, REVIEWED, SELLER
from marketplace.notifications.texts_accounts import ACCOUNTS
from marketplace.notifications.texts_chargebacks import CHARGEBACKS
from marketplace.notifications.texts_decisions import DECISIONS
from marketplace.notifications.texts_disputes import NEGOTIATIONS
from marketplace.notifications.texts_endings import ENDING
from marketplace.notifications.texts_factors import FACTORS
from marketplace.notifications.texts_guarantee import GUARANTEE
from marketplace.notifications.texts_late import LATE
from marketplace.notifications.texts_money import REFUNDS
from marketplace.notifications.texts_orders import RUNNING
from marketplace.notifications.texts_payouts import PAYOUTS
from marketplace.notifications.texts_process import PROCESS, REMINDERS
from marketplace.notifications.texts_returns import RETURNS
from marketplace.notifications.texts_security import ENTRANCES, SECURITY
from marketplace.notifications.texts_selling import SELLING
from marketplace.notifications.texts_staff import STAFF
from marketplace.notifications.texts_statements import STATEMENTS
from marketplace.notifications.texts_swaps import SWAPS
from marketplace.notifications.texts_trust import DISPUTES, HOLDS, REVIEWS
from marketplace.notifications.texts_withdrawals import WITHDRAWALS
from marketplace.notifications.wording import Template
from marketplace.outbox.model import Event

_ALL = (
    *SECURITY,
    *ENTRANCES,
    *RUNNING,
    *REFUNDS,
    *LATE,
    *PROCESS,
    *REMINDERS,
    *ENDING,
    *DECISIONS,
    *ACCOUNTS,
    *FACTORS,
    *DISPUTES,
    *NEGOTIATIONS,
    *REVIEWS,
    *HOLDS,
    *CHARGEBACKS,
    *PAYOUTS,
    *STATEMENTS,
    *SELLING,
    *STAFF,
    *RETURNS,
    *SWAPS,
    *GUARANTEE,
    *WITHDRAWALS,
)

# Order matters only within a kind: it is the order in which the parties are told.
TEMPLATES: Mapping[tuple[str, str], Template] = {(template.kind, template.party): template for template in _ALL}

# Where an event names the party's account. An account event is about its own subject.
_NAMED_BY: Mapping[str, str] = {BUYER: "buyer_id", SELLER: "seller_id", REVIEWED: "subject_id"}

# Moves of an order that lead back to where it was: what ended there has an event of its own, and nothing else is new.
_TOLD_BY_ANOTHER = frozenset({"drop"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One template, for one account."""

    template: Template
    account_id: str


def notices_of(event: Event) -> Iterator[Notice]:
    """Name who is told about this event and how; an event of a kind without a template tells nobody."""
    if event.data.get("via") in _TOLD_BY_ANOTHER:
        return
    for (kind, party), template in TEMPLATES.items():
        if kind == event.kind:
            account_id = event.subject if party == ACCOUNT else event.data.get(_NAMED_BY[party])
            if isinstance(account_id, str) and account_id:
                yield Notice(template, account_id)
