"""Two people or nobody, exactly once, whatever is repeated, raced or too late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.errors import Conflict, Forbidden, Invalid
from marketplace.orders.model import OwnCase
from marketplace.outbox.model import event
from marketplace.staff.errors import (
    OwnProposal,
    ProposalDecided,
    ProposalDiffers,
    ProposalExpired,
    ProposalMissing,
    ReasonsNeeded,
)
from marketplace.staff.kinds import KINDS
from marketplace.staff.model import APPROVED, DECLINED, EXPIRED, OPEN, PROPOSAL_KEPT
from marketplace.wiring import Services
from tests.fakes.faults import Faults
from tests.fakes.scheduler import Race, all_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.staff.making import KIND, principal_of, proposed, somebody


class Acting(Services):
    """Services in which an approved proposal leaves an event: what it did can be counted."""

    def executors(self):
        return {**super().executors(), KIND: lambda proposal: [self._done(proposal)]}

    def withdrawals(self):
        return {KIND: lambda proposal: [self._done(proposal, kind="test.withdrawn")]}

    def _done(self, proposal, kind="test.done"):
        return self.outbox.publish(event(kind, proposal.proposal_id, self.clock.now(), once=proposal.decided_by))


@pytest.fixture
def trade():
    with new_world(made_of=Acting) as world:
        yield Trade(world)
        world.check()


def done(trade):
    kinds = [row["kind"] for row in trade.world.dynamo.rows("aval-local-outbox")]
    return kinds.count("test.done"), kinds.count("test.withdrawn")


def test_a_second_person_makes_it_happen_and_the_record_has_both_reasons(trade):
    clerk, cashier = somebody(trade, "support"), somebody(trade, "finance")
    made = proposed(trade, clerk)

    approved = trade.services.approvals.approve(made.proposal_id, cashier, " It is so. ")

    assert (approved.state, approved.proposed_by, approved.decided_by) == (
        APPROVED,
        clerk.account_id,
        cashier.account_id,
    )
    assert (approved.reasons, approved.decision_reasons) == ("Lost.", "It is so.")
    assert trade.services.approvals.read(made.proposal_id) == approved
    assert done(trade) == (1, 0)
    acts = trade.services.acts.page(None, 10).items
    assert [(act.kind, act.by) for act in acts] == [
        ("proposal.approved", cashier.account_id),
        ("proposal.made", clerk.account_id),
    ]


def test_whoever_proposed_never_approves_and_may_take_it_back(trade):
    cashier = somebody(trade, "finance")
    made = proposed(trade, cashier)

    with pytest.raises(OwnProposal):
        trade.services.approvals.approve(made.proposal_id, cashier, "I agree with myself.")

    assert trade.services.approvals.decline(made.proposal_id, cashier, "On second thought.").state == DECLINED
    assert done(trade) == (0, 1)


@pytest.mark.parametrize("roles", [(), ("support",), ("moderator",), ("admin",), ("support", "moderator", "admin")])
def test_only_a_role_that_the_kind_names_approves(trade, roles):
    made = proposed(trade, somebody(trade, "support"))
    outsider = somebody(trade, *roles)

    for decide in (trade.services.approvals.approve, trade.services.approvals.decline):
        with pytest.raises(Forbidden) as refused:
            decide(made.proposal_id, outsider, "Let me.")
        assert type(refused.value) is Forbidden

    assert done(trade) == (0, 0)


@pytest.mark.parametrize("roles", [("moderator",), ("admin",), ()])
def test_only_a_role_that_the_kind_names_proposes(trade, roles):
    with pytest.raises(Forbidden):
        proposed(trade, somebody(trade, *roles))


def test_a_role_without_the_second_factor_neither_proposes_nor_decides(trade):
    made = proposed(trade, somebody(trade, "support"))
    by_password = principal_of(trade, trade.staff("finance"), "finance", factor=False)

    with pytest.raises(Forbidden):
        proposed(trade, by_password, once="2")
    with pytest.raises(Forbidden):
        trade.services.approvals.approve(made.proposal_id, by_password, "Yes.")


def test_nobody_decides_their_own_matter_however_it_is_named(trade):
    cashier, clerk = somebody(trade, "finance"), somebody(trade, "support")
    approvals = trade.services.approvals
    named = [
        proposed(trade, clerk, once="2", seller_id=cashier.account_id),
        approvals.propose(
            kind=KIND, subject=cashier.account_id, facts={"amount_minor": 5}, principal=clerk, reasons="Owes it."
        ),
        approvals.propose(
            kind=KIND,
            subject="ord_1",
            facts={"amount_minor": 5},
            principal=clerk,
            reasons="Bought it.",
            concerns=[cashier.account_id],
        ),
    ]

    for each in named:
        with pytest.raises(OwnCase):
            approvals.approve(each.proposal_id, cashier, "Yes.")
        with pytest.raises(OwnCase):
            approvals.decline(each.proposal_id, cashier, "No.")
    with pytest.raises(OwnCase):
        proposed(trade, cashier, once="3", seller_id=cashier.account_id)


def test_the_last_moment_of_seven_days_is_in_time_and_the_next_is_not(trade):
    clerk, cashier = somebody(trade, "support"), somebody(trade, "finance")
    early, late = proposed(trade, clerk, once="1"), proposed(trade, clerk, once="2")
    trade.world.clock.advance(seconds=PROPOSAL_KEPT.total_seconds() - 1)

    trade.services.approvals.approve(early.proposal_id, cashier, "In time.")
    trade.world.clock.advance(seconds=1)

    with pytest.raises(ProposalExpired):
        trade.services.approvals.approve(late.proposal_id, cashier, "Too late.")
    assert late.state_at(trade.world.clock.now()) == EXPIRED
    assert trade.services.approvals.decline(late.proposal_id, cashier, "Out of the list.").state == DECLINED
    assert done(trade) == (1, 1)


def test_the_same_matter_is_proposed_once_and_not_with_other_facts(trade):
    clerk = somebody(trade, "support")

    first, second = proposed(trade, clerk), proposed(trade, clerk)

    assert first == second
    with pytest.raises(ProposalDiffers):
        proposed(trade, clerk, amount_minor=500)


def test_repeating_a_decision_is_safe_and_the_other_decision_is_refused(trade):
    cashier, made = somebody(trade, "finance"), proposed(trade, somebody(trade, "support"))
    approvals = trade.services.approvals
    approved = approvals.approve(made.proposal_id, cashier, "Yes.")

    assert approvals.approve(made.proposal_id, cashier, "Yes, again.") == approved
    with pytest.raises(ProposalDecided):
        approvals.decline(made.proposal_id, cashier, "No.")
    with pytest.raises(ProposalDecided):
        approvals.approve(made.proposal_id, somebody(trade, "finance"), "Me too.")
    assert done(trade) == (1, 0)


def test_an_effect_that_is_refused_leaves_the_proposal_open(trade):
    def refuse(_proposal):
        raise Conflict

    made = proposed(trade, somebody(trade, "support"))
    services = trade.services
    services.approvals._executors = lambda: {KIND: refuse}

    with pytest.raises(Conflict):
        services.approvals.approve(made.proposal_id, somebody(trade, "finance"), "Yes.")

    assert services.approvals.read(made.proposal_id) == made


@pytest.mark.parametrize(("reasons", "refusal"), [("", ReasonsNeeded), ("   ", ReasonsNeeded), ("x" * 2_001, Invalid)])
def test_nothing_is_proposed_or_decided_without_reasons(trade, reasons, refusal):
    clerk, cashier = somebody(trade, "support"), somebody(trade, "finance")
    made = proposed(trade, clerk)

    with pytest.raises(refusal):
        trade.services.approvals.propose(kind=KIND, subject="acc_1", facts={}, principal=clerk, reasons=reasons)
    for decide in (trade.services.approvals.approve, trade.services.approvals.decline):
        with pytest.raises(refusal):
            decide(made.proposal_id, cashier, reasons)


def test_a_proposal_that_nobody_made_is_missing(trade):
    with pytest.raises(ProposalMissing):
        trade.services.approvals.approve("prp_none", somebody(trade, "finance"), "Yes.")


def test_the_lists_follow_the_state(trade):
    clerk, cashier = somebody(trade, "support"), somebody(trade, "finance")
    one, two, three = (proposed(trade, clerk, once=str(number)) for number in range(3))
    trade.services.approvals.approve(one.proposal_id, cashier, "Yes.")
    trade.services.approvals.decline(two.proposal_id, cashier, "No.")

    found = {
        state: [each.proposal_id for each in trade.services.approvals.page(state, None, 10).items]
        for state in (OPEN, APPROVED, DECLINED)
    }

    assert found == {OPEN: [three.proposal_id], APPROVED: [one.proposal_id], DECLINED: [two.proposal_id]}


def test_every_kind_has_a_title_in_both_languages_and_needs_a_role():
    for kind in KINDS.values():
        assert len({kind.en, kind.es, ""}) == 3
        assert frozenset() not in {kind.proposed_by, kind.approved_by}


RACES = {
    "approve x approve": ("approve", "approve"),
    "approve x decline": ("approve", "decline"),
    "decline x decline": ("decline", "decline"),
}


@pytest.mark.parametrize("verbs", RACES.values(), ids=list(RACES))
def test_of_two_at_once_exactly_one_decides_in_every_interleaving(verbs, record_property):
    explored = 0

    def make_race():
        faults = Faults()
        opened = new_world(faults, made_of=Acting)
        world = opened.__enter__()
        trade = Trade(world)
        made = proposed(trade, somebody(trade, "support"))
        cashiers = {"one": somebody(trade, "finance"), "two": somebody(trade, "finance")}
        actors = {}
        for (name, cashier), verb in zip(cashiers.items(), verbs, strict=True):
            services = world.new_services()
            actors[name] = lambda services=services, verb=verb, cashier=cashier: getattr(services.approvals, verb)(
                made.proposal_id, cashier, "Decided."
            )
        return Race(faults, actors, (opened, trade, made, dict(zip(cashiers, verbs, strict=True)), cashiers))

    for outcome in all_interleavings(make_race, max_preemptions=3):
        opened, trade, made, verb_of, cashiers = outcome.race.context
        [winner] = outcome.winners
        [loser] = [result for name, result in outcome.results.items() if name != winner]
        assert isinstance(loser.error, ProposalDecided), outcome
        found = trade.services.approvals.read(made.proposal_id)
        assert found.decided_by == cashiers[winner].account_id
        assert done(trade) == ((1, 0) if verb_of[winner] == "approve" else (0, 1)), outcome
        opened.__exit__(None, None, None)
        explored += 1

    assert explored > 1
    record_property("summary", f"two-person approvals: {explored} interleavings of {' x '.join(verbs)}, one winner")


def test_the_store_itself_refuses_the_proposer_s_approval(trade):
    cashier = somebody(trade, "finance")
    made = proposed(trade, cashier)
    forged = replace(made, state=APPROVED, decided_by=cashier.account_id, decided_at=made.proposed_at)

    with pytest.raises(ProposalDecided):
        trade.services.transactions.commit([trade.services.staff_store.decide_proposal(forged)])


def test_expiry_is_a_week_after_the_proposal(trade):
    made = proposed(trade, somebody(trade, "support"))

    assert made.expires_at - made.proposed_at == timedelta(days=7)
