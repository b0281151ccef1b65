"""What an account still owes Stripe, and what it may do because of it."""

from __future__ import annotations

from infra.local.stripe.errors import Json
from infra.local.stripe.resources.banks import CURRENCIES, open_banks
from infra.local.stripe.store import Record
from infra.local.stripe.world import World

#: What a brand-new account has to provide.
UNTOUCHED = (
    "business_profile.mcc", "business_profile.url", "external_account",
    "individual.address.city", "individual.address.line1",
    "individual.address.postal_code", "individual.dob.day", "individual.dob.month",
    "individual.dob.year", "individual.email", "individual.first_name",
    "individual.last_name", "tos_acceptance.date", "tos_acceptance.ip",
)  # fmt: skip

_LISTS = ("alternatives", "errors", "pending_verification")


def refresh(world: World, record: Record) -> None:
    """Work out requirements, capabilities and switches from what is still due."""
    account, hidden = record.data, record.hidden
    due, wanted = hidden["due"], hidden["requested"]
    before = account["capabilities"]
    reason = "requirements.past_due" if due else None
    account["requirements"] = _requirements(due, reason)
    account["future_requirements"] = _requirements([], None)
    account["capabilities"] = dict.fromkeys(wanted, _status(record))
    usable = bool(account["details_submitted"] and not due)
    account["charges_enabled"] = usable and "card_payments" in wanted
    account["payouts_enabled"] = usable and bool(wanted)
    for name in wanted:
        # A capability that was only asked for and grants nothing yet is no news.
        if account["capabilities"][name] != before.get(name, "inactive"):
            subject = capability_object(record, name)
            world.emit("capability.updated", subject, owner=record.id)


def settle_onboarding(world: World, record: Record, still_due: list[str]) -> None:
    """Take an account through the onboarding page, leaving ``still_due`` open."""
    record.hidden["due"] = still_due
    record.data["details_submitted"] = True
    if not record.data["external_accounts"]["data"] and "external_account" not in still_due:
        open_banks(world, record, CURRENCIES)
    refresh(world, record)
    world.emit("account.updated", record.data, owner=record.id)


def capability_object(record: Record, name: str) -> Json:
    """Return one capability in the shape its own endpoint shows."""
    requested = record.hidden["requested"].get(name)
    due = record.hidden["due"] if requested else []
    status = _status(record) if requested else "unrequested"
    reason = "requirements.fields_needed" if due else None
    return {
        "id": name,
        "object": "capability",
        "account": record.id,
        "future_requirements": _requirements([], None),
        "requested": bool(requested),
        "requested_at": requested,
        "requirements": _requirements(due, reason),
        "status": status,
    }


def transfers_active(record: Record) -> bool:
    """Tell whether an account may be paid."""
    return bool(record.data["capabilities"].get("transfers") == "active")


def _status(record: Record) -> str:
    return "inactive" if record.hidden["due"] else "active"


def _requirements(due: list[str], reason: str | None) -> Json:
    return {
        **{name: [] for name in _LISTS},
        "current_deadline": None,
        "currently_due": list(due),
        "disabled_reason": reason,
        "eventually_due": list(due),
        "past_due": list(due),
    }
