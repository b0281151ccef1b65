"""Payment methods: cards made from Stripe's test ids."""

from __future__ import annotations

from infra.local.stripe.cards import CARDS, Card, name_of
from infra.local.stripe.errors import CardError, InvalidRequest, Json, ParameterError, bad_reference
from infra.local.stripe.lists import page
from infra.local.stripe.params import Choice, Hash, Metadata, Text
from infra.local.stripe.resources.fields import ADDRESS, assign, full_address
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import Record
from infra.local.stripe.world import World

BILLING = Hash(
    fields={
        "address": ADDRESS,
        "email": Text(unset=True),
        "name": Text(unset=True),
        "phone": Text(unset=True),
    }
)
_TYPE = Choice(options=("card",))


@operation(
    "POST",
    "/v1/payment_methods",
    {
        "billing_details": BILLING,
        "card": Hash(fields={"token": Text(required=True)}),
        "metadata": Metadata(),
        "type": Choice(options=("card",), required=True),
    },
)
def create_payment_method(call: Call) -> Json:
    """Make a card from a test token; raw numbers are refused, as by default."""
    if "card" not in call.params:
        raise ParameterError("Missing required param: card.", code="parameter_missing", param="card")
    token = call.params["card"]["token"]
    name = name_of(token)
    if name is None:
        raise bad_reference("token", token, "card[token]")
    method = make(call.world, name)
    _describe(method, call.params)
    return method


@operation("GET", "/v1/payment_methods/{payment_method}")
def retrieve_payment_method(call: Call) -> Json:
    """Return a payment method."""
    return resolve(call.world, call.ids["payment_method"], in_path=True).data


@operation(
    "POST",
    "/v1/payment_methods/{payment_method}",
    {"billing_details": BILLING, "metadata": Metadata()},
)
def update_payment_method(call: Call) -> Json:
    """Change a payment method's billing details or metadata."""
    method = call.editable("payment_method", "payment_method")
    _describe(method, call.params)
    call.world.emit("payment_method.updated", method)
    return method


@operation(
    "POST",
    "/v1/payment_methods/{payment_method}/attach",
    {"customer": Text(required=True)},
)
def attach_payment_method(call: Call) -> Json:
    """Attach a card to a customer; the bank is asked, so it may be declined."""
    world = call.world
    customer = world.refer("customer", call.params["customer"], call.owner, "customer")
    record = resolve(world, call.ids["payment_method"], in_path=True)
    card = card_of(record)
    if card.decline and not card.attaches:
        raise CardError(
            card.decline.message,
            code=card.decline.code,
            **_decline_code(card),
        )
    if record.data["customer"] not in (None, customer.id) or is_spent(record):
        raise InvalidRequest(
            "This PaymentMethod was previously used without being attached to a "
            "Customer or was detached from a Customer, and may not be used again."
        )
    method = world.edit(record.id)
    method["customer"] = customer.id
    world.emit("payment_method.attached", method)
    return method


@operation("POST", "/v1/payment_methods/{payment_method}/detach")
def detach_payment_method(call: Call) -> Json:
    """Take a card from its customer, for good."""
    method = call.editable("payment_method", "payment_method")
    if method["customer"] is None:
        raise InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    method["customer"] = None
    spend(call.world, call.record("payment_method", "payment_method"))
    call.world.emit("payment_method.detached", method)
    return method


@listing("/v1/payment_methods", {"customer": Text(), "type": _TYPE})
def list_payment_methods(call: Call) -> Json:
    """List a customer's cards."""
    if "customer" not in call.params:
        raise ParameterError(
            "Missing required param: customer.",
            code="parameter_missing",
            param="customer",
        )
    return page(call, "payment_method", ["customer", "type"])


@listing("/v1/customers/{customer}/payment_methods", {"type": _TYPE})
def list_customer_payment_methods(call: Call) -> Json:
    """List a customer's cards, by the customer's own path."""
    customer = call.record("customer", "customer").id
    return page(
        call,
        "payment_method",
        ["type"],
        where=lambda record: record.data["customer"] == customer,
    )


def resolve(world: World, identifier: str, *, in_path: bool = False) -> Record:
    """Return a payment method; a test id makes a fresh card each time."""
    name = name_of(identifier) if identifier.startswith("pm_card_") else None
    if name:
        identifier = make(world, name)["id"]
    reader = world.get if in_path else world.refer
    return reader("payment_method", identifier, None, "payment_method")


def make(world: World, name: str) -> Json:
    """Store a new card of the named test kind."""
    card = CARDS[name]
    method: Json = {
        "id": world.store.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing({}),
        "card": _card(world, card, name),
        "created": world.now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    return world.add("payment_method", method, hidden={"card": name})


def card_of(record: Record) -> Card:
    """Return how a stored card behaves."""
    return CARDS[record.hidden["card"]]


def is_spent(record: Record) -> bool:
    """Tell whether a card was used or detached, so that it cannot be used again."""
    return bool(record.hidden.get("spent"))


def spend(world: World, record: Record) -> None:
    """Note that a card outside any customer has had its one use."""
    if record.data["customer"] is None:
        world.store.edit(record.id).hidden["spent"] = True


def _decline_code(card: Card) -> Json:
    code = card.decline.decline_code if card.decline else None
    return {"decline_code": code} if code else {}


def _card(world: World, card: Card, name: str) -> Json:
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        # Cards never expire in a test, however far its clock is moved.
        "exp_year": max(2040, world.moment().year + 3),
        "fingerprint": f"local{name.replace('_', '')}"[:24],
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _billing(given: Json) -> Json:
    shown = {name: given.get(name) for name in ("email", "name", "phone")}
    return {
        **shown,
        "address": full_address(given.get("address") or {}),
        "tax_id": None,
    }


def _describe(method: Json, params: Json) -> None:
    if "billing_details" in params:
        method["billing_details"] = _billing({**method["billing_details"], **params["billing_details"]})
    assign(method, params, ())
