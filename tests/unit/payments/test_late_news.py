"""Whose payment came too late is told so, and what becomes of it: in their language, each fact once."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.notifications.model import BUYER
from marketplace.notifications.rendering import render
from marketplace.payments.desk import CLOSE, RETRY
from marketplace.payments.unclaimed_model import Stage, Way
from tests.crash.checks import events_of
from tests.crash.flows import prepare_late, prepare_late_at_bank
from tests.unit.payments.test_desk import agree
from tests.unit.payments.test_paid_outside import paid as pay_outside
from tests.unit.payments.test_unclaimed import decide
from tests.unit.payments.test_unclaimed_at_banks import bank_says, charge_back

NEWS = "refund.late_"


def notices(world, payment_id):
    """The payer's notices of it, the oldest first."""
    buyer_id = world.services.payment_store.read(payment_id).buyer_id
    rows = world.services.notifications.page(buyer_id, None, 50).items
    return [row for row in reversed(rows) if row.kind.startswith(NEWS)]


def told(world, payment_id):
    return [row.kind.removeprefix(NEWS) for row in notices(world, payment_id)]


def mails(world):
    return [mail.subject for mail in world.mails if "late" in mail.subject or "tard" in mail.subject]


@pytest.fixture
def payment_id(trade):
    """Paid at Stripe, and nobody has heard of it yet."""
    return prepare_late(trade).payment.payment_id


def test_a_late_payer_hears_that_it_came_and_that_it_was_sent_back(world, payment_id):
    world.drain()

    came, sent = notices(world, payment_id)
    refund = world.stripe.objects("refund")[0]
    assert (came.kind, sent.kind) == ("refund.late_payment", "refund.late_done")
    assert came.data["refund_minor"] == sent.data["refund_minor"] == refund["amount"]
    assert sent.data["receipt_id"] == refund["id"]
    assert len(mails(world)) == 2


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", ("€100.00", "after the reservation had ended", "refunding the whole", "within 5 to 10 days")),
        ("es", ("100,00", "la reserva ya había terminado", "Te reembolsamos ahora", "entre 5 y 10 días")),
    ],
)
def test_the_notice_says_how_much_why_and_when(world, payment_id, locale, said):
    world.drain()
    came = notices(world, payment_id)[0]

    text = render(came.kind, BUYER, came.subject, came.data, locale)

    order_id = world.services.payment_store.read(payment_id).order_ids[0]
    assert all(each in text.body for each in (*said, order_id))
    assert text.path == f"/orders/{order_id}"


def test_however_often_stripe_tells_of_it_the_payer_hears_each_once(world, payment_id):
    for _ in range(3):
        world.services.payments.complete(payment_id)
        world.drain()

    assert told(world, payment_id) == ["payment", "done"]
    assert len(mails(world)) == 2


def test_that_it_came_is_published_with_its_booking_and_waits_for_no_refund(world, payment_id):
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    with pytest.raises(Unavailable):
        world.services.payments.complete(payment_id)

    published = [each.kind for each in events_of(world) if each.kind.startswith(NEWS)]
    assert published == ["refund.late_payment"]
    world.drain()
    assert told(world, payment_id) == ["payment", "done"]


def test_a_refund_that_the_bank_sent_back_is_told_and_so_is_that_it_waits(world, late):
    payment_id, _ = late

    assert told(world, payment_id) == ["payment", "done", "failed", "waits"]
    assert {row.data["refund_minor"] for row in notices(world, payment_id)} == {10_000}


def test_a_refund_that_is_sent_again_is_told_with_its_own_reference(world, late_refund_back, finance):
    payment_id, name = late_refund_back

    agree(world, RETRY, name, finance)
    world.drain()

    assert told(world, payment_id) == ["payment", "done", "failed", "done"]
    references = {row.data["receipt_id"] for row in notices(world, payment_id) if row.kind.endswith("done")}
    assert references == {each["id"] for each in world.stripe.objects("refund")}


def test_a_refund_that_stripe_refuses_is_told_once_an_attempt(world, trade):
    placed = prepare_late_at_bank(won=True)(trade)

    assert told(world, placed.payment.payment_id) == ["payment", "failed"]
    world.drain()
    world.sweep()
    world.drain()
    assert told(world, placed.payment.payment_id) == ["payment", "failed", "done"]


def test_what_is_paid_by_other_means_is_told(world, late, finance):
    payment_id, name = late

    pay_outside(world, name, finance)

    assert told(world, payment_id)[-2:] == ["waits", "paid_outside"]


def test_kept_money_that_is_sent_after_all_is_told(world, late, finance):
    payment_id, name = late

    decide(world, name, Way.BUYER, finance)
    world.drain()

    assert told(world, payment_id)[-2:] == ["waits", "done"]


def test_a_refund_that_stopped_as_the_bank_has_paid_is_told_so(world, trade):
    placed = prepare_late_at_bank(won=False)(trade)

    world.drain()

    assert told(world, placed.payment.payment_id) == ["payment", "failed", "bank_paid"]


def test_what_a_bank_left_of_a_late_payment_is_told_as_waiting(world, late_refund_back):
    payment_id, _ = late_refund_back

    bank_says(world, charge_back(world, amount=4_000), won=False)

    news = [(row.kind, row.data["refund_minor"]) for row in notices(world, payment_id)[-2:]]
    assert sorted(news) == [("refund.late_bank_paid", 4_000), ("refund.late_waits", 6_000)]


def test_what_a_bank_paid_and_took_back_waits_again_and_is_told(world, late):
    payment_id, _ = late
    case = charge_back(world)
    bank_says(world, case, won=False)

    world.stripe.overturn_dispute(case)
    world.drain()

    assert told(world, payment_id)[-3:] == ["waits", "bank_paid", "waits"]


def test_what_a_bank_gives_back_of_kept_money_is_decided_anew_as_its_payer_is_told(world, late, finance):
    payment_id, name = late
    decide(world, name, Way.KEEP, finance)
    world.drain()
    case = charge_back(world, amount=4_000)
    bank_says(world, case, won=False)

    world.stripe.overturn_dispute(case)
    world.drain()

    row = world.services.unclaimed.read(name)
    assert (row.stage, row.amount_minor, row.since) == (Stage.WAITING, 10_000, world.clock.now())
    assert (told(world, payment_id)[-1], world.services.backlog.look().unclaimed) == ("waits", 1)


def test_a_refund_of_which_nobody_knows_is_not_said_to_be_refused(world, payment_id):
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=50)
    with pytest.raises(Unavailable):
        world.services.payments.complete(payment_id)
    world.clock.advance(hours=25)
    world.sweep()
    world.drain()

    last = notices(world, payment_id)[-1]
    assert "or we got no answer" in render(last.kind, BUYER, last.subject, last.data, "en").body


def test_a_refund_of_an_order_is_told_as_before(world, trade, buyers):
    order, _ = buyers

    assert told(world, order.payment_id) == []


def test_closing_a_late_refund_is_told_once_however_often_it_is_approved(world, late_refund_back, finance):
    payment_id, name = late_refund_back

    agree(world, CLOSE, name, finance)
    world.drain()
    world.drain()

    assert told(world, payment_id).count("waits") == 1
