"""The stored form of a dispute's parts."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from marketplace.disputes.model import Appeal, Decision, Evidence, Offer
from marketplace.kit.clock import from_text, to_text

_MOMENTS = frozenset({"at", "uploaded_at", "made_at", "expires_at", "ended_at", "due_at", "counter_at"})
T = TypeVar("T")


def stored(part: Evidence | Decision | Offer | Appeal) -> dict[str, Any]:
    """Return a part as JSON; what is empty is left out."""
    facts = ((each.name, getattr(part, each.name)) for each in fields(part))
    return {name: _plain(value) for name, value in facts if not _is_empty(value)}


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", ())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, Decision):
        return stored(value)
    return [list(each) for each in value] if isinstance(value, tuple) else value


def evidence_from(facts: Mapping[str, Any]) -> Evidence:
    """Read a stored file."""
    return _read(Evidence, {"description": "", **facts})


def decision_from(facts: Mapping[str, Any]) -> Decision:
    """Read a stored decision."""
    lines = tuple((place, amount) for place, amount in facts.get("lines", ()))
    return _read(Decision, {"reasons": "", "clause": "", **facts, "lines": lines})


def offer_from(facts: Mapping[str, Any]) -> Offer:
    """Read a stored offer."""
    return _read(Offer, {"return_needed": False, **facts})


def appeal_from(facts: Mapping[str, Any]) -> Appeal:
    """Read a stored appeal."""
    decided = facts.get("decision")
    return _read(Appeal, {"statement": "", **facts, "decision": decision_from(decided) if decided else None})


def _read(kind: Callable[..., T], facts: Mapping[str, Any]) -> T:
    return kind(**{name: from_text(value) if name in _MOMENTS else value for name, value in facts.items()})
