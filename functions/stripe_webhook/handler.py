"""/webhooks/stripe: Stripe speaks first here. Verify on the raw bytes, store once, answer; the work is queued."""

from marketplace.kit.errors import Invalid
from marketplace.payments.webhook import BadSignature, WrongMode
from marketplace.payments.wire import Received
from marketplace.web import Public, Request, make_app, route
from marketplace.wiring import Services, live


@route("POST", "/webhooks/stripe", access=Public, raw=True, returns=Received, errors=(BadSignature, WrongMode, Invalid))
def receive_event(request: Request, services: Services) -> Received:
    """Take in one signed event; a repeated one is acknowledged and stored no second time."""
    return Received(services.stripe_webhook.receive(request.raw_body, request.headers.get("stripe-signature", "")))


ROUTES = (receive_event,)
handler = make_app("stripe_webhook", *ROUTES, services=live)
