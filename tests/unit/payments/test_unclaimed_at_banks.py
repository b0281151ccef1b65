"""What waits for a buyer, or was sent to them again, when their bank decides: it is owed as long as nobody paid it."""

from marketplace.audit.invariants import check
from marketplace.ledger.model import CHARGEBACK_LOSS, LATE_PAYMENT, REFUND_OWED, UNCLAIMED
from marketplace.payments.desk import CLOSE
from marketplace.payments.model import IntentState, late_refund_intent_id
from marketplace.payments.overtaken import OVERTAKEN
from marketplace.payments.unclaimed_model import Stage, Way, Whose
from tests.crash.flows import prepare_late
from tests.unit.payments.test_desk import PART, agree, booked, parked_transfer
from tests.unit.payments.test_unclaimed import decide


def charge_back(world, **how):
    charge = next(each for each in world.stripe.objects("charge") if each["status"] == "succeeded")
    case = world.stripe.open_dispute(charge["id"], **how)
    world.drain()
    return case["id"]


def bank_says(world, case, *, won):
    world.stripe.close_dispute(case, won=won)
    world.drain()
    world.sweep()


def test_what_waits_for_a_buyer_is_owed_no_more_once_their_bank_has_paid(world, buyers):
    order, name = buyers

    bank_says(world, charge_back(world), won=False)

    row = world.services.unclaimed.read(name)
    assert (row.stage, row.amount_minor) == (Stage.BANK_PAID, PART)
    assert {UNCLAIMED, CHARGEBACK_LOSS} & booked(world, order.order_id).keys() == set()
    assert world.services.unclaimed.page(None, 10).items == ()


def test_a_bank_that_gives_its_case_up_leaves_it_waiting(world, buyers):
    order, name = buyers

    bank_says(world, charge_back(world), won=True)

    assert world.services.unclaimed.read(name).stage is Stage.WAITING
    assert booked(world, order.order_id)[UNCLAIMED] == -PART


def test_what_a_bank_paid_and_gives_back_after_all_waits_for_people_as_nobodys(world, buyers):
    order, _ = buyers
    case = charge_back(world)
    bank_says(world, case, won=False)

    world.stripe.overturn_dispute(case)
    world.drain()
    world.sweep()

    [row] = world.services.unclaimed.page(None, 10).items
    assert (row.whose, row.amount_minor) == (Whose.NOBODY, order.total_minor)
    assert booked(world, order.order_id)[LATE_PAYMENT] == -order.total_minor
    assert list(check(world.view())) == []


def test_what_was_sent_again_while_a_bank_looks_ends_when_the_bank_pays(world, buyers, finance):
    order, name = buyers
    case = charge_back(world)
    decide(world, name, Way.BUYER, finance)
    again = world.services.unclaimed.read(name).sent_as
    parked = world.services.payment_store.intent(again)

    bank_says(world, case, won=False)

    intent = world.services.payment_store.intent(again)
    assert (parked.state, parked.reason) == (IntentState.PARKED, "charge_disputed")
    assert (intent.state, intent.reason) == (IntentState.CLOSED, OVERTAKEN)
    assert {REFUND_OWED, CHARGEBACK_LOSS} & booked(world, order.order_id).keys() == set()


def test_what_was_sent_again_while_a_bank_looks_goes_on_when_the_bank_gives_it_back(world, buyers, finance):
    order, name = buyers
    case = charge_back(world)
    decide(world, name, Way.BUYER, finance)

    bank_says(world, case, won=True)

    again = world.services.payment_store.intent(world.services.unclaimed.read(name).sent_as)
    assert again.state is IntentState.DONE
    assert REFUND_OWED not in booked(world, order.order_id)


def test_what_is_sent_again_after_the_bank_paid_a_part_is_paid_by_it_at_once(world, trade, finance):
    order, name = parked_transfer(trade)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, name, finance)
    case = charge_back(world)
    decide(world, name, Way.BUYER, finance)
    again = world.services.unclaimed.read(name).sent_as

    bank_says(world, case, won=False)

    assert world.services.payment_store.intent(again).state is IntentState.CLOSED
    assert {REFUND_OWED, UNCLAIMED, CHARGEBACK_LOSS} & booked(world, order.order_id).keys() == set()


def test_a_late_payment_that_waits_is_owed_no_more_once_a_bank_has_paid_it(world, late):
    payment_id, name = late

    bank_says(world, charge_back(world), won=False)

    assert world.services.unclaimed.read(name).stage is Stage.BANK_PAID
    assert booked(world, payment_id).keys() <= {"stripe", "stripe_fees", CHARGEBACK_LOSS}
    legs = (leg for each in world.view().ledger for leg in each.postings)
    assert sum(leg.amount_minor for leg in legs if leg.account == CHARGEBACK_LOSS) == 0


def test_a_late_payment_waits_again_when_the_bank_gives_it_back(world, late):
    payment_id, name = late
    case = charge_back(world)
    bank_says(world, case, won=False)
    world.clock.advance(days=30)

    world.stripe.overturn_dispute(case)
    world.drain()

    row = world.services.unclaimed.read(name)
    assert (row.stage, row.since) == (Stage.WAITING, world.clock.now())
    assert booked(world, payment_id)[UNCLAIMED] == -row.amount_minor


def test_a_late_payment_that_was_sent_again_ends_when_the_bank_pays(world, late, finance):
    _, name = late
    case = charge_back(world)
    decide(world, name, Way.BUYER, finance)
    again = world.services.unclaimed.read(name).sent_as

    bank_says(world, case, won=False)

    assert world.services.payment_store.intent(again).state is IntentState.CLOSED


def losses(world):
    legs = [leg for each in world.view().ledger for leg in each.postings]
    return sum(leg.amount_minor for leg in legs if leg.account == CHARGEBACK_LOSS)


def owed_late(world, payment_id):
    accounts = booked(world, payment_id)
    return -accounts.get(UNCLAIMED, 0) - accounts.get(LATE_PAYMENT, 0)


def test_a_late_payment_that_a_bank_paid_and_gave_back_is_paid_by_the_next_one(world, trade, finance):
    payment_id = prepare_late(trade).payment.payment_id
    world.drain()
    name = late_refund_intent_id(payment_id)
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    first = charge_back(world)
    bank_says(world, first, won=False)
    world.stripe.overturn_dispute(first)
    world.drain()
    world.sweep()
    again = next(each for each in world.stripe.objects("refund") if each["status"] == "succeeded")
    world.stripe.fail_refund(again["id"])
    world.drain()
    world.clock.advance(minutes=3)
    agree(world, CLOSE, name, finance)

    second = charge_back(world)
    bank_says(world, second, won=False)
    assert world.services.unclaimed.read(name).stage is Stage.BANK_PAID
    assert (losses(world), owed_late(world, payment_id)) == (0, 0)

    world.stripe.overturn_dispute(second)
    world.drain()
    row = world.services.unclaimed.read(name)
    assert (row.stage, row.amount_minor, losses(world)) == (Stage.WAITING, 10_000, 0)


def test_a_part_of_a_late_payment_that_a_bank_keeps_is_owed_no_more_and_the_rest_is(world, late):
    payment_id, name = late

    first = charge_back(world, amount=4_000)
    bank_says(world, first, won=False)
    world.clock.advance(hours=3)
    world.drain()
    row = world.services.unclaimed.read(name)
    assert (row.stage, row.amount_minor) == (Stage.WAITING, 6_000)
    assert (losses(world), owed_late(world, payment_id)) == (0, 6_000)

    second = charge_back(world, amount=6_000)
    bank_says(world, second, won=False)
    assert world.services.unclaimed.read(name).stage is Stage.BANK_PAID
    assert (losses(world), owed_late(world, payment_id)) == (0, 0)

    for case, waits_minor in ((second, 6_000), (first, 10_000)):
        world.stripe.overturn_dispute(case)
        world.drain()
        row = world.services.unclaimed.read(name)
        assert (row.stage, row.amount_minor, losses(world)) == (Stage.WAITING, waits_minor, 0)


def test_what_a_bank_left_of_a_late_payment_waits_when_its_refund_had_come_back(world, trade):
    payment_id = prepare_late(trade).payment.payment_id
    world.drain()
    world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
    world.drain()
    name = late_refund_intent_id(payment_id)

    case = charge_back(world, amount=4_000)
    bank_says(world, case, won=False)

    intent, row = world.services.payment_store.intent(name), world.services.unclaimed.read(name)
    assert (intent.state, row.stage, row.amount_minor) == (IntentState.CLOSED, Stage.WAITING, 6_000)
    assert (losses(world), owed_late(world, payment_id)) == (0, 6_000)

    world.stripe.overturn_dispute(case)
    world.drain()
    assert world.services.unclaimed.read(name).amount_minor == owed_late(world, payment_id) == 10_000
    assert losses(world) == 0
