"""Connected accounts (v1, Express), their capabilities, and their onboarding links."""

from __future__ import annotations

from infra.local.stripe.errors import InvalidRequest, Json, ParameterError
from infra.local.stripe.lists import page
from infra.local.stripe.params import Choice, Currency, Flag, Hash, Integer, Metadata, Span, Text
from infra.local.stripe.resources.fields import ADDRESS, CAPABILITIES, assign, empty_list, new_metadata
from infra.local.stripe.resources.requirements import UNTOUCHED, capability_object, refresh
from infra.local.stripe.routes import Call, listing, operation

_KNOWN_CAPABILITIES = ("card_payments", "transfers")
_LINK_LIFETIME = 300

_PROFILE = Hash(
    fields={
        "mcc": Text(),
        "name": Text(),
        "product_description": Text(),
        "support_address": ADDRESS,
        "support_email": Text(),
        "support_phone": Text(),
        "support_url": Text(unset=True),
        "url": Text(),
    }
)
_SCHEDULE = Hash(
    fields={
        "delay_days": Integer(least=1, most=31),
        "interval": Choice(options=("manual", "daily", "weekly", "monthly")),
    }
)
_SETTINGS = Hash(fields={"payouts": Hash(fields={"schedule": _SCHEDULE})})
_CONTROLLER = Hash(
    fields={
        "fees": Hash(fields={"payer": Choice(options=("account", "application"))}),
        "losses": Hash(fields={"payments": Choice(options=("application", "stripe"))}),
        "requirement_collection": Choice(options=("application", "stripe")),
        "stripe_dashboard": Hash(fields={"type": Choice(options=("express", "full", "none"))}),
    }
)
_CHANGEABLE = {
    "business_profile": _PROFILE,
    "business_type": Choice(options=("company", "government_entity", "individual", "non_profit")),
    "capabilities": CAPABILITIES,
    "default_currency": Currency(),
    "email": Text(),
    "metadata": Metadata(),
    "settings": _SETTINGS,
}


@operation(
    "POST",
    "/v1/accounts",
    {
        **_CHANGEABLE,
        "controller": _CONTROLLER,
        "country": Text(longest=2),
        "type": Choice(options=("express",)),
    },
)
def create_account(call: Call) -> Json:
    """Open an Express account; it can receive nothing until it is onboarded."""
    params = call.params
    if ("type" in params) == ("controller" in params):
        raise ParameterError("Give either type or controller, and not both.", param="type")
    account = _blank(call)
    call.world.add(
        "account",
        account,
        hidden={"requested": {}, "due": list(UNTOUCHED)},
    )
    _change(call, account)
    return account


@operation("GET", "/v1/accounts/{account}")
def retrieve_account(call: Call) -> Json:
    """Return an account as the platform sees it."""
    return call.record("account", "account").data


@operation("POST", "/v1/accounts/{account}", _CHANGEABLE)
def update_account(call: Call) -> Json:
    """Change an account, or ask for further capabilities."""
    account = call.editable("account", "account")
    _change(call, account)
    call.world.emit("account.updated", account, owner=account["id"])
    return account


@listing("/v1/accounts", {"created": Span()})
def list_accounts(call: Call) -> Json:
    """List the platform's connected accounts."""
    return page(call, "account")


@operation("GET", "/v1/accounts/{account}/capabilities")
def list_capabilities(call: Call) -> Json:
    """List the capabilities an account has asked for."""
    record = call.record("account", "account")
    shown = empty_list(call.path)
    shown["data"] = [capability_object(record, n) for n in record.hidden["requested"]]
    return shown


@operation("GET", "/v1/accounts/{account}/capabilities/{capability}")
def retrieve_capability(call: Call) -> Json:
    """Return one capability of an account."""
    record = call.record("account", "account")
    return capability_object(record, _known(call.ids["capability"]))


@operation(
    "POST",
    "/v1/accounts/{account}/capabilities/{capability}",
    {"requested": Flag()},
)
def update_capability(call: Call) -> Json:
    """Ask for a capability, or give it up."""
    name = _known(call.ids["capability"])
    account = call.editable("account", "account")
    if "requested" in call.params:
        _request(call, account, {name: call.params})
    return capability_object(call.record("account", "account"), name)


@operation(
    "POST",
    "/v1/account_links",
    {
        "account": Text(required=True),
        "collection_options": Hash(
            fields={
                "fields": Choice(options=("currently_due", "eventually_due")),
                "future_requirements": Choice(options=("include", "omit")),
            }
        ),
        "refresh_url": Text(),
        "return_url": Text(),
        "type": Choice(options=("account_onboarding", "account_update"), required=True),
    },
)
def create_account_link(call: Call) -> Json:
    """Return a link to this server's own onboarding page; it lives five minutes."""
    world, params = call.world, call.params
    record = world.refer("account", params["account"], call.owner, "account")
    for name in ("refresh_url", "return_url"):
        if name not in params:
            raise ParameterError(f"You must provide a {name}.", code="parameter_missing", param=name)
    if params["type"] == "account_update":
        raise InvalidRequest(
            "account_update links need requirement_collection=application.",
            param="type",
        )
    token = world.store.new_id("link")
    expires = world.now() + _LINK_LIFETIME
    world.edit(record.id)
    record.hidden["link"] = {
        "token": token,
        "expires_at": expires,
        "return_url": params["return_url"],
        "refresh_url": params["refresh_url"],
    }
    return {
        "object": "account_link",
        "created": world.now(),
        "expires_at": expires,
        "url": f"{world.base_url}/_local/onboarding/{record.id}?token={token}",
    }


@operation("POST", "/v1/accounts/{account}/login_links")
def create_login_link(call: Call) -> Json:
    """Return a link to the Express dashboard, once there is one to see."""
    account = call.record("account", "account").data
    if not account["details_submitted"]:
        raise InvalidRequest("Cannot create a login link for an account that has not completed onboarding.")
    return {
        "object": "login_link",
        "created": call.world.now(),
        "url": f"{call.world.base_url}/_local/dashboard/{account['id']}",
    }


def _blank(call: Call) -> Json:
    identifier = call.world.store.new_id("acct")
    return {
        "id": identifier,
        "object": "account",
        "business_profile": dict.fromkeys(_PROFILE.fields),
        "business_type": None,
        "capabilities": {},
        "charges_enabled": False,
        "controller": _controller(call.params),
        "country": call.params.get("country", "DE").upper(),
        "created": call.world.now(),
        "default_currency": "eur",
        "details_submitted": False,
        "email": None,
        "external_accounts": empty_list(f"/v1/accounts/{identifier}/external_accounts"),
        "future_requirements": {},
        "metadata": new_metadata(call.params),
        "payouts_enabled": False,
        "requirements": {},
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": call.params.get("type", "none"),
    }


def _controller(params: Json) -> Json:
    given = params.get("controller", {})
    fees = given.get("fees", {}).get("payer", "application")
    losses = given.get("losses", {}).get("payments", "application")
    return {
        "type": "application",
        "is_controller": True,
        "fees": {"payer": fees if "controller" in params else "application_express"},
        "losses": {"payments": losses},
        "requirement_collection": given.get("requirement_collection", "stripe"),
        "stripe_dashboard": {"type": given.get("stripe_dashboard", {}).get("type", "express")},
    }


def _settings() -> Json:
    payments = (
        "statement_descriptor", "statement_descriptor_kana",
        "statement_descriptor_kanji",
    )  # fmt: skip
    return {
        "branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": dict.fromkeys(payments),
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 7, "interval": "daily"},
            "statement_descriptor": None,
        },
    }


def _change(call: Call, account: Json) -> None:
    params = call.params
    assign(account, params, ("business_type", "default_currency", "email"))
    account["business_profile"].update(params.get("business_profile", {}))
    schedule = params.get("settings", {}).get("payouts", {}).get("schedule", {})
    account["settings"]["payouts"]["schedule"].update(schedule)
    _request(call, account, params.get("capabilities", {}))


def _request(call: Call, account: Json, capabilities: Json) -> None:
    """Note which capabilities are wanted and work out what the account may do."""
    record = call.world.store.edit(account["id"])
    for name, wish in capabilities.items():
        if wish.get("requested"):
            record.hidden["requested"][_known(name)] = call.world.now()
        else:
            record.hidden["requested"].pop(_known(name), None)
    refresh(call.world, record)


def _known(name: str) -> str:
    if name not in _KNOWN_CAPABILITIES:
        raise ParameterError(
            f"The local Stripe models these capabilities: {', '.join(_KNOWN_CAPABILITIES)}; not {name}.",
            param=f"capabilities[{name}]",
        )
    return name
