"""`make bench`: measure, and write docs/performance.md. `make bench ARGS=--budgets` adopts the present counts."""

import argparse
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO

from bench import cold, prices, report, timed
from bench.counted import BUDGETS, Operation, as_budgets, budgets, count_all, overdrawn


def main(arguments: list[str]) -> int:
    """Return 1 when an operation takes more than its budget."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Aval costs, measured.")
    parser.add_argument("--budgets", action="store_true", help="only write the present counts to bench/budgets.json")
    asked = parser.parse_args(arguments)
    with redirect_stdout(StringIO()):  # the functions' log lines
        operations = count_all()
    if asked.budgets:
        BUDGETS.write_text(as_budgets(operations.values()), encoding="utf-8")
        print(f"Wrote {BUDGETS.name}: look at the difference before you keep it.")
        return 0
    print(f"1 of 3  counted {len(operations)} operations")
    timings, by_function = timed.time_all(_progress("2 of 3  handler CPU, round"))
    cold_starts = cold.measure(_progress("3 of 3  cold starts, round"))
    bill = prices.bill(operations, by_function)
    today = datetime.now(UTC).date()
    report.write(report.Figures(operations, timings, by_function, cold_starts, bill, today))
    print(f"Wrote {report.PAGE}. One happy order costs about {bill.total * 1_000:.2f} USD a thousand on AWS.")
    return _judge(operations.values())


def _judge(operations: Iterable[Operation]) -> int:
    allowed = budgets()
    over = [line for each in operations for line in overdrawn(each, allowed.get(each.name, {}))]
    print("\n".join(f"over budget: {line}" for line in over) or "Every operation is within its budget.")
    return 1 if over else 0


def _progress(what: str) -> Callable[[int, int], None]:
    terminal = sys.stdout  # while measuring, standard output goes elsewhere

    def told(done: int, of: int) -> None:
        if terminal.isatty() or done == of:
            print(f"\r{what} {done} of {of}", end="\n" if done == of else "", flush=True, file=terminal)

    return told


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
