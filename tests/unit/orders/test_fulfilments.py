"""Services and files beside goods: what the seller does instead of shipping, and what then counts as delivered."""

import hashlib
from dataclasses import replace

import pytest

from marketplace.catalog.promises import DIGITAL, GOODS, SERVICE, Milestone, Promises
from marketplace.orders.files import FILE_BYTES_MAX, FileMissing, FileNotUploaded, FileRefused, SoldFile
from marketplace.orders.model import PLATFORM, OrderMissing, TransitionRefused
from tests.fakes.stored_files import FakeBucket

CONTENT = b"%PDF a manual"
FILE = SoldFile("el manual.pdf", "application/pdf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def bucket(world):
    """Storage in which a test uploads itself; orders are of the second process."""
    found = FakeBucket()
    world.given |= {"uploads": found, "stored_files": found}
    world.place_under(2)
    return found


@pytest.fixture
def digital(bucket, trade):
    return trade.bought(promises=Promises(DIGITAL))


@pytest.fixture
def service(bucket, trade):
    return trade.bought(promises=Promises(SERVICE, handling_days=5))


def upload(bucket, order, content=CONTENT, file=FILE):
    bucket.put(file.key(order.order_id), content, file.content_type)


# Files.


def test_a_file_is_delivered_when_it_really_lies_there(world, trade, bucket, digital):
    services = world.services
    form = services.digital_goods.announce(digital.order_id, digital.seller_id, FILE)
    bucket.put(form.fields["key"], CONTENT, FILE.content_type)
    services.digital_goods.make_available(digital.order_id, digital.seller_id, FILE)
    world.drain()

    order = trade.order(digital.order_id)
    assert (order.state, order.delivered_by, order.delivered_at) == ("delivered", PLATFORM, world.clock.now())
    assert services.digital_goods.download(order.order_id, order.buyer_id).url.startswith("https://")
    assert services.digital_goods.download(order.order_id, order.seller_id)


@pytest.mark.parametrize("lies", [None, b"", CONTENT + b"!", CONTENT[:-1] + b"?"])
def test_what_was_announced_and_is_not_there_is_not_delivered(world, trade, bucket, digital, lies):
    if lies is not None:
        upload(bucket, digital, lies)

    with pytest.raises(FileNotUploaded):
        world.services.digital_goods.make_available(digital.order_id, digital.seller_id, FILE)

    assert trade.order(digital.order_id) == digital


def test_a_file_whose_digest_the_storage_does_not_know_is_not_taken_on_trust(world, bucket, digital):
    upload(bucket, digital)
    key = FILE.key(digital.order_id)
    bucket.stored[key] = replace(bucket.stored[key], sha256=None)

    with pytest.raises(FileNotUploaded):
        world.services.digital_goods.make_available(digital.order_id, digital.seller_id, FILE)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FILE, size_bytes=FILE_BYTES_MAX + 1),
        replace(FILE, size_bytes=0),
        replace(FILE, content_type="text/html"),
        replace(FILE, name=""),
        replace(FILE, name="x" * 121),
    ],
)
def test_what_is_no_file_to_sell_is_refused_before_anything_is_uploaded(world, bucket, digital, wrong):
    with pytest.raises(FileRefused):
        world.services.digital_goods.announce(digital.order_id, digital.seller_id, wrong)

    assert bucket.forms == []


def test_nobody_but_the_parties_downloads(world, trade, bucket, digital):
    upload(bucket, digital)
    world.services.digital_goods.make_available(digital.order_id, digital.seller_id, FILE)

    for account_id in (trade.person(), trade.operator()):
        with pytest.raises(OrderMissing):
            world.services.digital_goods.download(digital.order_id, account_id)
    with pytest.raises(OrderMissing):
        world.services.digital_goods.announce(digital.order_id, digital.buyer_id, FILE)
    world.drain()


def test_before_it_is_made_available_there_is_nothing_to_download(world, bucket, digital):
    upload(bucket, digital)

    with pytest.raises(FileMissing):
        world.services.digital_goods.download(digital.order_id, digital.buyer_id)


def test_who_has_the_money_back_has_no_file(world, trade, bucket, digital):
    upload(bucket, digital)
    world.services.digital_goods.make_available(digital.order_id, digital.seller_id, FILE)
    world.drain()
    order = trade.order(digital.order_id)
    refund = world.services.mover.plan(order, "refund", "seller")
    world.services.transactions.commit(refund.writes)
    world.drain()

    assert trade.order(order.order_id).state == "refunded"
    with pytest.raises(FileMissing):
        world.services.digital_goods.download(order.order_id, order.buyer_id)


def test_what_was_made_available_cannot_be_made_available_again(world, trade, bucket, digital):
    upload(bucket, digital)
    other = replace(FILE, sha256="cd" * 32)
    world.services.digital_goods.make_available(digital.order_id, digital.seller_id, FILE)
    world.drain()

    for file in (FILE, other):
        with pytest.raises(TransitionRefused):
            world.services.digital_goods.make_available(digital.order_id, digital.seller_id, file)
        with pytest.raises(TransitionRefused):
            world.services.digital_goods.announce(digital.order_id, digital.seller_id, file)
    assert trade.order(digital.order_id).step == digital.step + 1


def test_a_silent_buyer_of_a_file_pays_when_the_time_to_look_is_over(world, trade, bucket, digital):
    upload(bucket, digital)
    world.services.digital_goods.make_available(digital.order_id, digital.seller_id, FILE)
    world.drain()
    world.clock.advance(days=14, seconds=2)
    world.drain()

    assert trade.order(digital.order_id).state == "released"


# Services.


def test_a_service_reported_done_is_confirmed_by_its_buyer(world, trade, service):
    world.services.orders.report_done(service.order_id, service.seller_id, "It runs again.")
    world.drain()
    reported = trade.order(service.order_id)
    world.services.orders.confirm(service.order_id, service.buyer_id)
    world.drain()

    assert (reported.state, reported.delivered_at) == ("reported_done", None)
    assert trade.order(service.order_id).state == "released"


def test_a_sellers_word_alone_releases_nothing(world, trade, service):
    world.services.orders.report_done(service.order_id, service.seller_id, "It runs again.")
    for _ in range(40):
        world.clock.advance(days=5)
        world.drain()
        world.sweep()

    assert trade.order(service.order_id).state == "refunded"
    assert world.stripe.objects("transfer") == []


def test_only_what_was_sold_can_be_supplied(world, trade, bucket, service, digital):
    goods = trade.bought()
    done, ship = world.services.orders.report_done, world.services.orders.ship
    for order in (goods, digital):
        with pytest.raises(TransitionRefused):
            done(order.order_id, order.seller_id, "Done.")
    for order in (service, digital):
        with pytest.raises(TransitionRefused):
            ship(order.order_id, order.seller_id, "correos", "PK9")
    with pytest.raises(TransitionRefused):
        world.services.digital_goods.announce(service.order_id, service.seller_id, FILE)


@pytest.mark.parametrize("promises", [Promises(GOODS), Promises(SERVICE), Promises(DIGITAL)])
def test_a_seller_confirms_nothing(world, trade, bucket, promises):
    order = trade.bought(promises=promises)

    with pytest.raises(TransitionRefused):
        world.services.orders.confirm(order.order_id, order.seller_id)

    assert trade.order(order.order_id) == order


def test_the_parts_of_a_service_are_done_and_paid_for_one_by_one(world, trade, bucket):
    parts = (Milestone("Plan", 30, 5), Milestone("Walls", 50, 20), Milestone("Paint", 20, 30))
    seller, buyer = trade.seller(), trade.person("Buyer")
    placed = trade.place(buyer, (trade.listing(seller, promises=Promises(SERVICE, milestones=parts)), 1))
    trade.pay(placed)
    world.drain()
    first, second, third = placed.orders
    for order in (first, second):
        world.services.orders.report_done(order.order_id, seller, "Done.")
    world.services.orders.confirm(first.order_id, buyer)
    world.services.orders.cancel(third.order_id, buyer, "We paint ourselves.")
    world.drain()

    assert [trade.order(each.order_id).state for each in placed.orders] == ["released", "reported_done", "refunded"]
    assert [each.total_minor for each in placed.orders] == [3_000, 5_000, 2_000]
    assert [each.milestone for each in placed.orders] == [(1, 3), (2, 3), (3, 3)]
