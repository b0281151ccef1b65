"""Every page about an order opens for the parties and for those who run the marketplace, whatever happened to it.

The orders are those of the money flows of the crash suite; each page is asked of its own function, held to its role.
"""

import pytest

from marketplace.accounts.model import Session, digest
from marketplace.kit.principal import FINANCE, MODERATOR, SUPPORT
from tests.crash.flows import FLOWS
from tests.fakes.http import Api
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.functions.story import SECRET, MadeUpUploads, _Live, token_of

OF_PARTIES = ("", "/bank", "/earning", "/receipt", "/receipts", "/refunds", "/returns", "/reviews", "/timeline")
OF_SELLERS = ("/payouts", "/payouts/balance", "/sellers/me", "/sellers/me/fees", "/statements?month={month}")
OF_EACH = ("/account", "/account/standing", "/claims", "/decisions", "/notifications", "/orders")
OF_OPERATORS = {
    FINANCE: (
        "/operator/capital",
        "/operator/chargebacks",
        "/operator/intents",
        "/operator/payout-holds",
        "/operator/payouts",
        "/operator/proposals",
        "/operator/switches",
        "/operator/unclaimed",
    ),
    MODERATOR: ("/operator/appeals", "/operator/disputes", "/operator/holds"),
    SUPPORT: ("/operator/cases",),
}


class Reader:
    """Asks for pages as somebody who has signed in."""

    def __init__(self, world, account_id):
        self.world, self.account_id = world, account_id
        now = world.clock.now()
        far = world.clock.now().replace(year=now.year + 2)
        epoch = world.services.account_store.read(account_id).session_epoch
        session = Session(account_id, digest(SECRET), epoch, "a browser", now, now, far, factor_at=now)
        world.services.transactions.commit([world.services.account_store.open_session(session)])
        self.api = Api(_Live(world))

    def status_of(self, path):
        return self.api.call("GET", path, token=token_of(self.account_id)).status


@pytest.fixture
def after(request):
    """The world after a flow, with its people."""
    flow = FLOWS[request.param]
    with new_world(vat_country="ES") as world:
        world.given.setdefault("uploads", MadeUpUploads())
        world.restart()
        trade = Trade(world)
        made = flow.prepare(trade)
        flow.act(trade, made)
        world.drain()
        yield world, trade


@pytest.mark.parametrize("after", FLOWS, indirect=True)
def test_every_page_opens_whatever_happened_to_an_order(after):
    world, trade = after
    month = f"{world.clock.now():%Y-%m}"
    orders = world.view().orders
    sellers = {order.seller_id for order in orders}
    readers = {each: Reader(world, each) for each in sellers | {order.buyer_id for order in orders}}
    answers = {
        (path, reader.account_id): reader.status_of(path)
        for order in orders
        for reader in (readers[order.buyer_id], readers[order.seller_id])
        for path in (f"/orders/{order.order_id}{page}" for page in OF_PARTIES)
    }
    for account_id, reader in readers.items():
        pages = OF_EACH + (OF_SELLERS if account_id in sellers else ())
        answers |= {(page, account_id): reader.status_of(page.format(month=month)) for page in pages}
    for role, pages in OF_OPERATORS.items():
        reader = Reader(world, trade.staff(role))
        answers |= {(page, role): reader.status_of(page) for page in pages}

    assert {asked: status for asked, status in answers.items() if status not in {200, 403, 404}} == {}
    whole = {f"/orders/{order.order_id}" for order in orders}
    assert {status for (path, _), status in answers.items() if path in whole} <= {200}
