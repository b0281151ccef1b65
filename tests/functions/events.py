"""Recorded events: what each expects, and how it is run in a story.

A file holds `event` (whole, as AWS sends it), `expect` (the status and, for a refusal, the code) and `given` (how far
the story's order has come, as one of its deeds).
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.fakes.http import invoke_file
from tests.functions.story import Story


def expected(path: Path) -> dict[str, Any]:
    """Return what the file says its answer is."""
    return {"code": None, **json.loads(path.read_text())["expect"]}


def run_event(story: Story, path: Path, ways: Mapping[str, Callable[[Story], None]] | None = None) -> dict[str, Any]:
    """Bring the story to where the file begins, and send its event to the function of its folder."""
    held = json.loads(path.read_text())
    given = held.get("given")
    if given and ways and given in ways:
        ways[given](story)
    elif given:
        story.reach(given)
    reply = invoke_file(story.api.apps[path.parent.name], path)
    return {"status": reply.status, "code": (reply.json or {}).get("code")}
