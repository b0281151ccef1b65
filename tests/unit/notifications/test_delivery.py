"""Each recipient and channel hears of an event at most once, and of what surely failed again."""

import pytest

from marketplace.kit.errors import Conflict, Missing, Unavailable
from marketplace.kit.writes import OutcomeUnknown
from marketplace.notifications.model import DeliveryDelayed, Outcome
from marketplace.notifications.ports import MailNotSent, MailOutcomeUnknown, MailRefused
from tests.unit.notifications.making import BUYER, NOW, SELLER, Telling, account_event, order_event


@pytest.fixture
def telling():
    return Telling()


def mailed_to(telling):
    return [mail.to for mail in telling.mailer.sent]


def mail_claim(telling, account_id, event):
    return telling.inboxes.claims.get((account_id, event.event_id, "mail"))


def test_a_paid_order_reaches_both_parties_by_inbox_and_mail(telling):
    outcomes = telling.delivery.deliver(order_event("paid"))

    assert outcomes == (
        Outcome("buyer", "inbox", "stored"),
        Outcome("buyer", "mail", "sent"),
        Outcome("seller", "inbox", "stored"),
        Outcome("seller", "mail", "sent"),
    )
    assert mailed_to(telling) == ["lucia@example.com", "tomas@example.com"]


def test_mail_is_written_in_the_recipients_language(telling):
    telling.delivery.deliver(order_event("paid"))

    spanish, english = telling.mailer.sent
    assert spanish.subject == "Hemos recibido el pago del pedido ord_bike"
    assert spanish.body.startswith("Hola, Lucía:\n\nHemos recibido 1249,50")
    assert spanish.body.endswith("https://aval.example/orders/ord_bike\n\nAval\n")
    assert english.body.startswith("Hello Tomás,\n\nThe buyer paid €1,249.50")


@pytest.mark.parametrize("repeats", [1, 4])
def test_an_event_that_comes_again_is_not_told_again(telling, repeats):
    telling.delivery.deliver(order_event("paid"))

    for _ in range(repeats):
        outcomes = telling.delivery.deliver(order_event("paid"))

    assert {outcome.result for outcome in outcomes} == {"already_told"}
    assert len(telling.mailer.sent) == 2
    assert len(telling.inboxes.notifications) == 2


def test_two_events_of_one_kind_are_two_notices(telling):
    telling.delivery.deliver(order_event("paid"))
    telling.delivery.deliver(account_event("account.totp_enabled"))
    telling.delivery.deliver(order_event("shipped"))

    assert mailed_to(telling).count("lucia@example.com") == 3


def test_some_kinds_stay_in_the_inbox(telling):
    telling.delivery.deliver(order_event("settling", via="confirm"))

    assert telling.mailer.sent == []
    assert len(telling.inboxes.notifications) == 2


def test_a_mail_that_surely_did_not_leave_is_sent_when_the_event_returns(telling):
    telling.mailer.failures = [MailNotSent()]

    with pytest.raises(DeliveryDelayed) as delayed:
        telling.delivery.deliver(order_event("paid"))
    outcomes = telling.delivery.deliver(order_event("paid"))

    assert delayed.value.facts == {"notices": "buyer.mail"}
    assert [outcome.result for outcome in outcomes] == ["already_told", "sent", "already_told", "already_told"]
    assert sorted(mailed_to(telling)) == ["lucia@example.com", "tomas@example.com"]


def test_one_recipients_failure_does_not_stop_the_other(telling):
    telling.mailer.failures = [MailNotSent()]

    with pytest.raises(DeliveryDelayed):
        telling.delivery.deliver(order_event("paid"))

    assert mailed_to(telling) == ["tomas@example.com"]


def test_a_mail_that_may_have_left_is_never_repeated(telling):
    telling.mailer.failures = [MailOutcomeUnknown()]

    outcomes = telling.delivery.deliver(order_event("paid"))
    telling.delivery.deliver(order_event("paid"))

    assert Outcome("buyer", "mail", "unknown") in outcomes
    assert mail_claim(telling, BUYER, order_event("paid")) == "unknown"
    assert mailed_to(telling) == ["tomas@example.com"]


def test_a_mail_that_is_refused_for_good_is_recorded_and_not_repeated(telling):
    telling.mailer.failures = [MailRefused()]

    telling.delivery.deliver(order_event("paid"))
    telling.delivery.deliver(order_event("paid"))

    assert mail_claim(telling, BUYER, order_event("paid")) == "refused"
    assert mailed_to(telling) == ["tomas@example.com"]


def test_a_process_that_dies_after_the_claim_loses_the_mail_rather_than_sending_two(telling):
    class Died(BaseException):
        pass

    telling.mailer.failures = [Died()]

    with pytest.raises(Died):
        telling.delivery.deliver(order_event("paid"))
    telling.delivery.deliver(order_event("paid"))

    assert mail_claim(telling, BUYER, order_event("paid")) == "claimed"
    assert mailed_to(telling) == ["tomas@example.com"]


def test_a_sent_mail_whose_record_fails_still_counts_as_sent(telling):
    # commits of the buyer: inbox, mail claim, settled
    telling.transactions.failures = [None, None, Unavailable()]

    outcomes = telling.delivery.deliver(order_event("paid"))

    assert Outcome("buyer", "mail", "sent") in outcomes
    assert mail_claim(telling, BUYER, order_event("paid")) == "claimed"


def test_a_table_that_does_not_answer_delays_the_notice(telling):
    telling.transactions.failures = [Unavailable()]

    with pytest.raises(DeliveryDelayed) as delayed:
        telling.delivery.deliver(order_event("paid"))

    assert delayed.value.facts == {"notices": "buyer.inbox"}


@pytest.mark.parametrize("claimed", [True, False])
def test_a_claim_without_an_answer_is_given_back_so_that_the_mail_is_not_lost(telling, claimed):
    event = order_event("paid")
    telling.transactions.failures = [None, OutcomeUnknown()]  # the buyer's inbox, the buyer's mail claim
    if claimed:
        telling.transactions.applied_all_the_same = True

    with pytest.raises(DeliveryDelayed):
        telling.delivery.deliver(event)
    telling.delivery.deliver(event)

    assert mailed_to(telling) == ["tomas@example.com", "lucia@example.com"]


def test_an_account_that_is_gone_gets_no_mail(telling):
    del telling.contacts.people[BUYER]

    outcomes = telling.delivery.deliver(order_event("paid"))

    assert Outcome("buyer", "mail", "no_such_account") in outcomes
    assert mailed_to(telling) == ["tomas@example.com"]


def test_a_new_account_gets_its_verification_link_by_mail_and_nowhere_else(telling):
    telling.delivery.deliver(account_event("account.signed_up"))

    [mail] = telling.mailer.sent
    assert f"https://aval.example/verify?token=token-of-{BUYER}" in mail.body
    assert telling.inboxes.notifications == {}
    assert "token-of" not in repr(telling.inboxes.claims)
    assert "token-of" not in repr(mail)


def test_a_verification_token_is_minted_once_however_often_the_event_comes(telling):
    minted = []
    telling.mint = lambda account_id: minted.append(account_id) or "t"

    telling.delivery.deliver(account_event("account.signed_up"))
    telling.delivery.deliver(account_event("account.signed_up"))

    assert minted == [BUYER]


@pytest.mark.parametrize("gone", [Missing(), Conflict()])
def test_nothing_is_sent_when_there_is_nothing_left_to_verify(telling, gone):
    def mint(account_id):
        raise gone

    telling.mint = mint

    outcomes = telling.delivery.deliver(account_event("account.verification_resent"))

    assert outcomes == (Outcome("account", "mail", "not_due"),)
    assert telling.mailer.sent == []


def test_nothing_is_sent_when_the_minter_gives_no_token(telling):
    telling.mint = lambda account_id: None

    assert telling.delivery.deliver(account_event("account.signed_up")) == (Outcome("account", "mail", "not_due"),)


def test_a_token_that_could_not_be_minted_is_minted_when_the_event_returns(telling):
    def failing(account_id):
        raise Unavailable

    telling.mint, minting = failing, telling.mint

    with pytest.raises(DeliveryDelayed):
        telling.delivery.deliver(account_event("account.signed_up"))
    telling.mint = minting
    telling.delivery.deliver(account_event("account.signed_up"))

    assert mailed_to(telling) == ["lucia@example.com"]


def test_a_repeated_signup_is_told_to_the_address_without_a_token(telling):
    telling.delivery.deliver(account_event("account.signup_repeated"))

    [mail] = telling.mailer.sent
    assert mail.subject == "Ya tienes una cuenta"
    assert "token" not in mail.body


def test_the_inbox_keeps_facts_and_the_time_it_happened(telling):
    telling.clock.advance(hours=2)

    telling.delivery.deliver(order_event("paid"))

    [kept] = telling.inboxes.page(SELLER, None, 10, NOW).items
    assert (kept.kind, kept.party, kept.subject, kept.occurred_at) == ("order.paid", "seller", "ord_bike", NOW)
    assert kept.data["total_minor"] == 124_950
