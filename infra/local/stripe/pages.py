"""The few pages a person sees: onboarding, 3D Secure, identity, an account's dashboard."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from infra.local.stripe.errors import Json

_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto;
       padding: 0 1rem; }}
button {{ font: inherit; padding: .5rem 1rem; }}
.note {{ color: #595959; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
<p class="note">This is a local stand-in for Stripe. Nothing here is real.</p>
</main>
</body>
</html>
"""


def onboarding(account: Json, token: str) -> str:
    """Return the page a seller fills in: one button, all requirements met."""
    name = escape(account["email"] or account["id"])
    due = account["requirements"]["currently_due"]
    points = "".join(f"<li>{escape(point)}</li>" for point in due)
    asked = f"<p>Stripe would ask for:</p><ul>{points}</ul>" if due else ""
    action = f"/_local/onboarding/{quote(account['id'])}?token={quote(token)}"
    return _FRAME.format(
        title="Set up payouts",
        body=f"<p>For {name}.</p>{asked}"
        f'<form method="post" action="{escape(action)}">'
        '<button type="submit">Provide everything and continue</button></form>',
    )


def authentication(intent: Json) -> str:
    """Return the bank's prompt: pass or fail."""
    amount = f"{intent['amount']} {escape(intent['currency'])} (minor units)"
    action = f"/_local/3ds/{quote(intent['id'])}"
    return _FRAME.format(
        title="Confirm this payment",
        body=f"<p>Your bank asks you to confirm a payment of {amount}.</p>"
        f'<form method="post" action="{escape(action)}">'
        '<button type="submit" name="outcome" value="pass">Complete</button> '
        '<button type="submit" name="outcome" value="fail">Fail</button></form>',
    )


def identity(session: Json, token: str) -> str:
    """Return the page on which a person shows a document: it is good or it is not."""
    action = f"/_local/identity/{quote(session['id'])}?token={quote(token)}"
    return _FRAME.format(
        title="Verify your identity",
        body="<p>Stripe would take a picture of your identity document here.</p>"
        f'<form method="post" action="{escape(action)}">'
        '<button type="submit" name="outcome" value="pass">Show a good document</button> '
        '<button type="submit" name="outcome" value="fail">Show a bad one</button></form>',
    )


def dashboard(account: Json, balances: dict[str, dict[str, int]]) -> str:
    """Return what a seller sees: the balance."""
    rows = "".join(
        f"<li>{sums['available']} {escape(currency)} available, {sums['pending']} pending (minor units)</li>"
        for currency, sums in sorted(balances.items())
    )
    shown = f"<ul>{rows}</ul>" if rows else "<p>No money yet.</p>"
    return _FRAME.format(title="Your balance", body=f"<p>{escape(account['id'])}</p>{shown}")
