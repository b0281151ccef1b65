"""The table of what is modelled, made from the operations themselves."""

from __future__ import annotations

from infra.local.stripe import resources  # noqa: F401 (importing it fills the registry)
from infra.local.stripe.routes import REGISTRY, Operation

_HEAD = "| operation | parameters | connected account | publishable key |\n| --- | --- | --- | --- |"


def table() -> str:
    """Return the operations as a Markdown table."""
    ordered = sorted(REGISTRY, key=lambda entry: (entry.template, entry.method))
    return "\n".join([_HEAD, *map(_row, ordered)])


def _row(entry: Operation) -> str:
    names = ", ".join(sorted(name for name in entry.params if name != "expand"))
    marks = ["yes" if flag else "" for flag in (entry.connected, entry.publishable)]
    cells = [f"`{entry.method} {entry.template}`", names, *marks]
    return f"| {' | '.join(cells)} |"
