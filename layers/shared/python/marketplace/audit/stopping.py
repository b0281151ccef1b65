"""Stop payments of what is broken: of as little as can be stopped, and of everything once too much is broken."""

from collections.abc import Sequence

from marketplace.audit import sources
from marketplace.audit.promises import ONLY_TOLD
from marketplace.audit.report import LIFTED, NOT_STOPPED, STANDING, STOPPED, TOLD, Found, Report
from marketplace.audit.view import Violation
from marketplace.kit.clock import Clock
from marketplace.payouts.narrow_stops import STOPS_MAX, stop_narrowest
from marketplace.payouts.switch import EVERYTHING


class Stopping:
    """Pulls the kill switch, and notes in the report what came of it."""

    def __init__(self, *, clock: Clock, switch: sources.Switch) -> None:
        self._clock = clock
        self._switch = switch

    def stop(self, report: Report, subject: str, broken: Sequence[Violation], scopes: Sequence[str]) -> None:
        """Stop the narrowest of `scopes` that can be stopped, unless all that is broken is only told."""
        grave = [each for each in broken if each.rule not in ONLY_TOLD]
        scope, done = scopes[0], TOLD
        if grave:
            told = "; ".join(f"{each.rule} {each.subject}: {each.seen}" for each in grave)
            scope, done = self._stopped(scopes, f"invariant:{grave[0].rule}", told)
        if done == NOT_STOPPED:
            report.repeat(subject)
        for each in broken:
            what = TOLD if each.rule in ONLY_TOLD else done
            report.found.append(Found(scope, each.rule, each.subject, each.seen, what))

    def is_general(self, report: Report) -> bool:
        """Stop everything once too many had to be stopped, and say whether it is stopped: the rest is for people.

        Where people let the very same go on, or nothing can be stopped whole, each is stopped by itself.
        """
        fresh = [each for each in report.found if each.done == STOPPED]
        if len({each.scope for each in fresh}) < STOPS_MAX or any(each.rule == "many" for each in report.found):
            return False
        rules = ", ".join(sorted({each.rule for each in fresh}))  # no count and no day: people lift this very text
        why = f"more is broken at once than is stopped one by one: {rules}"
        scope, done = self._stopped([EVERYTHING], "invariant:many", why)
        report.found.append(Found(scope, "many", EVERYTHING, why, done))
        return done in {STOPPED, STANDING}

    def _stopped(self, scopes: Sequence[str], cause: str, reasons: str) -> tuple[str, str]:
        """Try twice, as a stop whose answer was lost is found standing; then a wider one, short of everything."""
        since = self._clock.now()
        for first in (0, *range(max(1, len(scopes) - 1))):
            try:
                scope, change = stop_narrowest(self._switch, scopes[first:], cause, reasons)
            except Exception:  # noqa: BLE001, S112 - whatever it was, NOT_STOPPED is told, and fails the run
                continue
            if change is None:
                return scope, LIFTED
            return scope, STOPPED if change.at >= since else STANDING
        return scopes[0], NOT_STOPPED
