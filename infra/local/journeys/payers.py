"""What happens at Stripe: the buyer's browser paying, the bank's prompt, and how webhooks travel."""

from typing import Any
from urllib.parse import urlencode

from infra.local.journeys.exchange import Reply, as_json
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import JourneyFailed

PUBLISHABLE_KEY = "pk_test_local"
SECRET_KEY = "sk_test_local"  # noqa: S105 - the local Stripe's own, as infra.local.cloud seeds it
RETURN_URL = "https://aval.example/checkout/done"
PAGE_SIZE = 100
SEE_OTHER = 303
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

GOOD_CARD = "pm_card_visa"
# Its money has cleared at once, as others' has after some days: what is earned with it can be paid out.
CLEARED_CARD = "pm_card_bypassPending"
DECLINED_CARD = "pm_card_chargeDeclined"
PROMPTING_CARD = "pm_card_authenticationRequired"


class StripeSide:
    """One visitor of the local Stripe."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._sender = stage.sender()

    # The buyer's browser, which holds the publishable key and the payment's client secret

    def confirm(self, checkout: dict[str, Any], card: str) -> Reply:
        """Pay a checkout with a card, as Stripe's element on the page does."""
        form = {"client_secret": checkout["client_secret"], "payment_method": card, "return_url": RETURN_URL}
        path = f"/v1/payment_intents/{checkout['payment_intent_id']}/confirm"
        return self._send("POST", path, PUBLISHABLE_KEY, form)

    def pay(self, checkout: dict[str, Any], card: str = GOOD_CARD) -> str:
        """Pay, and return the payment's status; fail the journey when the card is not taken."""
        reply = self.confirm(checkout, card)
        if not reply.ok:
            raise JourneyFailed(f"Stripe answered {reply.status}: {reply.json.get('error', {}).get('message')}")
        return str(reply.json["status"])

    def answer_prompt(self, payment_intent_id: str, *, approve: bool) -> None:
        """Open the page of the buyer's bank, and press one of its two buttons."""
        page = f"{self._stage.place.stripe_url}/_local/3ds/{payment_intent_id}"
        shown = self._sender.send("GET", page, {})
        outcome = urlencode({"outcome": "pass" if approve else "fail"}).encode()
        pressed = self._sender.send("POST", page, _FORM, outcome)
        if not shown.ok or pressed.status != SEE_OTHER:
            raise JourneyFailed(f"the bank's page answered {shown.status} and {pressed.status}")

    # What travels from Stripe to the marketplace

    def webhook_modes(self, *modes: str) -> None:
        """Choose how webhooks misbehave: in_order, shuffled, duplicated, ..."""
        self._control("webhook_modes", {"modes": list(modes)})

    def send_again(self, event_id: str) -> None:
        """Send an event's webhook once more."""
        self._control("redeliver", {"event": event_id})

    def webhooks_waiting(self) -> int:
        """Return how many deliveries have not been taken yet."""
        summary = self._sender.send("GET", f"{self._stage.place.stripe_url}/_local/summary", {})
        return len(summary.json["webhooks"]["pending"])

    # What the platform itself sees, with its secret key

    def list_all(self, path: str, account: str = "", **query: str) -> list[dict[str, Any]]:
        """Return every object of a list, the newest first; `account` is a connected one."""
        found: list[dict[str, Any]] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = self.read(path, account, limit=str(PAGE_SIZE), **query, **after)
            found += page["data"]
            if not page["has_more"]:
                return found

    def read(self, path: str, account: str = "", **query: str) -> Any:
        """Read something of the platform's own account, or of a connected one."""
        reply = self._send("GET", f"{path}?{urlencode(query)}" if query else path, SECRET_KEY, account=account)
        if not reply.ok:
            raise JourneyFailed(f"Stripe answered {reply.status} to GET {path}: {reply.json}")
        return reply.json

    def balances(self, account: str = "") -> dict[str, int]:
        """Return what an account holds by currency, available and pending together."""
        balance = self.read("/v1/balance", account)
        totals: dict[str, int] = {}
        for part in [*balance["available"], *balance["pending"]]:
            totals[part["currency"]] = totals.get(part["currency"], 0) + part["amount"]
        return totals

    # What banks do

    def charge_back(self, payment_intent_id: str, *, reason: str) -> str:
        """Let the buyer's bank take a payment back, and return the case."""
        charge = self.read(f"/v1/payment_intents/{payment_intent_id}")["latest_charge"]
        return str(self._control("open_dispute", {"charge": charge, "reason": reason})["id"])

    def decide_chargeback(self, dispute_id: str, *, won: bool) -> None:
        """Let the buyer's bank decide a case."""
        self._control("close_dispute", {"dispute": dispute_id, "won": won})

    def account_of(self, seller_id: str) -> str:
        """Return a seller's connected account."""
        accounts = self.list_all("/v1/accounts")
        return next(str(each["id"]) for each in accounts if each["metadata"].get("seller_id") == seller_id)

    def take_payout(self, stripe_payout_id: str) -> None:
        """Let the seller's bank take a payout, which it else does some days later."""
        self._control("take_payout", {"payout": stripe_payout_id})

    def _send(self, method: str, path: str, key: str, form: dict[str, str] | None = None, account: str = "") -> Reply:
        headers = {"Authorization": f"Bearer {key}", **(_FORM if form is not None else {})}
        if account:
            headers["Stripe-Account"] = account
        body = urlencode(form).encode() if form is not None else None
        return self._sender.send(method, self._stage.place.stripe_url + path, headers, body)

    def _control(self, name: str, given: dict[str, Any]) -> Any:
        url = f"{self._stage.place.stripe_url}/_local/{name}"
        reply = self._sender.send("POST", url, {"Content-Type": "application/json"}, as_json(given))
        if not reply.ok:
            raise JourneyFailed(f"the local Stripe answered {reply.status} to {name}: {reply.json}")
        return reply.json
