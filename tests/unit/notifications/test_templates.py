"""Every fact that concerns somebody is told, in both languages, completely."""

import ast
import re
import string
from pathlib import Path

import pytest

from marketplace.decisions.kinds import KINDS as DECISIONS
from marketplace.notifications.model import INBOX, MAIL
from marketplace.notifications.rendering import render
from marketplace.notifications.templates import TEMPLATES, notices_of
from marketplace.notifications.texts_endings import WHY
from marketplace.orders.process import PROCESSES
from marketplace.outbox.model import Event, queues_for
from tests.unit.notifications.making import BUYER, NOW, SELLER, order_event

PACKAGE = Path(__file__).parents[3] / "layers/shared/python/marketplace"
STATES = sorted({state for process in PROCESSES.values() for state in process.states})
KNOWN = {
    "order",
    "total",
    "refund",
    "deadline",
    "dispute",
    "receipt",
    "why",
    "amount",
    "reason",
    "hold",
    "until",
    "received",
}
KNOWN |= {"decision", "month", "received", "reference"}
TOLD = sorted(TEMPLATES.values(), key=lambda template: (template.kind, template.party))


def name(template):
    return f"{template.kind}-{template.party}"


@pytest.mark.parametrize("state", STATES)
def test_every_order_state_is_told_to_somebody(state):
    told = [party for kind, party in TEMPLATES if kind == f"order.{state}"]

    assert told


@pytest.mark.parametrize("state", STATES)
def test_whoever_pays_always_learns_what_became_of_it(state):
    assert (f"order.{state}", "buyer") in TEMPLATES


def test_every_way_into_settling_has_a_reason():
    ways = {row.name for process in PROCESSES.values() for row in process.transitions if row.target == "settling"}

    assert ways <= set(WHY)


def test_every_kind_that_the_code_publishes_for_people_has_a_template():
    kind = re.compile(r"(account|seller|dispute|review|hold)\.[a-z_]+")
    published = {
        node.value
        for area in ("accounts", "orders", "disputes", "reviews", "trust")
        for path in (PACKAGE / area).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and kind.fullmatch(node.value)
    }

    assert len(published) > 5
    # A kind of decision is told as decision.made, whatever it is about.
    assert published - set(DECISIONS) <= {told for told, _ in TEMPLATES}


def test_every_template_is_for_an_event_that_reaches_the_notifications_queue():
    assert all("notifications" in queues_for(told) for told, _ in TEMPLATES)


@pytest.mark.parametrize("template", TOLD, ids=name)
def test_a_template_uses_only_placeholders_that_always_have_a_value(template):
    texts = [template.path, *(getattr(w, part) for w in (template.en, template.es) for part in ("subject", "body"))]
    used = {field for text in texts for _, field, _, _ in string.Formatter().parse(text) if field is not None}

    assert used <= KNOWN


@pytest.mark.parametrize("template", TOLD, ids=name)
def test_both_languages_state_the_same_facts(template):
    def used(wording):
        return {field for _, field, _, _ in string.Formatter().parse(wording.subject + wording.body) if field}

    assert used(template.en) == used(template.es)
    assert template.en != template.es


@pytest.mark.parametrize("template", TOLD, ids=name)
@pytest.mark.parametrize("locale", ["es", "en"])
def test_a_template_reads_whole_even_when_the_event_carried_nothing(template, locale):
    text = render(template.kind, template.party, "x_1", {}, locale)

    assert "{" not in text.title + text.body + text.path
    assert text.body.endswith((".", "?"))


@pytest.mark.parametrize("template", TOLD, ids=name)
def test_the_payment_is_called_protected_and_never_escrow(template):
    words = str((template.en, template.es)).lower()

    assert "escrow" not in words
    assert "depósito en garantía" not in words


@pytest.mark.parametrize("template", TOLD, ids=name)
def test_a_subject_fits_one_line_of_a_mail_client(template):
    for wording in (template.en, template.es):
        assert len(wording.subject) <= 90
        assert "\n" not in wording.subject


def test_links_for_verification_go_by_mail_only():
    verifying = [template for template in TOLD if template.verifies]

    assert {template.kind for template in verifying} == {"account.signed_up", "account.verification_resent"}
    assert all(template.channels == (MAIL,) for template in verifying)


def test_channels_are_known_and_never_empty():
    assert all(set(template.channels) <= {INBOX, MAIL} and template.channels for template in TOLD)


def test_both_parties_of_an_order_are_told_under_their_own_accounts():
    told = [(notice.template.party, notice.account_id) for notice in notices_of(order_event("paid"))]

    assert told == [("buyer", BUYER), ("seller", SELLER)]


def test_an_account_is_told_about_itself():
    [notice] = notices_of(Event("evt_1", "account.totp_enabled", BUYER, NOW))

    assert notice.account_id == BUYER


def test_a_published_review_is_told_to_the_one_it_is_about():
    about = Event(
        "evt_1", "review.published", "rev_1", NOW, {"order_id": "ord_1", "author_id": BUYER, "subject_id": SELLER}
    )

    [notice] = notices_of(about)

    assert notice.account_id == SELLER


def test_an_event_nobody_wrote_a_text_for_is_told_to_nobody():
    assert list(notices_of(Event("evt_1", "order.teleported", "ord_1", NOW, {"buyer_id": BUYER}))) == []


def test_a_party_that_the_event_does_not_name_is_left_out():
    told = list(notices_of(Event("evt_1", "order.paid", "ord_1", NOW, {"buyer_id": BUYER})))

    assert [notice.account_id for notice in told] == [BUYER]
