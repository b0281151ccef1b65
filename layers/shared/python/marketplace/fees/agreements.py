"""An agreement with one seller as the flat facts of a proposal, and back: all that its effect will know."""

from collections.abc import Mapping

from marketplace.fees.model import Rule

KIND = "fees.agreement"
_NONE = -1  # of the percentage: the agreement that stands ends
_AMOUNTS = ("fixed", "min", "max")


def facts_of(rule: Rule | None) -> dict[str, str | int]:
    """Spell a rule, or the end of one, as whole numbers."""
    if rule is None:
        return {"percent_bps": _NONE}
    amounts = {
        f"{name}.{currency}": minor for name in _AMOUNTS for currency, minor in getattr(rule, f"{name}_minor").items()
    }
    return {"percent_bps": rule.percent_bps, **amounts}


def rule_of(agreement_id: str, seller_id: str, facts: Mapping[str, str | int]) -> Rule | None:
    """Read what `facts_of` spelled."""
    percent_bps = int(facts["percent_bps"])
    if percent_bps == _NONE:
        return None
    amounts: dict[str, dict[str, int]] = {name: {} for name in _AMOUNTS}
    for fact, minor in facts.items():
        name, _, currency = fact.partition(".")
        if currency:
            amounts[name][currency] = int(minor)
    return Rule(
        agreement_id,
        percent_bps,
        seller_id=seller_id,
        fixed_minor=amounts["fixed"],
        min_minor=amounts["min"],
        max_minor=amounts["max"],
    )
