"""/webhooks/carriers/{carrier}: carriers say where a parcel is. Verified on the raw bytes; see shipping/adapters.py."""

from marketplace.kit.errors import Invalid, Unavailable
from marketplace.shipping.model import BadCarrierSignature, CarrierEventRefused, CarrierUnknown
from marketplace.shipping.wire import CarrierReceived
from marketplace.web import Public, Request, make_app, route
from marketplace.wiring import Services, live

_ERRORS = (CarrierUnknown, BadCarrierSignature, CarrierEventRefused, Invalid, Unavailable)


@route("POST", "/webhooks/carriers/{carrier}", access=Public, raw=True, returns=CarrierReceived, errors=_ERRORS)
def receive_carrier_event(request: Request, services: Services) -> CarrierReceived:
    """Take in what a carrier says of parcels: a delivery begins the buyer's time to look at the goods.

    A repeated event, one for a parcel that is not known here, and one that the order is past are acknowledged and
    change nothing.
    """
    carrier = request.path["carrier"]
    return CarrierReceived(services.carrier_webhook.receive(carrier, request.raw_body, request.headers))


ROUTES = (receive_carrier_event,)
handler = make_app("carrier_webhook", *ROUTES, services=live)
