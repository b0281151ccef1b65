"""Which modules' mutants are hunted, and by which tests."""

from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path("layers/shared/python/marketplace")


@dataclass(frozen=True)
class Target:
    """Modules by pattern; `tests` for what runs in functions, `quick` for what runs at import (each time anew)."""

    patterns: tuple[str, ...]
    tests: tuple[str, ...]
    quick: tuple[str, ...]

    def paths(self) -> list[Path]:
        """Name the modules that hold code of their own: ports do not."""
        found = {path for pattern in self.patterns for path in PACKAGE.glob(pattern)}
        return sorted(path for path in found if path.name not in {"__init__.py", "ports.py"})


_PAYMENTS = "tests/unit/payments"

TARGETS = {
    "intents": Target(("payments/intents.py",), (_PAYMENTS,), ("tests/unit/payments/test_intents.py",)),
    "sweep": Target(
        ("payments/sweep.py",),
        (_PAYMENTS, "tests/functions/test_sweep.py"),
        (
            "tests/unit/payments/test_sweep.py",
            "tests/unit/payments/test_sweep_turns.py",
            "tests/functions/test_sweep.py",
        ),
    ),
    "ledger": Target(
        ("ledger/*.py",),
        ("tests/unit/ledger", _PAYMENTS, "tests/unit/audit", "tests/stores/test_ledger_store.py"),
        ("tests/unit/ledger", _PAYMENTS),
    ),
    "fees": Target(
        ("fees/*.py",),
        ("tests/unit/fees", "tests/functions/test_commissions.py", "tests/stores/test_fees_store.py"),
        ("tests/unit/fees", "tests/functions/test_commissions.py"),
    ),
    "process": Target(
        ("orders/process*.py",), ("tests/unit/orders/test_process.py",), ("tests/unit/orders/test_process.py",)
    ),
}
