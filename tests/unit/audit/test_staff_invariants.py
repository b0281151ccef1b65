"""Each promise about the staff finds the breach that is planted for it, and nothing in a sound marketplace."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.audit.staff import STAFF
from marketplace.audit.view import View
from marketplace.staff.model import APPROVED, DECLINED, Proposal, Suspension

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DECIDED = Proposal(
    proposal_id="prp_1",
    kind="role.grant",
    subject="acc_new",
    facts={"role": "finance"},
    proposed_by="acc_one",
    reasons="Needed.",
    proposed_at=NOW,
    expires_at=NOW + timedelta(days=7),
    state=APPROVED,
    decided_by="acc_two",
    decided_at=NOW,
    decision_reasons="Yes.",
)
TAKEN = Suspension("sus_1", "acc_bad", "account", "3.1", "Fakes.", "acc_one", NOW)
SOUND = View(
    NOW,
    *[()] * 5,
    proposals=[DECIDED, replace(DECIDED, state=DECLINED, decided_by="acc_one")],
    suspensions=[TAKEN],
    suspended={"acc_bad": frozenset({"account"}), "acc_good": frozenset()},
    roster={"acc_one": frozenset({"admin"}), "acc_two": frozenset({"admin", "support"}), "acc_gone": frozenset()},
    admins=2,
    roles={"acc_one": frozenset({"admin"}), "acc_two": frozenset({"admin", "support"})},
)


def broken(view):
    return {violation.rule for predicate in STAFF for violation in predicate(view)}


def test_a_sound_staff_breaks_nothing():
    assert broken(SOUND) == set()


@pytest.mark.parametrize(
    "proposal",
    [
        replace(DECIDED, decided_by="acc_one"),
        replace(DECIDED, decided_by="acc_new"),
        replace(DECIDED, proposed_by="acc_new"),
        replace(DECIDED, concerns=frozenset({"acc_two"})),
        replace(DECIDED, decided_by=None),
        replace(DECIDED, decision_reasons=""),
        replace(DECIDED, decided_at=NOW + timedelta(days=7)),
        replace(DECIDED, state="open"),
    ],
)
def test_a_proposal_that_one_decided_is_found(proposal):
    assert broken(replace(SOUND, proposals=[proposal])) == {"S1"}


@pytest.mark.parametrize(
    ("suspension", "marks"),
    [
        (TAKEN, frozenset()),
        (TAKEN, frozenset({"selling"})),
        (replace(TAKEN, lifted_at=NOW), frozenset({"account"})),
    ],
)
def test_a_suspension_that_the_account_does_not_know_is_found(suspension, marks):
    assert broken(replace(SOUND, suspensions=[suspension], suspended={"acc_bad": marks})) == {"S2"}


@pytest.mark.parametrize(
    "changed",
    [{"admins": 1}, {"roles": SOUND.roles | {"acc_two": frozenset({"admin"})}}, {"roles": {}}],
)
def test_a_roster_that_says_too_much_or_counts_wrong_is_found(changed):
    assert broken(replace(SOUND, **changed)) == {"S3"}
