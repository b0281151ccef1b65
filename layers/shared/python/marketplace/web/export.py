"""Write the contract: `python -m marketplace.web.export [--check]`, from the repository's root."""

import importlib
import json
import sys
from pathlib import Path

from marketplace.web.openapi import openapi_document

PUBLISHED = Path("docs/api/openapi.json")  # for people and their diffs
SERVED = Path("functions/contract/openapi.json")  # what the function answers with, without white space


def copies() -> dict[Path, str]:
    """Render the document of all routes that app.py lists, as each copy holds it."""
    document = openapi_document(importlib.import_module("app").ROUTES)
    return {
        PUBLISHED: json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        SERVED: json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n",
    }


def stale(root: Path) -> list[Path]:
    """List the copies under `root` that differ from the routes."""
    return [
        copy
        for copy, text in copies().items()
        if not (root / copy).exists() or (root / copy).read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write both copies; with `--check` only say whether they are fresh."""
    root = Path.cwd()
    sys.path.insert(0, str(root))
    if arguments == ["--check"]:
        old = stale(root)
        sys.stdout.write("".join(f"{copy} is stale: run make openapi\n" for copy in old))
        return 1 if old else 0
    for copy, text in copies().items():
        (root / copy).parent.mkdir(parents=True, exist_ok=True)
        (root / copy).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
