"""Customers: the buyers, as far as cards are concerned."""

from __future__ import annotations

from infra.local.stripe.errors import Json
from infra.local.stripe.lists import page
from infra.local.stripe.params import Hash, Kind, ListOf, Metadata, Span, Text
from infra.local.stripe.resources.fields import ADDRESS, SHIPPING, assign, full_address, full_shipping, new_metadata
from infra.local.stripe.routes import Call, listing, operation

_FIELDS = ("description", "email", "name", "phone", "preferred_locales")
#: Shipping without a parcel: a customer has no carrier or tracking number.
_RECIPIENT = Hash(fields={name: SHIPPING.fields[name] for name in ("address", "name", "phone")}, unset=True)
_CHANGEABLE: dict[str, Kind] = {
    "address": ADDRESS,
    "description": Text(unset=True),
    "email": Text(longest=512, unset=True),
    "invoice_settings": Hash(fields={"default_payment_method": Text()}),
    "metadata": Metadata(),
    "name": Text(longest=256, unset=True),
    "phone": Text(longest=20, unset=True),
    "preferred_locales": ListOf(of=Text()),
    "shipping": _RECIPIENT,
}


@operation("POST", "/v1/customers", _CHANGEABLE)
def create_customer(call: Call) -> Json:
    """Create a customer."""
    customer = _blank(call)
    call.world.add("customer", customer)
    _change(call, customer)
    call.world.emit("customer.created", customer)
    return customer


@operation("GET", "/v1/customers/{customer}")
def retrieve_customer(call: Call) -> Json:
    """Return a customer."""
    return call.record("customer", "customer").data


@operation("POST", "/v1/customers/{customer}", _CHANGEABLE)
def update_customer(call: Call) -> Json:
    """Change a customer."""
    customer = call.editable("customer", "customer")
    _change(call, customer)
    call.world.emit("customer.updated", customer)
    return customer


@listing("/v1/customers", {"created": Span(), "email": Text()})
def list_customers(call: Call) -> Json:
    """List customers."""
    return page(call, "customer", ["email"])


def _blank(call: Call) -> Json:
    number = call.world.store.new_id("cus")
    return {
        "id": number,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": call.world.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": number[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": new_metadata(call.params),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def _change(call: Call, customer: Json) -> None:
    params = call.params
    assign(customer, params, _FIELDS)
    if "address" in params:
        customer["address"] = full_address(params["address"])
    if "shipping" in params:
        customer["shipping"] = full_shipping(params["shipping"])
    chosen = params.get("invoice_settings", {}).get("default_payment_method")
    if chosen:
        call.world.refer("payment_method", chosen, call.owner, "default_payment_method")
        customer["invoice_settings"]["default_payment_method"] = chosen
