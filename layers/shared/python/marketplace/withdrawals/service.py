"""Take a statement of withdrawal in: recorded at once, the same answer for everybody, whatever it names.

Neither order nor account is looked at here, so that answer, cost and time tell nothing about either. The sweep matches
it within a minute (matching.py). Source: Directive 2011/83/EU, article 11a, as added by Directive (EU) 2023/2673.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import TooManyAttempts
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import Contact, digest
from marketplace.accounts.names import normalise_email
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.vault.model import PersonErased
from marketplace.vault.service import Vault
from marketplace.withdrawals.model import PREFIX, Statement, Withdrawal, WithdrawalMissing
from marketplace.withdrawals.ports import Withdrawals
from marketplace.withdrawals.texts import acknowledged


@dataclass(frozen=True, slots=True)
class Receipt:
    """What somebody keeps of their statement."""

    withdrawal_id: str
    received_at: datetime
    statement: Statement
    token: str = ""  # reads the record again; shown once


class WithdrawalService:
    """Records statements, and shows them again to who holds their token."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        rows: Withdrawals,
        vault: Vault,
        attempts: Attempts,
        limits: Limits,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._rows = rows
        self._vault = vault
        self._attempts = attempts
        self._limits = limits
        self._outbox = outbox

    def submit(self, said: Statement, *, locale: str, ip: str) -> Receipt:
        """Record a confirmed statement and return its time-stamped receipt.

        Only its sender's own network can be told to wait: a stranger who names the same order, or writes the same
        address, takes nothing from its buyer.

        Raises: EmailInvalid; TooManyAttempts; Unavailable.
        """
        email = normalise_email(said.email)
        self._attempts.take((self._limits.withdrawal_by_ip, ip))
        is_quiet = self._is_flooded(email)
        now = self._clock.now()
        withdrawal_id, secret = self._ids.new(PREFIX, now), self._ids.secret()
        begun = self._vault.begin(withdrawal_id)
        words = {"name": said.name, "email": email, "text": said.text}
        made = Withdrawal(
            withdrawal_id,
            said.reference,
            said.lines,
            {field: begun.seal(_field(field), text) for field, text in words.items()},
            locale,
            digest(secret),
            now,
            due_at=now,
            is_quiet=is_quiet,
        )
        received = event("withdrawal.received", withdrawal_id, now, received_at=to_text(now))
        told = [] if is_quiet else [self._outbox.publish(received)]
        self._tx.commit([*begun.writes, self._rows.add(made), *told])
        return Receipt(withdrawal_id, now, said, f"{withdrawal_id}.{secret}")

    def _is_flooded(self, email: str) -> bool:
        """Count one more statement of an address, and say whether it has had its mails of the day.

        Raises: Unavailable.
        """
        try:
            self._attempts.take((self._limits.withdrawal_by_email, email))
        except TooManyAttempts:
            return True
        return False

    def read(self, token: str) -> Receipt:
        """Show a statement again to who holds its token: what was said and when, never what came of it.

        Raises: WithdrawalMissing.
        """
        withdrawal_id, _, secret = token.partition(".")
        found = self._rows.read(withdrawal_id) if withdrawal_id.startswith(f"{PREFIX}_") else None
        if found is None or not hmac.compare_digest(found.token_digest, digest(secret)):
            raise WithdrawalMissing
        return Receipt(withdrawal_id, found.received_at, self.opened(found))

    def opened(self, found: Withdrawal) -> Statement:
        """Open what is personal in a statement.

        Raises: PersonErased (Missing) once it was erased; Unavailable.
        """
        name, email, text = (
            self._vault.open(found.withdrawal_id, _field(field), found.sealed[field])
            for field in ("name", "email", "text")
        )
        return Statement(found.reference, name, email, text, found.lines)

    def repeated(self, withdrawal_id: str) -> str | None:
        """Repeat what a statement says, for the mail that acknowledges it; None when it is gone."""
        found = self._rows.read(withdrawal_id)
        return acknowledged(self.opened(found), found.locale) if found else None

    def contact(self, withdrawal_id: str) -> Contact | None:
        """Return where the sender of a statement is written to; no name, as nobody proved it."""
        found = self._rows.read(withdrawal_id)
        try:
            return Contact(withdrawal_id, self.opened(found).email, found.locale, "") if found else None
        except PersonErased:
            return None


def _field(name: str) -> str:
    return f"withdrawal/{name}"
