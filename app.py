"""Table of contents: every route of the API on one Chalice app, for `chalice local`, the tests and the contract.

Nothing is deployed from here: each function is a Lambda of its own (infra/template.yaml).
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "layers/shared/python"))  # Chalice adds the project's folder only

from functions.account import handler as account
from functions.aftersales import handler as aftersales
from functions.appeals import handler as appeals
from functions.capital import handler as capital
from functions.carrier_webhook import handler as carrier_webhook
from functions.cases import handler as cases
from functions.chargebacks import handler as chargebacks
from functions.checkout import handler as checkout
from functions.claims import handler as claims
from functions.commissions import handler as commissions
from functions.contract import handler as contract
from functions.decisions import handler as decisions
from functions.disputes import handler as disputes
from functions.intents import handler as intents
from functions.listings import handler as listings
from functions.members import handler as members
from functions.moderation import handler as moderation
from functions.negotiations import handler as negotiations
from functions.not_me import handler as not_me
from functions.notifications import handler as notifications
from functions.operator_accounts import handler as operator_accounts
from functions.operator_payouts import handler as operator_payouts
from functions.orders import handler as orders
from functions.passkeys import handler as passkeys
from functions.password import handler as password
from functions.payouts import handler as payouts
from functions.policies import handler as policies
from functions.proposals import handler as proposals
from functions.recovery import handler as recovery
from functions.refunds import handler as refunds
from functions.returns import handler as returns
from functions.reviews import handler as reviews
from functions.security import handler as security
from functions.security_log import handler as security_log
from functions.sellers import handler as sellers
from functions.sessions import handler as sessions
from functions.signup import handler as signup
from functions.solvency import handler as solvency
from functions.standing import handler as standing
from functions.statements import handler as statements
from functions.stripe_webhook import handler as stripe_webhook
from functions.timelines import handler as timelines
from functions.unclaimed import handler as unclaimed
from functions.verifications import handler as verifications
from functions.withdrawals import handler as withdrawals
from marketplace.web import make_app
from marketplace.wiring import live

# In the order in which somebody who trades meets them; the documentation keeps it.
FUNCTIONS = {
    "signup": signup,
    "sessions": sessions,
    "password": password,
    "security": security,
    "security_log": security_log,
    "not_me": not_me,
    "passkeys": passkeys,
    "recovery": recovery,
    "account": account,
    "standing": standing,
    "verifications": verifications,
    "sellers": sellers,
    "members": members,
    "listings": listings,
    "carrier_webhook": carrier_webhook,
    "checkout": checkout,
    "orders": orders,
    "statements": statements,
    "refunds": refunds,
    "returns": returns,
    "aftersales": aftersales,
    "withdrawals": withdrawals,
    "disputes": disputes,
    "negotiations": negotiations,
    "appeals": appeals,
    "claims": claims,
    "decisions": decisions,
    "cases": cases,
    "timelines": timelines,
    "payouts": payouts,
    "reviews": reviews,
    "notifications": notifications,
    "moderation": moderation,
    "intents": intents,
    "unclaimed": unclaimed,
    "chargebacks": chargebacks,
    "operator_accounts": operator_accounts,
    "operator_payouts": operator_payouts,
    "proposals": proposals,
    "commissions": commissions,
    "solvency": solvency,
    "capital": capital,
    "stripe_webhook": stripe_webhook,
    "policies": policies,
    "contract": contract,
}
ROUTES = {name: module.ROUTES for name, module in FUNCTIONS.items()}

app = make_app("aval", *(route for routes in ROUTES.values() for route in routes), services=live)
