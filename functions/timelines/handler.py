"""/orders/{id}/timeline: what happened to an order, from every area's record, as far as it concerns the reader."""

from marketplace.casework.history.wire import HistoryQuery, OrderTimeline, history_to_wire
from marketplace.kit.team import VIEW
from marketplace.orders.model import OrderMissing, OwnCase
from marketplace.web import Request, Staff, Verified, make_app, route
from marketplace.wiring import Services, live


@route(
    "GET",
    "/orders/{order_id}/timeline",
    access=Verified,
    query=HistoryQuery,
    returns=OrderTimeline,
    errors=(OrderMissing,),
    team=VIEW,
)
def get_timeline(request: Request, services: Services) -> OrderTimeline:
    """Read what happened to an order of yours: moves, the carrier, reminders to you, messages, money that is yours."""
    order_id, who = request.path["order_id"], request.account
    found = services.history.for_party(order_id, who.seller_id, request.query.after, by=who.member_id)
    return history_to_wire(order_id, found)


@route(
    "GET",
    "/operator/orders/{order_id}/timeline",
    access=Staff,
    query=HistoryQuery,
    returns=OrderTimeline,
    errors=(OrderMissing, OwnCase),
)
def get_order_timeline(request: Request, services: Services) -> OrderTimeline:
    """Read everything that happened to an order, except in a matter of your own: money, checks and notes included."""
    order_id = request.path["order_id"]
    found = services.history.for_staff(order_id, request.account.account_id, request.query.after)
    return history_to_wire(order_id, found)


ROUTES = (get_timeline, get_order_timeline)
handler = make_app("timelines", *ROUTES, services=live)
