"""A policy: one page of rules, in one language, with the version that is in force."""

from dataclasses import dataclass

from marketplace.kit.errors import Missing

EFFECTIVE = "2026-11-01"


class PolicyMissing(Missing):
    """No such policy."""

    code = "policy_not_found"
    title_en = "There is no such policy."
    title_es = "No existe esa política."


@dataclass(frozen=True, slots=True)
class Policy:
    """One page; `text` is Markdown."""

    policy_id: str
    version: str
    effective: str  # a day
    title: str
    text: str
