"""What is measured when a trade does not end well: a decision, and a return."""

from collections.abc import Callable, Iterator
from typing import Any

from bench.stage import answered
from tests.fakes.http import Api

DECIDE, ACCEPT = "decide a dispute", "both accept, money divided"
RETURN, RETURN_BACK = "ask for a return", "return received, refunded"
SPLIT_REFUND_MINOR = 1_000

Act = Callable[[], Any]


def decided(
    api: Api, order: str, buyer: str, seller: str, moderator: str, step: Callable[[str, Act], Any]
) -> Iterator[Any]:
    """Let a moderator split what is quarrelled over, and both sides accept that."""
    path = f"/disputes/{answered(api.get(order, token=seller))['dispute_id']}"
    answered(api.post(f"{path}/answer", {"statement": "Sí llegó: hay un recibo firmado."}, token=seller))
    answered(api.post(f"{path}/escalate", token=seller))
    award = {"refund_minor": SPLIT_REFUND_MINOR, "clause": "5.2", "reasons": "Las dos partes tienen algo de razón."}
    yield step(DECIDE, lambda: answered(api.post(f"{path}/decision", award, token=moderator)))
    accepts = f"{path}/accept-decision"
    answered(api.post(accepts, token=buyer))
    yield step(ACCEPT, lambda: answered(api.post(accepts, token=seller)))


def returned(
    api: Api, order: str, buyer: str, seller: str, cart: dict[str, Any], step: Callable[[str, Act], Any]
) -> Iterator[Any]:
    """Let a buyer give everything back, and the seller have it."""
    made: list[Any] = []
    yield step(
        RETURN, lambda: made.append(answered(api.post(f"{order}/returns", cart, token=buyer, key=order[-24:]), 201))
    )
    path = f"/returns/{made[0]['return_id']}"
    parcel = {"carrier": "Correos", "tracking_number": "RT" + order[-8:]}
    answered(api.post(f"{path}/sent", parcel, token=buyer))
    yield step(RETURN_BACK, lambda: answered(api.post(f"{path}/received", {"restock": True}, token=seller)))
    assert answered(api.get(order, token=buyer))["state"] == "refunded"
