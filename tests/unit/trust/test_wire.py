"""What each reader of a decision sees: their own data, never the other's, always the way to appeal."""

import pytest

from marketplace.trust.model import ALLOW, CLEAR, HOLD, IN_FORCE, REFUSE, TOO_LATE, DecisionReceipt
from marketplace.trust.rules import judge
from marketplace.trust.wire import shown_hold, shown_receipt
from tests.unit.trust.making import NOW, ORDER, facts, held

ABOUT_BUYER = {"many_payments_in_an_hour", "high_spending_without_history", "new_account"}
ABOUT_BOTH = {"own_listing", "same_signup_address"}


def receipt(decision=HOLD, effect=IN_FORCE, *, automated=True):
    return DecisionReceipt(
        "rcp_1",
        ORDER,
        decision,
        effect,
        automated,
        NOW,
        findings=judge(facts(seller_signup_ip="hash-a")) if automated else (),
        score=65,
        decided_by=None if automated else "acc_operator",
        reasons=None if automated else "Checked.",
    )


def rules(view):
    return {finding.rule_id for finding in view.findings}


def test_the_buyer_reads_the_findings_about_the_buyer_with_their_facts():
    view = shown_receipt(receipt(), "buyer", "en")

    own = {finding.rule_id: finding.facts for finding in view.findings}
    assert rules(view) == ABOUT_BUYER | ABOUT_BOTH
    assert own["many_payments_in_an_hour"] == {"payments": 1, "payments_max": 4}
    assert (view.score, view.withheld) == (65, 0)


def test_the_seller_reads_nothing_about_the_buyer():
    view = shown_receipt(receipt(), "seller", "en")

    assert rules(view) == ABOUT_BOTH
    assert view.withheld == len(ABOUT_BUYER)
    assert view.score is None  # the weights would give the withheld ones away


@pytest.mark.parametrize("reader", ["buyer", "seller"])
def test_facts_about_both_are_shown_to_neither(reader):
    view = shown_receipt(receipt(), reader, "en")

    assert [finding.facts for finding in view.findings if finding.rule_id in ABOUT_BOTH] == [{}, {}]


def test_an_operator_reads_everything():
    view = shown_receipt(receipt(), "operator", "en")

    assert rules(view) == ABOUT_BUYER | ABOUT_BOTH
    assert all(finding.facts for finding in view.findings)


@pytest.mark.parametrize("reader", ["buyer", "seller"])
def test_the_parties_do_not_learn_which_operator_decided(reader):
    made = receipt(CLEAR, automated=False)

    assert shown_receipt(made, reader, "en").decided_by == "operator"
    assert shown_receipt(made, "operator", "en").decided_by == "acc_operator"


def test_a_decision_of_the_rules_says_so():
    view = shown_receipt(receipt(), "operator", "en")

    assert (view.automated, view.decided_by) == (True, "rules")


@pytest.mark.parametrize("decision", [ALLOW, HOLD, CLEAR, REFUSE])
@pytest.mark.parametrize("effect", [IN_FORCE, TOO_LATE])
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_decision_that_can_be_made_has_a_meaning_and_an_appeal(decision, effect, locale):
    if (decision, effect) == (ALLOW, TOO_LATE):
        return  # allowing is never late

    view = shown_receipt(receipt(decision, effect), "buyer", locale)

    assert view.meaning.endswith(".")
    assert view.appeal.endswith(".")
    assert "{" not in view.appeal


@pytest.mark.parametrize("decision", [HOLD, REFUSE])
def test_a_restriction_says_how_to_be_heard_and_what_to_quote(decision):
    assert "rcp_1" in shown_receipt(receipt(decision), "seller", "es").appeal


def test_reasons_and_remedies_come_in_the_readers_language():
    spanish = shown_receipt(receipt(), "buyer", "es").findings[1]
    english = shown_receipt(receipt(), "buyer", "en").findings[1]

    assert spanish.reason == "Muchos pagos separados desde una misma cuenta en una hora."
    assert english.remedy == "Fewer payments within an hour; one cart with many articles counts once."


def test_a_case_is_shown_with_its_decisions():
    judging = held()

    view = shown_hold(*judging.trust.hold(ORDER, "acc_operator"), "en")

    assert (view.case.state, view.case.opened_at) == ("open", "2026-03-14T09:30:00.000Z")
    assert [each.decision for each in view.receipts] == ["hold"]
