"""What an exploration explores: every file that its worlds are made of, and a hash of them."""

import hashlib
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

# Patterns below the repository; test_explored.py holds that nothing an exploration loads or reads is missing.
CODE = (
    "layers/shared/python/marketplace/**/*.py",
    "functions/escrow/handler.py",
    "functions/escrow_clock/handler.py",
    "infra/__init__.py",
    "infra/data.yaml",
    "infra/local/__init__.py",
    "infra/local/templates.py",
    "infra/local/stripe/**/*.py",
    "tests/crash/*.py",
    "tests/fakes/**/*.py",
    "tests/unit/*/making.py",
    "requirements.txt",
)
EXPLORES_NOTHING = (
    "tests/crash/test_*.py",
    "tests/crash/report.py",
    "tests/crash/totals.py",
    "infra/local/stripe/contract/*",
)
# Only the histories explore with these.
MODEL = frozenset(f"tests/crash/{name}.py" for name in ("model", "histories", "history_deeds", "history_sellers"))


def files(*, with_model: bool = True, root: Path = Path()) -> Sequence[str]:
    """Name the files, from the repository's root, in order."""
    found = {path.relative_to(root).as_posix() for pattern in CODE for path in root.glob(pattern)}
    left_out = {name for name in found if any(fnmatch(name, pattern) for pattern in EXPLORES_NOTHING)}
    return sorted(found - left_out - (frozenset() if with_model else MODEL))


def hash_of_code(*, with_model: bool = True, root: Path = Path()) -> str:
    """Hash the files' names and contents."""
    digest = hashlib.sha256()
    for name in files(with_model=with_model, root=root):
        content = (root / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]
