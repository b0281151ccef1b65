"""Acting for a seller: the parts in a team, and the one table of what each may do.

Whoever belongs to a seller's team says on each request for whom they act (`Aval-Seller`). A route that may be used so
names the duty that it belongs to; a route that names none is the owner's alone.
"""

from collections.abc import Mapping

from marketplace.kit.errors import Forbidden, Missing

ACTING_HEADER = "aval-seller"

MANAGER, SHIPPER, VIEWER = "manager", "shipper", "viewer"
VIEW, LISTINGS, SHIPMENTS, ORDERS, DISPUTES = "view", "listings", "shipments", "orders", "disputes"
DUTIES: Mapping[str, frozenset[str]] = {
    MANAGER: frozenset({VIEW, LISTINGS, SHIPMENTS, ORDERS, DISPUTES}),
    SHIPPER: frozenset({VIEW, SHIPMENTS}),
    VIEWER: frozenset({VIEW}),
}


class TeamMissing(Missing):
    """No such seller, or the caller is not of their team: the same answer."""

    code = "team_not_found"
    title_en = "You belong to no such team."
    title_es = "No perteneces a ese equipo."


class TeamRoleTooLow(Forbidden):
    """The caller's part in the team does not allow this; what only the owner may do, no part allows."""

    code = "team_role"
    title_en = "Your part in this team does not allow this."
    title_es = "Tu función en este equipo no permite esto."


def may(role: str, duty: str) -> bool:
    """Say whether a part in a team allows a duty; an unknown part allows nothing, and "" is nobody's duty."""
    return duty in DUTIES.get(role, frozenset())
