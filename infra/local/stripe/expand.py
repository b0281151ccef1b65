"""Expansion: an id in an answer becomes the object, up to four levels deep."""

from __future__ import annotations

from infra.local.stripe.copying import copied
from infra.local.stripe.errors import Json, ParameterError
from infra.local.stripe.store import Store

_DEEPEST = 4

_EXPANDABLE: dict[str, set[str]] = {
    "payment_intent": {"customer", "latest_charge", "payment_method"},
    "charge": {
        "balance_transaction", "customer", "payment_intent", "source_transfer",
        "transfer", "failure_balance_transaction", "refunds",
    },
    "refund": {"balance_transaction", "charge", "payment_intent", "customer"},
    "transfer": {
        "balance_transaction", "destination", "destination_payment",
        "source_transaction",
    },
    "transfer_reversal": {
        "balance_transaction", "destination_payment_refund", "transfer",
    },
    "dispute": {"charge", "payment_intent"},
    "balance_transaction": {"source"},
    "payment_method": {"customer"},
    "payout": {"balance_transaction"},
    "topup": {"balance_transaction"},
    "capability": {"account"},
    "identity.verification_session": {"verified_outputs"},
}  # fmt: skip


def expand(answer: Json, paths: list[str], store: Store) -> Json:
    """Return a copy of ``answer`` with the named properties expanded."""
    shown = copied(answer)
    for path in paths:
        steps = path.split(".")
        is_list = shown.get("object") == "list"
        if is_list and steps[0] != "data":
            raise _refused(path)
        if len(steps) - is_list > _DEEPEST:
            raise ParameterError(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}",
                param="expand",
            )
        _walk(shown, steps, path, store)
    return shown


def _walk(node: Json, steps: list[str], path: str, store: Store) -> None:
    name, rest = steps[0], steps[1:]
    if node.get("object") == "list":
        if name != "data":
            raise _refused(path)
        for item in node["data"]:
            if rest:
                _walk(item, rest, path, store)
        return
    if name not in _EXPANDABLE.get(node.get("object", ""), set()):
        raise _refused(path)
    if name == "refunds":
        node[name] = _refunds(node["id"], store)
    if name == "verified_outputs":
        node[name] = _verified_outputs(node["id"], store)
        return
    value = node.get(name)
    if isinstance(value, str):
        found = store.any(value)
        value = node[name] = copied(found.data) if found else value
    if rest and isinstance(value, dict):
        _walk(value, rest, path, store)


def _verified_outputs(session: str, store: Store) -> Json | None:
    record = store.any(session)
    found: Json | None = copied(record.hidden["outputs"]) if record else None
    return found


def _refunds(charge: str, store: Store) -> Json:
    data = [r.data for r in store.owned("refund") if r.data["charge"] == charge]
    return {
        "object": "list",
        "data": copied(data[::-1]),
        "has_more": False,
        "url": f"/v1/charges/{charge}/refunds",
    }


def _refused(path: str) -> ParameterError:
    return ParameterError(f"This property cannot be expanded ({path}).", param="expand")
