"""What a carrier said of a parcel before counts, also while it is being heard."""

from tests.unit.meanwhile import Then
from tests.unit.returns.test_exchanges import read, receive
from tests.unit.returns.test_exchanges import replace as replaced_by
from tests.unit.returns.test_returns import bought, refunds
from tests.unit.shipping.making import event, report, signed
from tests.unit.shipping.test_returned_parcels import _sent_back


def test_what_went_back_to_the_seller_did_not_reach_the_buyer_in_the_same_moment(world, trade):
    world.place_under(2)
    made = receive(trade, _sent_back(trade, bought(trade), "A"))
    replaced_by(trade, made, "OUTA")
    told = event(world, "OUTA", "returned")
    hears = world.new_services().carrier_webhook
    hears._returned = Then(hears._returned, "told", lambda: report(world, "OUTA", "delivered"))

    hears.receive("correos", told, signed(world, told))

    assert read(trade, made).state == "replacement_unproven"
    world.clock.advance(days=60)
    world.sweep()
    world.clock.advance(days=60)
    world.sweep()
    assert refunds(world) == [10_000]
