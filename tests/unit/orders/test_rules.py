"""What the table says about one order: over every state, transition and actor."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.orders.model import BUYER, OPERATOR, SELLER, STRIPE, SYSTEM, Award, Terms, TransitionRefused
from marketplace.orders.process import PROCESSES, Effect, Guard, Kind
from marketplace.orders.rules import (
    allowed,
    allowed_actions,
    award_of,
    deadline,
    due_transition,
    guards,
    if_nobody_acts,
    is_over,
)
from marketplace.orders.timers import Timers
from tests.stores.trading import NOW, order

PROCESS = PROCESSES[1]
ACTORS = (BUYER, SELLER, OPERATOR, STRIPE, SYSTEM)
NAMES = sorted({row.name for row in PROCESS.transitions})
CLEAR, RISKY = None, "rcp_1"


@pytest.mark.parametrize("risk", [CLEAR, RISKY])
@pytest.mark.parametrize("state", PROCESS.states)
def test_a_transition_is_allowed_to_whom_it_is_offered_and_to_nobody_else(state, risk):
    found = order(state=state, risk_receipt=risk)

    for actor in ACTORS:
        offered = allowed_actions(found, actor)
        for name in NAMES:
            if name in offered:
                assert actor in allowed(found, name, actor).actors
            else:
                with pytest.raises(TransitionRefused):
                    allowed(found, name, actor)


@pytest.mark.parametrize("state", [each.name for each in PROCESS.states.values() if each.kind is Kind.END])
def test_nobody_moves_what_has_ended(state):
    assert is_over(order(state=state))
    assert [allowed_actions(order(state=state), actor) for actor in ACTORS] == [[]] * 5


@pytest.mark.parametrize(("risk", "target"), [(CLEAR, "settling"), (RISKY, "held")])
@pytest.mark.parametrize(("name", "actor"), [("confirm", BUYER), ("inspection_over", SYSTEM)])
def test_a_risk_turns_the_release_into_a_hold(risk, target, name, actor):
    assert allowed(order(state="delivered", risk_receipt=risk), name, actor).target == target


@pytest.mark.parametrize(
    ("award", "fact"),
    [
        (Award(0, 10_000), Guard.ALL_TO_SELLER),
        (Award(10_000, 0), Guard.ALL_TO_BUYER),
        (Award(1, 9_999), Guard.SHARED),
        (Award(9_999, 1), Guard.SHARED),
    ],
)
def test_an_award_says_how_the_order_ends(award, fact):
    assert fact in guards(order(award=award))


def test_an_award_is_of_the_whole_and_a_decision_is_kept():
    found = order(state="delivered")
    by_effect = {
        effect: award_of(found, row, Award(1, 9_999))
        for row in PROCESS.transitions
        for effect in (*row.effects, None)
        if effect in {Effect.AWARD_BUYER, Effect.AWARD_SELLER, Effect.AWARD_DECIDED}
    }

    assert by_effect == {
        Effect.AWARD_BUYER: Award(10_000, 0),
        Effect.AWARD_SELLER: Award(0, 10_000),
        Effect.AWARD_DECIDED: Award(1, 9_999),
    }
    settle = next(row for row in PROCESS.transitions if row.name == "settle")
    assert award_of(replace(found, award=Award(2, 9_998)), settle, None) == Award(2, 9_998)


@pytest.mark.parametrize(("milliseconds", "due"), [(-1, False), (0, True), (1, True)])
@pytest.mark.parametrize("state", [each.name for each in PROCESS.states.values() if each.timer])
def test_a_timer_acts_from_its_moment_on_and_not_before(state, milliseconds, due):
    found = order(state=state, due_at=NOW)

    transition = due_transition(found, NOW + timedelta(milliseconds=milliseconds))

    assert (transition is not None) is due
    if transition:
        assert SYSTEM in transition.actors
        assert transition.name == PROCESS.states[state].timer.transition


def test_what_has_no_timer_is_never_due():
    assert due_transition(order(state="released", due_at=None), NOW) is None
    assert deadline(PROCESS, "released", Terms("trader"), NOW, Timers()) is None


@pytest.mark.parametrize("risk", [CLEAR, RISKY])
@pytest.mark.parametrize("state", [each.name for each in PROCESS.states.values() if each.timer])
def test_silence_leads_from_everywhere_to_an_end_step_by_step(state, risk):
    facts = guards(order(state=state, risk_receipt=risk))

    steps = list(if_nobody_acts(PROCESS, state, Terms("trader"), NOW, Timers(), facts))

    assert steps[0].state == state
    assert steps[0].at == NOW
    assert [step.at for step in steps] == sorted({step.at for step in steps})
    assert [step.target for step in steps[:-1]] == [step.state for step in steps[1:]]
    assert PROCESS.states[steps[-1].target].kind is not Kind.WAITING


@pytest.mark.parametrize(("kind", "days"), [("trader", 14), ("private", 3)])
def test_the_deadline_follows_the_kind_of_seller(kind, days):
    assert deadline(PROCESS, "delivered", Terms(kind), NOW, Timers()) == NOW + timedelta(days=days)
