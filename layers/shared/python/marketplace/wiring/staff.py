"""Those who run the marketplace: roles, approvals by two, looking without touching."""

from marketplace.wiring.community import Community


class Staff(Community):
    """Those who run the marketplace: roles, approvals by two, looking without touching."""
