"""/operator/payouts and /operator/switches: one person may hold and stop, and only two let go."""

from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.kit.principal import Principal
from marketplace.ledger.model import STRIPE_FEES, LedgerTransaction, Posting, seller_debt_account
from tests.crash.payout_deeds import with_factor
from tests.fakes.world import START
from tests.functions.events import expected, run_event
from tests.functions.story import ADMIN_ID, FINANCE_ID, OTHER_FINANCE, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "operator_payouts").glob("*.json"))
WHY = {"reasons": "Seen in case 7."}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


def approve(story, proposal_id, who):
    return story.post(f"/operator/proposals/{proposal_id}/approve", who, WHY)


def test_payments_go_on_when_a_second_person_agrees_and_not_before(story):
    stopped = story.post("/operator/switches/stop", FINANCE_ID, {"scope": "everything", **WHY}).json
    proposed = story.post("/operator/switches/resume", FINANCE_ID, {"scope": "everything", **WHY}).json

    alone = approve(story, proposed["proposal_id"], FINANCE_ID)
    standing = story.get("/operator/switches", FINANCE_ID).json["items"]
    together = approve(story, proposed["proposal_id"], ADMIN_ID)

    assert stopped["how_to_resume"]
    assert (alone.status, len(standing), together.status) == (403, 1, 200)
    assert story.get("/operator/switches", FINANCE_ID).json["items"] == []
    changes = story.get("/operator/switches/everything", ADMIN_ID).json["items"]
    assert [(each["stopped"], each["by"], each["approved_by"]) for each in changes] == [
        (False, FINANCE_ID, ADMIN_ID),
        (True, FINANCE_ID, None),
    ]


def test_a_held_seller_is_paid_after_two_people_released_it(story):
    with_factor(story.trade, SELLER)
    bring_to(story, "released")
    story.world.drain()
    until = (story.world.clock.now() + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    held = story.post("/operator/payout-holds", FINANCE_ID, {"seller_id": SELLER, "until": until, **WHY}).json
    asked = {"seller_id": SELLER, "cause": "manual", "key": held["key"], **WHY}
    proposed = story.post("/operator/payout-holds/release", FINANCE_ID, asked).json

    approve(story, proposed["proposal_id"], OTHER_FINANCE)
    story.world.clock.advance(days=8)
    ran = story.services.payout_run.run()

    assert ran.begun == 1


def parked_payout(story):
    """A payout of which nobody knows whether it left."""
    with_factor(story.trade, SELLER)
    bring_to(story, "released")
    story.world.drain()
    story.world.clock.advance(days=8)
    services = story.services
    begun = services.paying.begin(SELLER, "eur")
    services.transactions.commit([services.payout_table.let_go(begun, story.world.clock.now())])
    story.world.clock.advance(hours=24)  # nobody knows whether it left, and Stripe may have forgotten the key
    services.payout_run.run()
    return begun


def test_a_parked_payout_is_given_back_by_two(story):
    services, begun = story.services, parked_payout(story)
    parked = services.payouts.read(begun.payout_id)
    proposal = services.payout_decisions.propose_return(
        parked.payout_id, finance(FINANCE_ID), "It is nowhere at Stripe."
    )

    services.approvals.approve(proposal.proposal_id, finance(OTHER_FINANCE), "I looked too.")

    purse, _ = services.payout_table.purse(SELLER, "eur")
    assert parked.state == "parked"
    assert services.payouts.read(begun.payout_id).state == "failed"
    assert purse.available_minor == begun.amount_minor


def finance(account_id):
    return Principal(account_id, "ses_1", True, "en", frozenset({"finance"}), factor_at=START)


def test_the_history_of_a_scope_with_a_colon_can_be_read(story):
    stopped = story.post("/operator/switches/stop", FINANCE_ID, {"scope": "currency:eur", **WHY})

    found = story.get("/operator/switches/currency:eur", FINANCE_ID)

    assert (stopped.status, found.status) == (201, 200)
    assert [each["scope"] for each in found.json["items"]] == ["currency:eur"]


DEBTS = f"/operator/sellers/{SELLER}/debts"


def in_debt(story, amount_minor):
    """Let the seller owe what a refund cost at Stripe."""
    legs = (Posting(seller_debt_account(SELLER), amount_minor), Posting(STRIPE_FEES, -amount_minor))
    cost = LedgerTransaction("ord_before", "refund_cost#1", "refund_cost", "eur", legs, story.world.clock.now())
    services = story.services
    services.transactions.commit([services.ledger.book(cost), services.debts.add(SELLER, "eur", amount_minor)])


def test_a_debt_is_listed_and_given_up_by_two(story):
    in_debt(story, 2_760)
    [debt] = story.get(DEBTS, FINANCE_ID).json["items"]
    asked = {"currency": debt["currency"], "amount_minor": debt["owed_minor"], **WHY}

    proposed = [story.post(f"{DEBTS}/write-off", FINANCE_ID, asked, key="one-attempt").json for _ in range(2)]
    alone = approve(story, proposed[0]["proposal_id"], FINANCE_ID)
    together = [approve(story, proposed[0]["proposal_id"], OTHER_FINANCE) for _ in range(2)]

    assert proposed[0] == proposed[1]
    assert (alone.status, [each.status for each in together]) == (403, [200, 200])
    assert story.get(DEBTS, FINANCE_ID).json["items"] == []


def test_the_same_key_is_the_same_proposal_also_after_nothing_is_owed_any_more(story):
    in_debt(story, 2_760)
    asked = {"currency": "eur", "amount_minor": 2_760, **WHY}
    made = story.post(f"{DEBTS}/write-off", FINANCE_ID, asked, key="one-attempt")
    approve(story, made.json["proposal_id"], OTHER_FINANCE)

    again = story.post(f"{DEBTS}/write-off", FINANCE_ID, asked, key="one-attempt")
    other = story.post(f"{DEBTS}/write-off", FINANCE_ID, asked | {"reasons": "Another."}, key="one-attempt")

    assert (again.status, again.json["proposal_id"]) == (201, made.json["proposal_id"])
    assert again.json["state"] == "approved"
    assert (other.status, other.json["code"]) == (409, "proposal_differs")


def test_what_is_not_owed_any_more_is_refused_and_the_proposal_stays_open(story):
    in_debt(story, 2_760)
    asked = {"currency": "eur", "amount_minor": 2_000, **WHY}
    first, second = (
        story.post(f"{DEBTS}/write-off", FINANCE_ID, asked, key=f"attempt-{each}").json["proposal_id"] for each in "12"
    )
    approve(story, first, OTHER_FINANCE)

    refused = approve(story, second, OTHER_FINANCE)

    assert (refused.status, refused.json["code"]) == (409, "not_so_much_owed")
    assert refused.json["title"]
    assert story.get(f"/operator/proposals/{second}", FINANCE_ID).json["state"] == "open"
