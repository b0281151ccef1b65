"""Checks of identity, through the real services, on the local Stripe."""

from typing import Any

import pytest

from marketplace.accounts.errors import TooManyAttempts
from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.kit.principal import Idempotency
from marketplace.verification.model import AlreadyVerified, ReturnUrlForeign, VerificationMissing
from marketplace.verification.tiers import Tier
from tests.fakes.trade import Trade

KIND = "identity.verification_session"
BACK = "https://aval.example/identity"


def begin(trade: Trade, account_id: str, key: str = "k", url: str = BACK) -> Any:
    return trade.services.verification.begin(account_id, url, Idempotency(key, f"fingerprint-{key}-{url}"))


def sessions(trade: Trade) -> list[dict[str, Any]]:
    """What Stripe has, the oldest first."""
    return trade.world.stripe.objects(KIND)[::-1]


def check(trade: Trade, *, error: str | None = None) -> None:
    """Let the person go through with the last session."""
    trade.world.stripe.verify_identity(sessions(trade)[-1]["id"], error=error)
    trade.world.drain()


def logged(trade: Trade, account_id: str) -> list[str]:
    rows = trade.world.services.security_log.page(account_id, None, 50).items
    return [entry.kind for entry in rows][::-1]


def test_a_check_begins_with_a_page_of_stripes_and_nothing_of_ours(trade):
    person = trade.person()

    begun = begin(trade, person)

    [session] = sessions(trade)
    assert (begun.identity.status, begun.url) == ("open", session["url"])
    assert session["metadata"] == {"account_id": person}
    assert session["client_reference_id"] == begun.identity.attempt_id


def test_a_good_document_raises_the_tier_and_stripe_is_asked_to_forget_it(trade):
    person = trade.person()
    begin(trade, person)
    assert trade.services.verification.tier(person) is Tier.EMAIL

    check(trade)

    mine = trade.services.verification.mine(person)
    assert (mine.status, mine.reason, mine.redaction) == ("verified", None, "asked")
    assert trade.services.verification.tier(person) is Tier.IDENTITY
    assert sessions(trade)[0]["redaction"] == {"status": "processing"}
    assert logged(trade, person) == ["identity:started", "identity:verified"]


def test_what_stripe_removed_in_the_end_is_noted(trade):
    person = trade.person()
    begin(trade, person)
    check(trade)

    trade.world.clock.advance(days=1)
    trade.world.stripe.tick()
    trade.world.drain()

    assert trade.services.verification.mine(person).redaction == "done"


def test_nothing_of_the_document_is_stored_or_sent_anywhere(trade):
    begin(trade, trade.person())
    check(trade)

    world = trade.world
    kept = str([world.dynamo.snapshot_items(table) for table in world.dynamo.tables()]) + str(world.mails)
    assert "Jenny" not in kept
    assert "Rosen" not in kept


def test_a_refusal_says_why_and_another_check_may_be_begun(trade):
    person = trade.person()
    begin(trade, person)
    check(trade, error="document_expired")
    refused = trade.services.verification.mine(person)

    begin(trade, person, "again")
    check(trade)

    assert (refused.status, refused.reason, refused.redaction) == ("refused", "document_expired", "asked")
    assert trade.services.verification.mine(person).status == "verified"
    assert [session["status"] for session in sessions(trade)] == ["canceled", "verified"]


def test_there_is_one_check_at_a_time_however_often_it_is_begun(trade):
    person = trade.person()

    urls = {begin(trade, person, key).url for key in ("a", "a", "b")}

    assert len(urls) == 1
    assert len(sessions(trade)) == 1


def test_the_same_attempt_keeps_answering_after_its_end(trade):
    person = trade.person()
    begin(trade, person)
    check(trade, error="abandoned")

    again = begin(trade, person)

    assert (again.identity.status, again.url) == ("refused", None)
    assert len(sessions(trade)) == 1


def test_one_key_names_one_request(trade):
    person = trade.person()
    begin(trade, person)

    with pytest.raises(IdempotencyKeyReused):
        begin(trade, person, url=f"{BACK}/elsewhere")


def test_who_is_verified_need_not_be_verified_again(trade):
    person = trade.person()
    begin(trade, person)
    check(trade)

    with pytest.raises(AlreadyVerified):
        begin(trade, person, "again")


def test_five_checks_a_day_and_no_more(trade):
    person = trade.person()
    for attempt in range(5):
        begin(trade, person, f"attempt-{attempt}")
        check(trade, error="document_unverified_other")

    with pytest.raises(TooManyAttempts):
        begin(trade, person, "one more")

    trade.world.clock.advance(days=1)
    assert begin(trade, person, "tomorrow").identity.status == "open"


@pytest.mark.parametrize("url", ["https://evil.example/", "https://aval.example.evil.example/", "javascript:alert(1)"])
def test_people_are_sent_back_to_the_marketplace_and_nowhere_else(trade, url):
    with pytest.raises(ReturnUrlForeign):
        begin(trade, trade.person(), url=url)

    assert sessions(trade) == []


def test_who_never_began_has_no_check(trade):
    with pytest.raises(VerificationMissing):
        trade.services.verification.mine(trade.person())


def test_the_events_of_a_check_may_come_twice_and_in_any_order(trade):
    person = trade.person()
    begin(trade, person)
    trade.world.stripe.webhooks.mode("shuffled", "duplicated")
    check(trade, error="abandoned")
    session_id = sessions(trade)[0]["id"]

    for _ in range(3):
        trade.services.verification.follow(session_id)
        trade.services.verification.redact(person)

    assert trade.services.verification.mine(person).status == "refused"
    assert logged(trade, person).count("identity:failed") == 1


def test_somebody_who_tries_again_in_a_refused_session_is_heard(trade):
    """Stripe forbids removing what a check is using: the removal waits for the outcome of the second try."""
    person = trade.person()
    begin(trade, person)
    session_id = sessions(trade)[0]["id"]
    trade.world.stripe.verify_identity(session_id, error="selfie_face_mismatch")
    trade.world.stripe.webhooks.flush(lambda _raw, _headers: 200)  # these were lost
    trade.services.stripe_events  # noqa: B018 - built before the person goes on
    read = trade.services.identity_checks.read

    def read_then_submit(name: str) -> Any:
        found = read(name)
        if trade.world.stripe.object(KIND, name)["status"] == "requires_input":
            trade.world.stripe.submit_identity(name)
        return found

    trade.services.identity_checks.read = read_then_submit
    trade.services.verification.follow(session_id)
    waiting = trade.services.verification.mine(person)
    trade.services.identity_checks.read = read
    trade.world.stripe.verify_identity(session_id)
    trade.world.drain()

    mine = trade.services.verification.mine(person)
    assert (waiting.status, waiting.redaction) == ("refused", "due")
    assert (mine.status, mine.redaction) == ("verified", "asked")


def test_a_session_of_another_system_is_let_be(trade):
    client = trade.world.stripe_client()
    client.v1.identity.verification_sessions.create({"type": "document"})
    client.v1.identity.verification_sessions.create({"type": "document", "metadata": {"account_id": "acc_nobody"}})

    trade.world.drain()

    assert trade.services.verification.tier("acc_nobody") is Tier.EMAIL


def test_a_session_that_was_made_and_never_recorded_is_found_by_its_event(trade):
    person = trade.person()
    record = trade.services.identity_store.record_session
    trade.services.identity_store.record_session = _die
    with pytest.raises(Died):
        begin(trade, person)
    trade.services.identity_store.record_session = record
    assert trade.services.verification.mine(person).status == "opening"

    trade.world.drain()

    assert trade.services.verification.mine(person).status == "open"
    assert len(sessions(trade)) == 1


@pytest.mark.parametrize("later", [{"hours": 1}, {"hours": 30}])
def test_a_session_that_was_made_and_never_recorded_is_found_by_whoever_asks_again(trade, later):
    person = trade.person()
    record = trade.services.identity_store.record_session
    trade.services.identity_store.record_session = _die
    with pytest.raises(Died):
        begin(trade, person)
    trade.services.identity_store.record_session = record
    trade.world.stripe.webhooks.mode("dropped")
    trade.world.clock.advance(**later)

    begun = begin(trade, person)

    assert begun.identity.status == "open"
    assert [begun.url] == [session["url"] for session in sessions(trade)]


class Died(BaseException):
    """The process ended here."""


def _die(*_given: Any) -> Any:
    raise Died
