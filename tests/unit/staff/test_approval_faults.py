"""Every call of an approval, failing in every way: repeated until it answers, it happened once."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from marketplace.kit.errors import DomainError, Unavailable
from marketplace.staff.model import APPROVED
from tests.fakes.faults import KINDS, Crash, Faults
from tests.fakes.faults_enumeration import enumerate_faults
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.staff.making import proposed, somebody
from tests.unit.staff.test_approvals import Acting, done

REPEATS_MAX = 5


@dataclass
class Deciding:
    """A proposal, and a second person who repeats an approval until it answers."""

    faults: Faults
    trade: Trade
    proposal_id: str
    cashier: Any

    def approve(self) -> None:
        self.trade.world.restart()
        self.trade.services.approvals.approve(self.proposal_id, self.cashier, "Yes.")

    def repeat(self) -> None:
        for _ in range(REPEATS_MAX):
            with suppress(Unavailable, Crash):
                return self.approve()
        raise AssertionError("it never answered")

    def check(self) -> None:
        found = self.trade.services.approvals.read(self.proposal_id)
        assert (found.state, found.decided_by) == (APPROVED, self.cashier.account_id)
        assert done(self.trade) == (1, 0)
        acts = [act.kind for act in self.trade.services.acts.page(None, 50).items]
        assert acts.count("proposal.approved") == 1


def test_an_approval_that_is_repeated_until_it_answers_happened_once(record_property):
    with ExitStack() as worlds:

        def build() -> Deciding:
            faults = Faults()
            trade = Trade(worlds.enter_context(new_world(faults, made_of=Acting)))
            made = proposed(trade, somebody(trade, "support"))
            return Deciding(faults, trade, made.proposal_id, somebody(trade, "finance"))

        report = enumerate_faults(
            build,
            run=lambda world: _once(world.approve),
            recover=lambda world: world.repeat(),
            check=lambda world: world.check(),
            fingerprint=lambda world: str(sorted(map(str, world.trade.world.dynamo.rows("aval-local-staff")))),
        )

    assert report.violations == [], str(report)
    assert report.total >= len(KINDS)
    record_property("summary", f"approval under faults: {report.total} runs, {len(report.calls)} calls, once each")


def _once(act: Any) -> None:
    with suppress(DomainError):
        act()
