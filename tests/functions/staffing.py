"""What staff has done before a recorded event begins."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from marketplace.kit.principal import ADMIN, Principal
from tests.fakes.http import invoke_file
from tests.functions.story import ADMIN_ID, BUYER, COLLEAGUE, OTHER_ADMIN, Story


def chief(story: Story, account_id: str = ADMIN_ID) -> Principal:
    """Return an administrator as a request of theirs would name them."""
    now = story.world.clock.now()
    return Principal(account_id, "ses_1", True, "en", frozenset({ADMIN}), factor_at=now)


def two_administrators(story: Story) -> None:
    """Let the roster know both."""
    store = story.services.staff_store
    for account_id in (ADMIN_ID, OTHER_ADMIN):
        story.services.transactions.commit(store.enlist(account_id, ADMIN))


def suspend(story: Story, scope: str = "account") -> None:
    story.services.suspensions.suspend(BUYER, chief(story), clause="3.1", reasons="Copias.", scope=scope)


def _appeal(story: Story) -> None:
    suspend(story)
    story.services.suspensions.appeal(BUYER, "Son auténticos.")


def _propose(story: Story) -> None:
    two_administrators(story)
    story.services.roles.grant(COLLEAGUE, "finance", chief(story), "Hace falta.", "1")


DONE: Mapping[str, Callable[[Story], Any]] = {
    "appointed": lambda story: story.services.roles.grant(COLLEAGUE, "support", chief(story), "Hace falta.", "1"),
    "suspended": suspend,
    "suspended_selling": lambda story: suspend(story, "selling"),
    "appealed": _appeal,
    "proposed": _propose,
}


def run(story: Story, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Bring the story to where the file begins, send its event, and return the answer and what was expected."""
    held = json.loads(path.read_text())
    if held.get("given"):
        DONE[held["given"]](story)
    reply = invoke_file(story.api.apps[path.parent.name], path)
    return {"status": reply.status, "code": (reply.json or {}).get("code")}, {"code": None, **held["expect"]}
