"""Those who run the marketplace: roles, approvals by two, looking without touching."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.community import Community

if TYPE_CHECKING:
    from marketplace.staff.desk import Desk
    from marketplace.staff.suspensions import Suspensions
    from marketplace.staff.visits import SupportVisits


class Staff(Community):
    """Those who run the marketplace: roles, approvals by two, looking without touching."""

    @cached_property
    def suspensions(self) -> "Suspensions":
        from marketplace.staff.suspensions import Suspensions

        return Suspensions(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            people=self.account_store,
            standings=self.staff_store,
            acts=self.acts,
            log=self.security_log,
            decisions=self.decisions,
        )

    @cached_property
    def visits(self) -> "SupportVisits":
        from marketplace.staff.visits import SupportVisits

        return SupportVisits(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            people=self.account_store,
            sessions=self.account_store,
            visits=self.staff_store,
            acts=self.acts,
            log=self.security_log,
        )

    @cached_property
    def desk(self) -> "Desk":
        from marketplace.staff.desk import Desk

        return Desk(
            clock=self.clock,
            transactions=self.transactions,
            people=self.account_store,
            sessions=self.account_store,
            suspensions=self.suspensions,
            acts=self.acts,
        )
