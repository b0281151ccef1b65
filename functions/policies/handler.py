"""/policies: the marketplace's rules, drawn from the tables that the code obeys."""

from marketplace.policies.model import PolicyMissing
from marketplace.policies.pages import policies, policy
from marketplace.policies.wire import Policies, Policy, policies_to_wire, policy_to_wire
from marketplace.web import Public, Request, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/policies", access=Public, returns=Policies)
def list_policies(request: Request, services: Services) -> Policies:
    """List the policies and the version of each that is in force."""
    return policies_to_wire(policies(request.locale))


@route("GET", "/policies/{policy_id}", access=Public, returns=Policy, errors=(PolicyMissing,))
def get_policy(request: Request, services: Services) -> Policy:
    """Read one policy, in your language."""
    return policy_to_wire(policy(request.path["policy_id"], request.locale))


ROUTES = (list_policies, get_policy)
handler = make_app("policies", *ROUTES, services=live)
