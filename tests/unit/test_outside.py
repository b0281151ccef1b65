"""States that are gone on from alike have one name; one that differs anywhere has a name of its own."""

from contextlib import ExitStack
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest

from infra.local.stripe.webhooks import Delivery
from marketplace.outbox.store import event_from_image
from tests.crash.flows import FLOWS
from tests.crash.harness import faulty_worlds
from tests.fakes.faults_enumeration import Fault, survive
from tests.fakes.outside import Names

FLOW = "buyer confirms"


@pytest.fixture(scope="module")
def worlds():
    with ExitStack() as stack:
        yield stack.enter_context(faulty_worlds(FLOWS[FLOW]))


@pytest.fixture
def world(worlds):
    """A world in the middle: a webhook, a message, an open execution, a mail and saved answers are there."""
    fallen(worlds, Fault(21, "", "crash_before"))
    world = worlds.world
    world.alarms.append(("something", {"order_id": "ord_1"}))
    world.queues.send("notifications", event_of(world))
    return world


def fallen(worlds, fault: Fault) -> str:
    world = worlds.again()
    world.faults.arm(fault.call_number, fault.kind)
    survive(worlds.run, world)
    world.faults.reset()
    return worlds.names.now()


def event_of(world):
    return event_from_image(next(iter(items(world, "outbox").values())))


def items(world, area):
    return world.dynamo.everything()[f"aval-local-{area}"].items


def test_the_same_fault_leaves_the_same_state_each_time(worlds):
    fault = Fault(21, "", "timeout_lost")

    assert fallen(worlds, fault) == fallen(worlds, fault)


def test_dying_before_a_call_is_dying_after_the_read_before_it(worlds):
    worlds.run(worlds.again())
    sites = worlds.faults.sites
    read = next(n for n, site in enumerate(sites, 1) if site.endswith("GetItem"))

    assert fallen(worlds, Fault(read, "", "crash_before")) == fallen(worlds, Fault(read, "", "crash_after"))


def test_dying_before_and_after_a_write_leaves_two_states(worlds):
    worlds.run(worlds.again())
    write = next(n for n, site in enumerate(worlds.faults.sites, 1) if site.endswith("TransactWriteItems"))

    assert fallen(worlds, Fault(write, "", "crash_before")) != fallen(worlds, Fault(write, "", "crash_after"))


def test_coming_back_to_a_moment_comes_back_to_its_name(worlds, world):
    moment, name = world.snapshot(), worlds.names.now()
    worlds.run(worlds.again())

    assert worlds.names.now() != name
    worlds.go_on(moment)
    assert worlds.names.now() == name


def test_what_only_a_process_knew_has_no_name(worlds, world):
    name = worlds.names.now()

    world.restart()
    world.ids.leap()
    world.services.order_store.read(worlds.made.order_id)
    world.stripe_client().v1.balance.retrieve()

    assert worlds.names.now() == name


def one_attribute_of_an_item(world):
    found = items(world, "orders")
    key = next(iter(found))
    found[key] = {**found[key], "total_minor": {"N": "10001"}}


def one_attribute_less(world):
    found = items(world, "payments")
    key = next(iter(found))
    found[key] = {name: value for name, value in found[key].items() if name in {"pk", "sk"}}


def one_item_less(world):
    items(world, "ledger").pop(next(iter(items(world, "ledger"))))


def a_text_for_a_number(world):
    found = items(world, "payments")
    key, name = next((key, name) for key, item in found.items() for name, value in item.items() if "N" in value)
    found[key] = {**found[key], name: {"S": found[key][name]["N"]}}


def one_message_more(world):
    world.queues.send("payments", event_of(world))


def one_message_less(world):
    world.queues.of("notifications").pop()


def one_word_of_a_message(world):
    queue = world.queues.of("notifications")
    queue.append(replace(queue.pop(), subject="ord_other"))


def the_order_of_messages(world):
    other = replace(event_of(world), subject="ord_other")
    world.queues.of("notifications").append(other)
    before = name_of(world)
    world.queues.of("notifications").rotate(1)
    assert name_of(world) != before


def an_answer_that_stripe_saved(world):
    scope = next(iter(world.stripe._keys._saved))
    world.stripe._keys._saved[scope].body += " "


def an_answer_that_stripe_forgot(world):
    world.stripe._keys._saved.pop(next(iter(world.stripe._keys._saved)))


def one_field_of_a_stripe_object(world):
    charge = next(world.stripe.world.store.owned("charge"))
    charge.data["amount"] += 1


def what_stripe_hides(world):
    next(world.stripe.world.store.owned("charge")).hidden["noted"] = True


def a_timer_of_stripe(world):
    world.stripe.world._timers.append((1, "ch_1", "settle"))


def a_webhook_more(world):
    world.stripe.webhooks._queue.append(deepcopy(delivery(world)))


def a_webhook_tried_once_more(world):
    world.stripe.webhooks._queue.append(replace(delivery(world), attempts=3))


def delivery(world):
    return next(iter(world.stripe.webhooks._queue), Delivery(1, "evt_1", "charge.succeeded", 0, "{}", 1, 1.0))


def the_state_of_an_execution(world):
    next(iter(world.executions.machine.executions.values())).state = "Elsewhere"


def the_token_of_an_execution(world):
    next(iter(world.executions.machine.executions.values())).token = "another"


def a_mail_more(world):
    world.mails.append(world.mails[0])


def an_alarm_less(world):
    world.alarms.pop()


def a_second_later(world):
    world.clock.set(world.clock.now() + timedelta(seconds=1))


def a_stream_record(world):
    table = world.dynamo.everything()["aval-local-outbox"]
    image = next(iter(table.items.values()))
    table.records.append({"eventName": "INSERT", "dynamodb": {"NewImage": image}})


def a_request_token_of_our_own(world):
    world.dynamo._store.tokens["refund#1"] = None


def which_of_two_ids_is_older(world):
    one, other = (f"evt_{1_000_000 + number:026d}" for number in (1, 2))
    put(world, one, "first")
    put(world, other, "second")
    before = name_of(world)
    put(world, one, "second")
    put(world, other, "first")
    assert name_of(world) != before


def put(world, pk, kind):
    items(world, "outbox")[pk, "event"] = {"pk": {"S": pk}, "sk": {"S": "event"}, "kind": {"S": kind}}


def name_of(world) -> str:
    return Names(world).now()


CHANGES = [
    one_attribute_of_an_item,
    one_attribute_less,
    one_item_less,
    a_text_for_a_number,
    one_message_more,
    one_message_less,
    one_word_of_a_message,
    the_order_of_messages,
    an_answer_that_stripe_saved,
    an_answer_that_stripe_forgot,
    one_field_of_a_stripe_object,
    what_stripe_hides,
    a_timer_of_stripe,
    a_webhook_more,
    a_webhook_tried_once_more,
    the_state_of_an_execution,
    the_token_of_an_execution,
    a_mail_more,
    an_alarm_less,
    a_second_later,
    a_stream_record,
    a_request_token_of_our_own,
    which_of_two_ids_is_older,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_state_that_differs_in_one_thing_has_another_name(worlds, world, change):
    before = worlds.names.now()

    change(world)

    assert worlds.names.now() != before


def test_ids_drawn_late_count_by_their_order_only(worlds, world):
    put(world, f"evt_{7_000_001:026d}", "first")
    put(world, f"evt_{7_000_002:026d}", "second")
    one = worlds.names.now()
    for number in (1, 2):
        items(world, "outbox").pop((f"evt_{7_000_000 + number:026d}", "event"))
    put(world, f"evt_{8_000_007:026d}", "first")
    put(world, f"evt_{9_000_004:026d}", "second")

    assert worlds.names.now() == one
