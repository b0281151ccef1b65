"""Policies as JSON."""

import msgspec

from marketplace.policies import model


class PolicySummary(msgspec.Struct):
    """A policy in the list."""

    policy_id: str
    version: str
    effective: str
    title: str


class Policy(PolicySummary):
    """A policy; `text` is Markdown."""

    text: str


class Policies(msgspec.Struct):
    """All of them."""

    items: list[PolicySummary]


def policies_to_wire(found: tuple[model.Policy, ...]) -> Policies:
    """Show what there is."""
    return Policies([PolicySummary(each.policy_id, each.version, each.effective, each.title) for each in found])


def policy_to_wire(found: model.Policy) -> Policy:
    """Show one."""
    return Policy(found.policy_id, found.version, found.effective, found.title, found.text)
