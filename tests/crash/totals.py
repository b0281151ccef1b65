"""What the tests of the flows counted, summed over all of them, in however many processes they ran."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.faults import Call
from tests.fakes.faults_enumeration import Report

SUMMED = ("calls", "runs", "states", "violations")


def counted(report: Report, flow: str, calls: Sequence[Call]) -> dict[str, Any]:
    """What one test counted, of a flow or of a part of its calls."""
    return {
        "flows": [flow],
        "sites": sorted({call.site for call in calls}),
        "kinds": sorted(report.runs),
        "calls": len(calls),
        "runs": report.total,
        "states": report.states or 0,
        "violations": len(report.violations),
    }


def total(tests: Sequence[Mapping[str, Any]]) -> str:
    """Sum it, and say it in a line."""
    flows, sites, kinds = ({name for each in tests for name in each[what]} for what in ("flows", "sites", "kinds"))
    sums = {name: sum(each[name] for each in tests) for name in SUMMED}
    return (
        f"crash suite, in all: {len(flows)} flows, {sums['calls']} calls at {len(sites)} sites, "
        f"{len(kinds)} kinds of fault, {sums['runs']} runs, {sums['states']} states recovered from, "
        f"{sums['violations']} violations"
    )
