"""Which modules' mutants are hunted, and by which tests."""

from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path("layers/shared/python/marketplace")


@dataclass(frozen=True)
class Target:
    """Modules by pattern.

    What runs in functions meets `tests`. What runs at import is imported anew each time and meets `alone`: tests that
    ask for no fixture of ours.
    """

    patterns: tuple[str, ...]
    tests: tuple[str, ...]
    alone: tuple[str, ...]

    def paths(self) -> list[Path]:
        """Name the modules that hold code of their own: ports do not."""
        found = {path for pattern in self.patterns for path in PACKAGE.glob(pattern)}
        return sorted(path for path in found if path.name not in {"__init__.py", "ports.py"})


_VALUES, _TABLES = "tests/unit/test_values_of_money.py", "tests/unit/test_tables_of_money.py"
_STEPS = "tests/unit/payments/test_intent_steps.py"
_INTENTS = ("tests/unit/payments/test_intents.py", _STEPS)
_SWEEP = (
    "tests/unit/payments/test_sweep.py",
    "tests/unit/payments/test_sweep_turns.py",
    "tests/unit/payments/test_sweep_choice.py",
)
_STORES = ("tests/stores/test_ledger_store.py", "tests/stores/test_fees_store.py")

TARGETS = {
    "intents": Target(("payments/intents.py",), _INTENTS, (_STEPS,)),
    "sweep": Target(
        ("payments/sweep.py",),
        (*_SWEEP, "tests/functions/test_sweep.py"),
        ("tests/unit/payments/test_sweep_choice.py", _VALUES),
    ),
    "ledger": Target(
        ("ledger/*.py",),
        ("tests/unit/ledger", _STORES[0]),
        (
            "tests/unit/ledger/test_postings.py",
            "tests/unit/ledger/test_differences.py",
            "tests/unit/ledger/test_owner_postings.py",
            "tests/unit/ledger/test_debts_and_corrections.py",
            "tests/unit/ledger/test_chargeback_postings.py",
            "tests/unit/ledger/test_sifting.py",
            _TABLES,
            _VALUES,
        ),
    ),
    "fees": Target(
        ("fees/*.py",),
        ("tests/unit/fees", "tests/functions/test_commissions.py", _STORES[1]),
        (
            "tests/unit/fees/test_tariff.py",
            "tests/unit/fees/test_vat.py",
            "tests/unit/fees/test_fees_wire.py",
            _TABLES,
            _VALUES,
        ),
    ),
    "process": Target(
        ("orders/process*.py",),
        ("tests/unit/orders/test_process.py", "tests/unit/orders/test_process_rows.py"),
        ("tests/unit/orders/test_process_rows.py", _VALUES),
    ),
}
