"""The statement as text: the bytes that are signed, spelled in one way only."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from marketplace.kit.clock import to_text
from marketplace.solvency.model import Covering

FORMAT = "aval-solvency-2"  # 1 said nothing of what lies in sellers' own accounts


def statement_text(stage: str, at: datetime, coverings: Iterable[Covering], previous: str | None) -> str:
    """Spell a statement: JSON, keys sorted, no spaces. `previous` is the hash of the statement before this one."""
    told = {
        "format": FORMAT,
        "stage": stage,
        "at": to_text(at),
        "previous": previous,
        "currencies": {each.currency: _told(each) for each in coverings},
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_of(text: str) -> str:
    """Return the hash by which the next statement names this one."""
    return hashlib.sha256(text.encode()).hexdigest()


def _told(each: Covering) -> dict[str, object]:
    balances = {"balances": asdict(each.balances)} if each.balances else {}
    return {
        "owed_minor": dict(each.owed_minor),
        "total_owed_minor": each.total_owed_minor,
        "claims": each.claims,
        "root": each.root,
        "at_stripe_minor": each.at_stripe_minor,
        "shortfall_minor": each.shortfall_minor,
        "expected_commission_minor": each.expected_commission_minor,
        "with_banks_minor": each.with_banks_minor,
        "sellers_debts_minor": each.sellers_debts_minor,
        "moving_minor": each.moving_minor,
        "status": each.status,
        **balances,
    }
