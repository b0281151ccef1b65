"""Run the event files of a function, each in a scene of its own."""

import json
from pathlib import Path
from typing import Any

from marketplace.web import make_app
from tests.fakes.http import Reply, invoke
from tests.unit.accounts.scene import accounts_scene

EVENTS = Path(__file__).parents[3] / "events"


def event_files(function: str) -> list[Path]:
    return sorted((EVENTS / function).glob("*.json"))


def run_file(path: Path, routes: tuple[Any, ...]) -> tuple[Reply, dict[str, Any]]:
    """Return the reply and what the file expects.

    Lucía has a verified account and a session, and what `given` names besides; {{token}} and {{account_id}} are hers.
    """
    text = path.read_text()
    with accounts_scene() as scene:
        account_id, token = scene.register(), scene.token()
        given = json.loads(text).get("given")
        if given == "second_factor":
            scene.enable_factor(token)
        if given in {"applied", "active"}:
            scene.apply(account_id)
        if given == "active":
            scene.activate()
        held = json.loads(text.replace("{{token}}", token).replace("{{account_id}}", account_id))
        services = scene.services
        reply = invoke(make_app(path.parent.name, *routes, services=lambda: services), held["event"])
        return reply, held["expect"]
