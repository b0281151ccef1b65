"""The control interface over HTTP: ``/_local/...``, for people and for scripts.

Never part of the API. JSON in and out, except for the pages a person looks at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from infra.local.stripe import pages
from infra.local.stripe.core import LocalStripe
from infra.local.stripe.errors import Json, StripeError
from infra.local.stripe.protocol import Reply

Act = Callable[[LocalStripe, Json], Any]


@dataclass(frozen=True)
class Visit:
    """A request for a page, or from one."""

    core: LocalStripe
    identifier: str
    query: dict[str, list[str]]
    body: bytes

    def field(self, name: str) -> str:
        """Return a field of the query, empty when it is not there."""
        return self.query.get(name, [""])[-1]


#: Acts on a core by name: the body's fields are the method's arguments.
ACTS: dict[str, Act] = {
    "finish_onboarding": lambda core, given: core.finish_onboarding(**given),
    "complete_3ds": lambda core, given: core.complete_3ds(**given),
    "open_dispute": lambda core, given: core.open_dispute(**given),
    "close_dispute": lambda core, given: core.close_dispute(**given),
    "escalate_dispute": lambda core, given: core.escalate_dispute(**given),
    "overturn_dispute": lambda core, given: core.overturn_dispute(**given),
    "warn_of_fraud": lambda core, given: core.warn_of_fraud(**given),
    "submit_identity": lambda core, given: core.submit_identity(**given),
    "verify_identity": lambda core, given: core.verify_identity(**given),
    "change_banks": lambda core, given: core.change_banks(**given),
    "update_bank": lambda core, given: core.update_bank(**given),
    "bank_refuses": lambda core, given: core.bank_refuses(**given),
    "disconnect": lambda core, given: core.disconnect(**given),
    "take_payout": lambda core, given: core.take_payout(**given),
    "fail_payout": lambda core, given: core.fail_payout(**given),
    "fail_refund": lambda core, given: core.fail_refund(**given),
    "close_topup": lambda core, given: core.close_topup(**given),
    "add_funds": lambda core, given: core.add_funds(**given),
    "inject": lambda core, given: core.inject(**given),
    "clear_faults": lambda core, _given: core.faults.clear(),
    "advance": lambda core, given: core.advance(timedelta(**given)),
    "webhook_modes": lambda core, given: core.webhooks.mode(*given["modes"]),
    "redeliver": lambda core, given: core.redeliver(given["event"]),
}


def serve(core: LocalStripe, method: str, target: str, body: bytes, flush: Callable[[], int]) -> Reply:
    """Answer a request whose path starts with ``/_local/``."""
    parts = urlsplit(target)
    name, _, identifier = parts.path.removeprefix("/_local/").partition("/")
    visit = Visit(core, identifier, parse_qs(parts.query), body)
    table = PAGES if method == "GET" else FORMS if identifier else {}
    try:
        if name in table:
            return table[name](visit)
        if method == "POST" and name in ACTS and not identifier:
            given = json.loads(body or b"{}")
            return _json(ACTS[name](core, given) or {})
        if method == "POST" and name == "flush":
            return _json({"attempts": flush()})
    except StripeError as error:
        return _json(error.body(), error.status)
    except (TypeError, ValueError, KeyError) as error:
        return _json({"error": {"message": f"{type(error).__name__}: {error}"}}, 400)
    return _json({"error": {"message": f"no such control: {method} {parts.path}"}}, 404)


def summary(core: LocalStripe) -> Json:
    """Return what the local Stripe holds, at a glance."""
    return {
        "time": core.world.moment().isoformat(),
        "balances": core.balances(),
        "requests": len(core.requests),
        "webhooks": {
            "modes": sorted(core.webhooks.modes),
            "pending": [
                {
                    "event": delivery.event_id,
                    "type": delivery.event_type,
                    "attempts": delivery.attempts,
                    "due": delivery.due,
                }
                for delivery in core.webhooks.pending()
            ],
        },
    }


def _show_onboarding(visit: Visit) -> Reply:
    account, link = visit.core.onboarding_link(visit.identifier, visit.field("token"))
    if link["expired"]:
        return _redirect(link["refresh_url"])
    return _page(pages.onboarding(account, visit.field("token")))


def _onboard(visit: Visit) -> Reply:
    _, link = visit.core.onboarding_link(visit.identifier, visit.field("token"))
    if link["expired"]:
        return _redirect(link["refresh_url"])
    visit.core.finish_onboarding(visit.identifier)
    return _redirect(link["return_url"])


def _show_identity(visit: Visit) -> Reply:
    session, _ = visit.core.identity_page(visit.identifier, visit.field("token"))
    return _page(pages.identity(session, visit.field("token")))


def _identify(visit: Visit) -> Reply:
    _, back = visit.core.identity_page(visit.identifier, visit.field("token"))
    passed = parse_qs(visit.body.decode()).get("outcome") == ["pass"]
    after = visit.core.verify_identity(visit.identifier, error=None if passed else "document_unverified_other")
    return _redirect(back) if back else _json({"status": after["status"]})


def _show_authentication(visit: Visit) -> Reply:
    return _page(pages.authentication(visit.core.object("payment_intent", visit.identifier)))


def _authenticate(visit: Visit) -> Reply:
    """Pass or fail the prompt, then send the browser back as Stripe does."""
    before = visit.core.object("payment_intent", visit.identifier)
    back = (before["next_action"] or {}).get("redirect_to_url", {}).get("return_url")
    success = parse_qs(visit.body.decode()).get("outcome") == ["pass"]
    after = visit.core.complete_3ds(visit.identifier, success=success)
    if not back:
        return _json({"status": after["status"]})
    paid = after["status"] in ("succeeded", "requires_capture")
    facts = {
        "payment_intent": after["id"],
        "payment_intent_client_secret": after["client_secret"],
        "redirect_status": "succeeded" if paid else "failed",
    }
    return _redirect(f"{back}{'&' if '?' in back else '?'}{urlencode(facts)}")


def _show_dashboard(visit: Visit) -> Reply:
    account = visit.core.object("account", visit.identifier)
    return _page(pages.dashboard(account, visit.core.balances().get(account["id"], {})))


def _json(value: Any, status: int = 200) -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(status, headers, json.dumps(value, indent=2).encode())


def _page(html: str) -> Reply:
    return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, html.encode())


def _redirect(url: str) -> Reply:
    return Reply(303, {"Location": url, "Content-Type": "text/plain"}, b"")


#: What a person looks at, and what the buttons there send.
PAGES: dict[str, Callable[[Visit], Reply]] = {
    "3ds": _show_authentication,
    "dashboard": _show_dashboard,
    "identity": _show_identity,
    "health": lambda _visit: _json({"status": "ok"}),
    "onboarding": _show_onboarding,
    "summary": lambda visit: _json(summary(visit.core)),
}
FORMS: dict[str, Callable[[Visit], Reply]] = {"3ds": _authenticate, "identity": _identify, "onboarding": _onboard}
