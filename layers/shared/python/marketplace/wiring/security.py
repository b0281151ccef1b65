"""What an account's owner is told: the security log, known devices, risk."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.vault import Vault

if TYPE_CHECKING:
    from marketplace.accounts.admission import Admission
    from marketplace.accounts.entry_ports import Undo
    from marketplace.accounts.limits import Limits
    from marketplace.accounts.ports import Blocklist
    from marketplace.decisions.service import Decisions
    from marketplace.decisions.store import DynamoDecisions
    from marketplace.security.log import SecurityLog
    from marketplace.security.store import DynamoLog


class Security(Vault):
    """What an account's owner is told: the security log, known devices, risk."""

    @cached_property
    def limits(self) -> "Limits":
        from marketplace.accounts.limits import Limits

        return Limits()

    @cached_property
    def blocklist(self) -> "Blocklist":
        from marketplace.accounts.blocklist import BreachedPasswords

        return BreachedPasswords()

    @cached_property
    def security_log_store(self) -> "DynamoLog":
        from marketplace.security.store import DynamoLog

        return DynamoLog(self.vault)

    @cached_property
    def security_log(self) -> "SecurityLog":
        from marketplace.security.log import SecurityLog

        return SecurityLog(clock=self.clock, ids=self.ids, outbox=self.outbox, store=self.security_log_store)

    @cached_property
    def decision_store(self) -> "DynamoDecisions":
        from marketplace.decisions.store import DynamoDecisions

        return DynamoDecisions()

    @cached_property
    def decisions(self) -> "Decisions":
        from marketplace.decisions.service import Decisions

        return Decisions(clock=self.clock, store=self.decision_store, outbox=self.outbox)

    @cached_property
    def undo(self) -> "Undo | None":
        """What takes back a stranger's changes of address and factors; a part above may know how."""
        return None

    @cached_property
    def admission(self) -> "Admission":
        from marketplace.accounts.admission import Admission

        return Admission(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            sessions=self.account_store,
            entries=self.account_store,
            log=self.security_log,
            limits=self.limits,
        )
