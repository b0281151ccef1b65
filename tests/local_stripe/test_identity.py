import json

import pytest
import stripe

from infra.local.stripe import control
from infra.local.stripe.resources.identity import REFUSALS

NAMES = "identity.verification_session."


def begin(shop, **more):
    given = {"type": "document", "metadata": {"account_id": "acc_1"}, "return_url": "http://shop.test/back"}
    return shop.api.identity.verification_sessions.create({**given, **more})


def happened(shop):
    return [name.removeprefix(NAMES) for name in shop.happened() if name.startswith(NAMES)]


def test_a_session_begins_waiting_for_the_person(shop):
    session = begin(shop, client_reference_id="acc_1")

    assert (session.status, session.type, session.client_reference_id) == ("requires_input", "document", "acc_1")
    assert session.url.startswith(f"http://127.0.0.1:12111/_local/identity/{session.id}?token=")
    assert session.client_secret
    assert happened(shop) == ["created"]


def test_the_same_key_makes_one_session(shop):
    once = {"idempotency_key": "k"}
    sessions = shop.api.identity.verification_sessions

    first, second = (sessions.create({"type": "document"}, once) for _ in range(2))

    assert first.id == second.id
    assert len(sessions.list().data) == 1


def test_a_good_document_verifies(shop):
    session = begin(shop)

    shop.core.verify_identity(session.id)

    found = shop.api.identity.verification_sessions.retrieve(session.id)
    assert (found.status, found.url, found.client_secret) == ("verified", None, None)
    assert found.last_verification_report
    assert happened(shop) == ["created", "processing", "verified"]


def test_what_was_verified_shows_only_when_it_is_asked_for(shop):
    session = begin(shop)
    shop.core.verify_identity(session.id)
    sessions = shop.api.identity.verification_sessions

    plain = sessions.retrieve(session.id).to_dict()
    expanded = sessions.retrieve(session.id, {"expand": ["verified_outputs"]})

    assert "verified_outputs" not in plain
    assert expanded.verified_outputs.first_name == "Jenny"


def test_before_the_check_there_is_nothing_to_expand(shop):
    session = begin(shop, expand=["verified_outputs"])

    assert session.verified_outputs is None


@pytest.mark.parametrize("error", REFUSALS)
def test_every_error_lets_the_person_try_again(shop, error):
    session = begin(shop)

    shop.core.verify_identity(session.id, error=error)

    found = shop.api.identity.verification_sessions.retrieve(session.id)
    assert (found.status, found.last_error.code) == ("requires_input", error)
    assert found.url
    shop.core.verify_identity(session.id)
    assert happened(shop) == ["created", "processing", "requires_input", "processing", "verified"]


def test_a_check_in_progress_can_neither_be_changed_nor_cancelled_nor_redacted(shop):
    session = begin(shop)
    shop.core.submit_identity(session.id)
    sessions = shop.api.identity.verification_sessions

    for attempt in (sessions.cancel, sessions.redact, lambda name: sessions.update(name, {"metadata": {"a": "1"}})):
        with pytest.raises(stripe.InvalidRequestError, match="processing"):
            attempt(session.id)

    assert sessions.retrieve(session.id).status == "processing"


def test_a_waiting_session_is_changed_and_cancelled(shop):
    session = begin(shop)
    sessions = shop.api.identity.verification_sessions

    changed = sessions.update(session.id, {"options": {"document": {"require_matching_selfie": True}}})
    cancelled = sessions.cancel(session.id)

    assert changed.options.document.require_matching_selfie is True
    assert (cancelled.status, cancelled.url) == ("canceled", None)
    assert happened(shop) == ["created", "canceled"]
    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        sessions.cancel(session.id)


def test_a_redaction_takes_time_and_leaves_nothing_of_the_person(shop):
    session = begin(shop, provided_details={"email": "jenny@example.com"})
    shop.core.verify_identity(session.id)
    sessions = shop.api.identity.verification_sessions

    redacting = sessions.redact(session.id)
    shop.clock.move(days=1)
    shop.core.tick()

    redacted = sessions.retrieve(session.id, {"expand": ["verified_outputs"]})
    assert (redacting.redaction.status, redacted.redaction.status) == ("processing", "redacted")
    assert (redacted.status, redacted.metadata.to_dict()) == ("verified", {})
    assert redacted.verified_outputs.first_name == "[redacted]"
    assert happened(shop)[-1] == "redacted"
    assert "jenny@example.com" not in json.dumps(shop.core.events())


def test_redacting_a_waiting_session_cancels_it(shop):
    session = begin(shop)

    redacted = shop.api.identity.verification_sessions.redact(session.id)

    assert (redacted.status, redacted.redaction.status) == ("canceled", "processing")
    assert happened(shop) == ["created", "canceled"]


def test_a_session_is_redacted_once(shop):
    session = begin(shop)
    shop.api.identity.verification_sessions.redact(session.id)

    with pytest.raises(stripe.InvalidRequestError, match="already"):
        shop.api.identity.verification_sessions.redact(session.id)


def test_events_carry_nothing_that_opens_the_page(shop):
    begin(shop)

    [created] = [event for event in shop.core.events() if event["type"] == f"{NAMES}created"]

    assert created["data"]["object"]["client_secret"] is None
    assert created["data"]["object"]["url"] is None


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({}, "type"),
        ({"type": "face"}, "type"),
        ({"type": "document", "verification_flow": "vf_1"}, "verification_flow"),
        ({"type": "document", "related_customer": "cus_none"}, "related_customer"),
        ({"type": "document", "options": {"document": {"allowed_types": ["library_card"]}}}, None),
    ],
)
def test_a_wrong_request_is_refused(shop, given, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.identity.verification_sessions.create(given)

    assert param is None or refused.value.param == param


def test_sessions_are_listed_by_reference_status_and_age(shop):
    first, second = begin(shop, client_reference_id="acc_1"), begin(shop, client_reference_id="acc_2")
    shop.core.verify_identity(second.id)
    sessions = shop.api.identity.verification_sessions

    assert [each.id for each in sessions.list({"client_reference_id": "acc_1"}).data] == [first.id]
    assert [each.id for each in sessions.list({"status": "verified"}).data] == [second.id]
    assert [each.id for each in sessions.list({"created": {"gte": second.created}}).data] == [second.id, first.id]


def test_a_session_of_another_account_does_not_exist(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.identity.verification_sessions.retrieve("vs_none")

    assert refused.value.code == "resource_missing"


def test_the_page_shows_and_decides(shop):
    session = begin(shop)
    target = session.url.removeprefix("http://127.0.0.1:12111")

    shown = control.serve(shop.core, "GET", target, b"", lambda: 0)
    wrong = control.serve(shop.core, "GET", f"/_local/identity/{session.id}?token=no", b"", lambda: 0)
    decided = control.serve(shop.core, "POST", target, b"outcome=pass", lambda: 0)

    assert (shown.status, wrong.status) == (200, 404)
    assert (decided.status, decided.headers["Location"]) == (303, "http://shop.test/back")
    assert shop.api.identity.verification_sessions.retrieve(session.id).status == "verified"


def test_the_control_interface_refuses_an_error_that_stripe_does_not_know(shop):
    session = begin(shop)
    given = json.dumps({"session": session.id, "error": "ugly"}).encode()

    reply = control.serve(shop.core, "POST", "/_local/verify_identity", given, lambda: 0)

    assert reply.status == 400


def test_a_session_survives_a_restart(shop):
    session = begin(shop)
    shop.core.verify_identity(session.id)
    saved = json.loads(json.dumps(shop.core.dump()))

    assert any(record["id"] == session.id for record in saved["world"]["store"]["records"])
