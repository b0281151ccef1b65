"""A check of identity, failing at every call in every way: it is begun once, ends once, and Stripe forgets."""

from typing import Any

import pytest

from marketplace.kit.principal import Idempotency
from tests.crash.exploring import single_faults
from tests.crash.flows import Flow
from tests.crash.harness import Broken, FaultyWorlds, faulty_worlds
from tests.fakes.trade import Trade
from tests.fakes.world import World

KIND = "identity.verification_session"
ATTEMPT = Idempotency("the-one-attempt", "fingerprint")
RETURN_URL = "https://aval.example/identity"


def act(error: str | None) -> Any:
    """Begin (or go on), show a document, and let everything arrive."""

    def run(trade: Trade, person: str) -> None:
        trade.services.verification.begin(person, RETURN_URL, ATTEMPT)
        for session in trade.world.stripe.objects(KIND):
            if session["status"] == "requires_input" and session["last_error"] is None:
                trade.world.stripe.verify_identity(session["id"], error=error)
        trade.world.drain()

    return run


def problems(worlds: FaultyWorlds, world: World, outcome: str) -> list[str]:
    person = worlds.made
    services = world.services
    mine = services.identity_store.read(person)
    sessions = world.stripe.objects(KIND)
    kinds = [entry.kind for entry in services.security_log.page(person, None, 50).items]
    verified = outcome == "verified"
    facts = {
        "the outcome": (mine.status, outcome),
        "the tier": (services.verification.tier(person), 2 if verified else 0),
        "sessions at Stripe": (len(sessions), 1),
        "what Stripe forgets": (sessions[0]["redaction"] is not None, True),
        "what we know of that": (mine.redaction in {"asked", "done"}, True),
        "begun in the log": (kinds.count("identity:started"), 1),
        "ended in the log": (kinds.count("identity:verified" if verified else "identity:failed"), 1),
    }
    return [f"{name}: {found}, not {due}" for name, (found, due) in facts.items() if found != due]


@pytest.mark.parametrize(("outcome", "error"), [("verified", None), ("refused", "document_expired")])
def test_a_check_survives_every_fault_at_every_call(outcome, error, record_property) -> None:
    flow = Flow(lambda trade: trade.person("Someone"), act(error), frozenset())
    with faulty_worlds(flow) as worlds:
        plain_check = worlds.check

        def check(world: World) -> None:
            plain_check(world)
            found = problems(worlds, world, outcome)
            if found:
                raise Broken("; ".join(found))

        worlds.check = check  # type: ignore[method-assign]
        report = single_faults(worlds)

    assert not report.violations, "\n".join(map(str, report.violations[:5]))
    record_property("summary", f"identity {outcome}: {report.total} runs over {len(report.calls)} calls")
