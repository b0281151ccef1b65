"""Write docs/policies from the tables that the code obeys: `python -m infra.policy_pages`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "layers/shared/python"))

from marketplace.policies.pages import LOCALES, policies  # noqa: E402 - the package is in the layer

FOLDER = ROOT / "docs" / "policies"


def written() -> dict[Path, str]:
    """Return each file and what must stand in it."""
    return {FOLDER / f"{page.policy_id}.{locale}.md": page.text for locale in LOCALES for page in policies(locale)}


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
