"""Payment intents: the operations. What they lead to is in ``intent_flow``."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json, NotAuthenticated, ParameterError
from infra.local.stripe.lists import page
from infra.local.stripe.money import check_charge_minimum
from infra.local.stripe.params import (
    Amount,
    Choice,
    Currency,
    Flag,
    Hash,
    Kind,
    ListOf,
    Metadata,
    Span,
    Text,
)
from infra.local.stripe.resources import intent_flow
from infra.local.stripe.resources.fields import SHIPPING, assign, full_shipping, new_metadata
from infra.local.stripe.resources.payment_methods import resolve
from infra.local.stripe.routes import Call, listing, operation

_DESCRIPTIVE = (
    "description", "receipt_email", "setup_future_usage",
    "statement_descriptor_suffix", "transfer_group",
)  # fmt: skip
#: What a browser, holding only the publishable key, gets to see.
_PUBLIC = (
    "id", "object", "amount", "automatic_payment_methods", "canceled_at",
    "cancellation_reason", "capture_method", "client_secret", "confirmation_method",
    "created", "currency", "description", "last_payment_error", "livemode",
    "next_action", "payment_method", "payment_method_types", "processing",
    "receipt_email", "setup_future_usage", "shipping", "status",
)  # fmt: skip
_CARDS_ONLY = ListOf(of=Choice(options=("card",)))

_SHARED: dict[str, Kind] = {
    "allowed_payment_method_types": _CARDS_ONLY,
    "capture_method": Choice(options=("automatic", "automatic_async", "manual")),
    "customer": Text(),
    "description": Text(unset=True),
    "metadata": Metadata(),
    "payment_method": Text(),
    "receipt_email": Text(unset=True),
    "setup_future_usage": Choice(options=("off_session", "on_session"), unset=True),
    "shipping": SHIPPING,
    "statement_descriptor_suffix": Text(longest=22),
    "transfer_group": Text(),
}
_CONFIRMING: dict[str, Kind] = {
    "error_on_requires_action": Flag(),
    "off_session": Flag(),
    "return_url": Text(),
    "use_stripe_sdk": Flag(),
}


@operation(
    "POST",
    "/v1/payment_intents",
    {
        **_SHARED,
        **_CONFIRMING,
        "amount": Amount(required=True),
        "automatic_payment_methods": Hash(
            fields={
                "allow_redirects": Choice(options=("always", "never")),
                "enabled": Flag(required=True),
            }
        ),
        "confirm": Flag(),
        "confirmation_method": Choice(options=("automatic", "manual")),
        "currency": Currency(required=True),
    },
)
def create_payment_intent(call: Call) -> Json:
    """Create an intent, and confirm it when asked to."""
    check_charge_minimum(call.params["amount"], call.params["currency"])
    confirming = _check_confirmation_parameters(call)
    intent = _blank(call)
    call.world.add("payment_intent", intent)
    _change(call, intent)
    call.world.emit("payment_intent.created", intent)
    if confirming:
        _require_return_url(call, intent)
        intent_flow.confirm(call.world, intent, call.params)
    return intent


@operation("GET", "/v1/payment_intents/{intent}", {"client_secret": Text()}, publishable=True)
def retrieve_payment_intent(call: Call) -> Json:
    """Return an intent; a browser has to prove it holds the client secret."""
    intent = call.record("payment_intent", "intent").data
    return _as_seen(call, intent)


@operation(
    "POST",
    "/v1/payment_intents/{intent}",
    {**_SHARED, "amount": Amount(), "currency": Currency()},
)
def update_payment_intent(call: Call) -> Json:
    """Change an intent; once paid, only what describes it."""
    intent = call.editable("payment_intent", "intent")
    decisive = call.params.keys() - {"description", "metadata", "expand"}
    if decisive:
        intent_flow.demand(intent, intent_flow.CONFIRMABLE, "update")
    assign(intent, call.params, ("amount", "currency"))
    check_charge_minimum(intent["amount"], intent["currency"])
    _change(call, intent)
    return intent


@listing("/v1/payment_intents", {"created": Span(), "customer": Text()})
def list_payment_intents(call: Call) -> Json:
    """List intents."""
    return page(call, "payment_intent", ["customer"])


@operation(
    "POST",
    "/v1/payment_intents/{intent}/confirm",
    {
        **_CONFIRMING,
        "allowed_payment_method_types": _CARDS_ONLY,
        "capture_method": _SHARED["capture_method"],
        "client_secret": Text(),
        "payment_method": Text(),
        "receipt_email": Text(unset=True),
        "setup_future_usage": _SHARED["setup_future_usage"],
        "shipping": SHIPPING,
    },
    publishable=True,
)
def confirm_payment_intent(call: Call) -> Json:
    """Try to collect the money, from the server or from the buyer's browser."""
    intent = call.editable("payment_intent", "intent")
    _as_seen(call, intent)
    intent_flow.demand(intent, intent_flow.CONFIRMABLE, "confirm")
    if call.publishable and intent["confirmation_method"] == "manual":
        raise InvalidRequest(
            "This PaymentIntent's confirmation_method is manual: it can only be confirmed with a secret key.",
            code="payment_intent_invalid_parameter",
        )
    _change(call, intent)
    _require_return_url(call, intent)
    intent_flow.confirm(call.world, intent, call.params)
    return _as_seen(call, intent)


@operation(
    "POST",
    "/v1/payment_intents/{intent}/capture",
    {"amount_to_capture": Amount(), "metadata": Metadata()},
)
def capture_payment_intent(call: Call) -> Json:
    """Take held money."""
    intent = call.editable("payment_intent", "intent")
    assign(intent, call.params, ())
    intent_flow.capture(call.world, intent, call.params.get("amount_to_capture"))
    return intent


@operation(
    "POST",
    "/v1/payment_intents/{intent}/cancel",
    {"cancellation_reason": Choice(options=("abandoned", "duplicate", "fraudulent", "requested_by_customer"))},
)
def cancel_payment_intent(call: Call) -> Json:
    """Give an intent up."""
    intent = call.editable("payment_intent", "intent")
    intent_flow.cancel(call.world, intent, call.params.get("cancellation_reason"))
    return intent


def _as_seen(call: Call, intent: Json) -> Json:
    """Return what the caller may see: a browser proves itself and sees less."""
    secret = call.params.get("client_secret")
    if secret is not None and secret != intent["client_secret"]:
        raise InvalidRequest(
            "The client_secret provided does not match the client_secret associated with the PaymentIntent.",
            code="payment_intent_invalid_parameter",
            param="client_secret",
        )
    if not call.publishable:
        return intent
    if secret is None:
        raise NotAuthenticated("With a publishable key, client_secret is required.", param="client_secret")
    return {name: intent[name] for name in _PUBLIC}


def _check_confirmation_parameters(call: Call) -> bool:
    params = call.params
    if params.get("confirm"):
        return True
    for name in _CONFIRMING:
        if name in params and name != "use_stripe_sdk":
            raise ParameterError(f"{name} can only be given when confirm is true.", param=name)
    return False


def _require_return_url(call: Call, intent: Json) -> None:
    # Real servers trip over this one: without a return_url a server-side confirm
    # is refused unless redirect-based payment methods are ruled out.
    automatic = intent["automatic_payment_methods"] or {}
    redirects = automatic.get("allow_redirects", "never") == "always"
    given = call.params.get("return_url") or call.params.get("use_stripe_sdk")
    if redirects and not given and not call.publishable:
        raise InvalidRequest(
            "This PaymentIntent may use payment methods that redirect your customer, "
            "so you must provide a `return_url` when you confirm it. If you do not "
            "want to accept redirect-based payment methods, set "
            "`automatic_payment_methods[enabled]` to `true` and "
            "`automatic_payment_methods[allow_redirects]` to `never`.",
        )


def _blank(call: Call) -> Json:
    world, params = call.world, call.params
    identifier = world.store.new_id("pi")
    absent = (
        "application", "application_fee_amount", "canceled_at", "cancellation_reason",
        "customer", "description", "last_payment_error", "latest_charge",
        "next_action", "on_behalf_of", "payment_method", "processing",
        "receipt_email", "review", "setup_future_usage", "shipping",
        "statement_descriptor", "statement_descriptor_suffix", "transfer_data",
        "transfer_group",
    )  # fmt: skip
    return {
        "id": identifier,
        "object": "payment_intent",
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        **dict.fromkeys(absent),
        "automatic_payment_methods": _automatic(params),
        "capture_method": "automatic",
        "client_secret": f"{identifier}_{world.store.new_id('secret')}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": world.now(),
        "currency": params["currency"],
        "livemode": False,
        "metadata": new_metadata(params),
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def _automatic(params: Json) -> Json | None:
    """Return the automatic methods: on, unless types are named or it is put off."""
    given = params.get("automatic_payment_methods")
    if given is None:
        named = "allowed_payment_method_types" in params
        given = {"enabled": not named}
    if not given["enabled"]:
        return None
    return {"allow_redirects": "always", **given}


def _change(call: Call, intent: Json) -> None:
    params, world = call.params, call.world
    assign(intent, params, (*_DESCRIPTIVE, "capture_method"))
    if "allowed_payment_method_types" in params:
        intent["allowed_payment_method_types"] = params["allowed_payment_method_types"]
    if "shipping" in params:
        intent["shipping"] = full_shipping(params["shipping"])
    if "customer" in params:
        intent["customer"] = world.refer("customer", params["customer"], call.owner, "customer").id
    if "payment_method" in params:
        record = resolve(world, params["payment_method"])
        intent_flow.check_method(intent, record)
        intent["payment_method"] = record.id
        if intent["status"] == "requires_payment_method":
            intent["status"] = "requires_confirmation"
