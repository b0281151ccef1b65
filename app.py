"""Table of contents: every route of the API on one Chalice app, for `chalice local`, the tests and the contract.

Nothing is deployed from here: each function is a Lambda of its own (infra/template.yaml).
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "layers/shared/python"))  # Chalice adds the project's folder only

from functions.account import handler as account
from functions.checkout import handler as checkout
from functions.contract import handler as contract
from functions.disputes import handler as disputes
from functions.listings import handler as listings
from functions.moderation import handler as moderation
from functions.notifications import handler as notifications
from functions.orders import handler as orders
from functions.reviews import handler as reviews
from functions.security import handler as security
from functions.sellers import handler as sellers
from functions.sessions import handler as sessions
from functions.signup import handler as signup
from functions.stripe_webhook import handler as stripe_webhook
from marketplace.web import make_app
from marketplace.wiring import live

# In the order in which somebody who trades meets them; the documentation keeps it.
FUNCTIONS = {
    "signup": signup,
    "sessions": sessions,
    "security": security,
    "account": account,
    "sellers": sellers,
    "listings": listings,
    "checkout": checkout,
    "orders": orders,
    "disputes": disputes,
    "reviews": reviews,
    "notifications": notifications,
    "moderation": moderation,
    "stripe_webhook": stripe_webhook,
    "contract": contract,
}
ROUTES = {name: module.ROUTES for name, module in FUNCTIONS.items()}

app = make_app("aval", *(route for routes in ROUTES.values() for route in routes), services=live)
