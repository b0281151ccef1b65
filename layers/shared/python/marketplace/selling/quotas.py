"""How often a check of identity may be begun, and how often somebody may be asked to join a team."""

from marketplace.accounts.limits import Limit

# Closed: each check costs money at Stripe, and a person whose document is refused five times needs a person's help.
IDENTITY_CHECKS = Limit("identity-checks", 5, 86_400, fails_closed=True, failures_only=False)
# Closed: an invitation is a mail to an address of the seller's choice.
INVITATIONS = Limit("invitations", 20, 86_400, fails_closed=True, failures_only=False)
