"""Performing an intent, step by step: what is asked of Stripe, in which order, and what is committed after it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kit.errors import Conflict, Unavailable
from marketplace.payments.intents import Intents
from marketplace.payments.model import SAME_KEY_FOR, Intent, IntentKind, IntentState, StripeRefused

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TRANSFER, REVERSAL, REFUND = IntentKind.TRANSFER, IntentKind.REVERSAL, IntentKind.REFUND
AWAY, NO, TAKEN = Unavailable(), StripeRefused("no_money"), Conflict()


class Stand:
    """The clock, the store, the transactions and Stripe; each answers as it was told, in turn, and notes it."""

    def __init__(self, **answers: Sequence[object]) -> None:
        self.answers = {name: list(said) for name, said in answers.items()}
        self.happened: list[str] = []
        self.after: Intent | None = None

    def now(self) -> datetime:
        return NOW

    def _say(self, name: str, said: str, otherwise: object = None) -> object:
        self.happened.append(said)
        waiting = self.answers.get(name, [])
        answer = waiting.pop(0) if waiting else otherwise
        if isinstance(answer, Exception):
            raise answer
        return answer

    def commit(self, writes: Sequence[str]) -> None:
        self._say("commit", " ".join(writes))

    def find_transfer(self, _intent: Intent) -> object:
        return self._say("find", "find transfer")

    def find_reversal(self, _intent: Intent, *, transfer_id: str) -> object:
        return self._say("find", f"find reversal of {transfer_id}")

    def find_refund(self, _intent: Intent, *, charge_id: str) -> object:
        return self._say("find", f"find refund of {charge_id}")

    def transfer(self, _intent: Intent, *, destination: str, charge_id: str) -> object:
        return self._say("call", f"transfer {charge_id} to {destination}", "made")

    def reverse(self, _intent: Intent, *, transfer_id: str) -> object:
        return self._say("call", f"reverse {transfer_id}", "made")

    def refund(self, _intent: Intent, *, charge_id: str) -> object:
        return self._say("call", f"refund {charge_id}", "made")

    def intent(self, _intent_id: str) -> Intent | None:
        return self.after

    def finish_intent(self, _intent: Intent, result_id: str) -> str:
        return f"finished={result_id}"

    def park_intent(self, _intent: Intent, reason: str, at: datetime) -> str:
        assert at == NOW
        return f"parked={reason}"

    def close_intent(self, _intent: Intent, reason: str) -> str:
        return f"closed={reason}"

    def doubt_intent(self, _intent: Intent, at: datetime) -> str:
        assert at == NOW
        return "doubted"

    def let_go(self, _intent: Intent, at: datetime) -> str:
        assert at == NOW
        return "let_go"

    def perform(self, intent: Intent, *, destination: str | None = "acct", **said: object) -> IntentState:
        intents = Intents(clock=self, transactions=self, payments=self, stripe=self)
        return intents.perform(
            intent, charge_id="ch", destination=destination, record=lambda made: [f"recorded={made}"], **said
        )


def an_intent(kind: IntentKind = TRANSFER, *, age: timedelta = timedelta(), **said: object) -> Intent:
    return Intent("i", kind, "pay", "ord", 5, "eur", NOW - age, facts={"transfer_id": "tr"}, **said)


OLD = an_intent(age=SAME_KEY_FOR)
CALL, FIND, DONE = "transfer ch to acct", "find transfer", "finished=made recorded=made"
FOUND = "finished=found recorded=found"


@pytest.mark.parametrize(
    ("intent", "answers", "ends", "steps"),
    [
        (an_intent(), {}, "done", [CALL, DONE]),
        (an_intent(age=SAME_KEY_FOR - timedelta(milliseconds=1)), {}, "done", [CALL, DONE]),
        (an_intent(REVERSAL), {}, "done", ["reverse tr", DONE]),
        (an_intent(REFUND), {}, "done", ["refund ch", DONE]),
        # An answer that was lost: the object is looked up.
        (an_intent(), {"call": [AWAY], "find": ["found"]}, "done", [CALL, FIND, FOUND]),
        (
            an_intent(REVERSAL),
            {"call": [AWAY], "find": ["found"]},
            "done",
            ["reverse tr", "find reversal of tr", FOUND],
        ),
        (an_intent(REFUND), {"call": [AWAY], "find": ["found"]}, "done", ["refund ch", "find refund of ch", FOUND]),
        # An old key is not used again.
        (OLD, {"find": ["found"]}, "done", [FIND, FOUND]),
        (OLD, {}, "parked", [FIND, "parked=key_too_old_and_nothing_found"]),
        (OLD, {"find": [NO]}, "parked", [FIND, "parked=no_money"]),
        # What an earlier attempt did is adopted first.
        (an_intent(attempt=1), {"find": ["found"]}, "done", [FIND, FOUND]),
        (an_intent(attempt=1), {}, "done", [FIND, CALL, DONE]),
        (an_intent(attempt=2), {"call": [AWAY], "find": [None, "found"]}, "done", [FIND, CALL, FIND, FOUND]),
        # A refusal is for a person.
        (an_intent(), {"call": [NO]}, "parked", [CALL, "parked=no_money"]),
        (an_intent(), {"call": [AWAY], "find": [NO]}, "parked", [CALL, FIND, "parked=no_money"]),
    ],
)
def test_an_intent_comes_to_its_end_in_these_steps(intent, answers, ends, steps):
    stand = Stand(**answers)

    assert stand.perform(intent) == ends
    assert stand.happened == steps


@pytest.mark.parametrize(
    ("intent", "answers", "steps"),
    [
        (an_intent(), {"call": [AWAY]}, [CALL, FIND, "doubted"]),
        (an_intent(), {"call": [AWAY], "find": [AWAY]}, [CALL, FIND, "doubted"]),
        (an_intent(), {"call": [AWAY], "commit": [TAKEN]}, [CALL, FIND, "doubted"]),
        (an_intent(), {"call": [AWAY], "commit": [AWAY]}, [CALL, FIND, "doubted"]),
        (OLD, {"find": [AWAY]}, [FIND]),
        (an_intent(attempt=1), {"find": [AWAY]}, [FIND]),
        (an_intent(), {"commit": [AWAY]}, [CALL, DONE]),
    ],
)
def test_what_nobody_knows_stays_open_with_the_doubt_noted_where_it_can_be(intent, answers, steps):
    stand = Stand(**answers)

    with pytest.raises(Unavailable):
        stand.perform(intent)

    assert stand.happened == steps


@pytest.mark.parametrize("state", [each for each in IntentState if each is not IntentState.OPEN])
def test_what_is_over_or_parked_is_left_as_it_is(state):
    stand = Stand()

    assert stand.perform(an_intent(state=state)) is state
    assert stand.happened == []


@pytest.mark.parametrize(("kind", "parked"), [(TRANSFER, True), (REVERSAL, False), (REFUND, False)])
def test_only_a_transfer_needs_an_account_to_go_to(kind, parked):
    stand = Stand()

    ended = stand.perform(an_intent(kind), destination=None)

    assert (ended, stand.happened) == (
        (IntentState.PARKED, ["parked=seller_has_no_account"])
        if parked
        else (IntentState.DONE, [stand.happened[0], DONE])
    )


@pytest.mark.parametrize(
    ("answers", "intent", "reason"),
    [({"call": [NO]}, an_intent(), "no_money"), ({}, OLD, "key_too_old_and_nothing_found")],
)
def test_what_goes_with_parking_is_committed_with_it(answers, intent, reason):
    stand = Stand(**answers)

    assert stand.perform(intent, parked=lambda: ["told"]) is IntentState.PARKED
    assert stand.happened[1:] == [f"parked={reason} told"]


def follows(said: str) -> list[str]:
    return [f"followed={said}"]


def test_what_is_refused_may_close_with_what_follows_by_itself_once_nothing_is_found():
    stand = Stand(call=[NO])

    assert stand.perform(an_intent(), refused=follows) is IntentState.CLOSED
    assert stand.happened == [CALL, FIND, "closed=no_money followed=no_money"]


def test_what_an_earlier_call_did_is_adopted_though_a_later_one_is_refused():
    stand = Stand(call=[NO], find=["found"])

    assert stand.perform(an_intent(), refused=follows) is IntentState.DONE
    assert stand.happened == [CALL, FIND, FOUND]


def test_what_is_refused_stays_open_while_nobody_answers_whether_an_earlier_call_did_it():
    stand = Stand(call=[NO], find=[AWAY])

    with pytest.raises(Unavailable):
        stand.perform(an_intent(), refused=follows)

    assert stand.happened == [CALL, FIND]


@pytest.mark.parametrize("kind", IntentKind)
@pytest.mark.parametrize(
    ("found", "ends", "written"),
    [
        ("found", "done", FOUND),
        (None, "parked", "parked=key_too_old_and_nothing_found told"),
        (NO, "parked", "parked=no_money told"),
    ],
)
def test_an_old_one_of_any_kind_is_adopted_or_for_people_and_never_counts_as_refused(kind, found, ends, written):
    stand = Stand(find=[found])

    assert stand.perform(an_intent(kind, age=SAME_KEY_FOR), refused=follows, parked=lambda: ["told"]) == ends
    assert stand.happened[1:] == [written]


@pytest.mark.parametrize("kind", IntentKind)
@pytest.mark.parametrize(
    ("age", "said"),
    [
        ({}, {"call": [AWAY], "find": [NO]}),
        ({}, {"call": [NO], "find": [NO]}),
        ({"attempt": 1}, {"find": [NO]}),
    ],
)
def test_a_look_that_is_refused_says_nothing_of_the_call(kind, age, said):
    stand = Stand(**said)

    assert stand.perform(an_intent(kind, **age), refused=follows) is IntentState.PARKED
    assert stand.happened[-1] == "parked=no_money"


@pytest.mark.parametrize("state", [each for each in IntentState if each is not IntentState.OPEN])
@pytest.mark.parametrize("call", ["made", NO])
def test_what_somebody_else_ended_first_is_answered_as_it_is(state, call):
    stand = Stand(call=[call], commit=[TAKEN])
    stand.after = an_intent(state=state)

    assert stand.perform(an_intent()) is state


@pytest.mark.parametrize("after", [None, an_intent()])
def test_a_conflict_about_an_intent_that_is_still_open_comes_again_in_a_second(after):
    stand = Stand(commit=[TAKEN])
    stand.after = after

    with pytest.raises(Unavailable) as refused:
        stand.perform(an_intent())

    assert refused.value.retry_after_seconds == 1


# Leave: conditions that are committed on the intent right before the call.

LEAVE, LET_GO = ("allowed",), "let_go allowed"


def gated(**said: object) -> Intent:
    return an_intent(gated=True, **said)


@pytest.mark.parametrize(
    ("intent", "answers", "steps"),
    [
        (gated(), {}, [LET_GO, CALL, DONE]),
        (gated(age=SAME_KEY_FOR), {}, [LET_GO, CALL, DONE]),
        (gated(let_go_at=NOW - SAME_KEY_FOR + timedelta(seconds=1)), {}, [LET_GO, CALL, DONE]),
        (gated(let_go_at=NOW - SAME_KEY_FOR), {"find": ["found"]}, [FIND, FOUND]),
        (gated(let_go_at=NOW), {"commit": [AWAY], "find": ["found"]}, [LET_GO, FIND, FOUND]),
        (gated(attempt=1), {}, [FIND, LET_GO, CALL, DONE]),
    ],
)
def test_what_needs_leave_is_called_with_it(intent, answers, steps):
    stand = Stand(**answers)

    assert stand.perform(intent, leave=LEAVE) is IntentState.DONE
    assert stand.happened == steps


@pytest.mark.parametrize(("let_go_at", "steps"), [(None, [LET_GO]), (NOW, [LET_GO, FIND])])
def test_without_leave_nothing_is_called(let_go_at, steps):
    stand = Stand(commit=[AWAY])

    with pytest.raises(Unavailable) as refused:
        stand.perform(gated(let_go_at=let_go_at), leave=LEAVE)

    assert refused.value is AWAY
    assert stand.happened == steps


def test_without_an_account_no_leave_is_asked_for():
    stand = Stand()

    assert stand.perform(gated(), destination=None, leave=LEAVE) is IntentState.PARKED
    assert stand.happened == ["parked=seller_has_no_account"]


@pytest.mark.parametrize("state", [each for each in IntentState if each is not IntentState.OPEN])
def test_what_somebody_else_ended_before_the_call_is_not_called(state):
    stand = Stand(commit=[TAKEN])
    stand.after = an_intent(state=state)

    assert stand.perform(gated(), leave=LEAVE) is state
    assert stand.happened == [LET_GO]


@pytest.mark.parametrize(
    ("intent", "steps"),
    [
        (gated(age=SAME_KEY_FOR), ["let_go", CALL, DONE]),
        (gated(age=SAME_KEY_FOR, let_go_at=NOW - SAME_KEY_FOR + timedelta(seconds=1)), [CALL, DONE]),
        (gated(age=SAME_KEY_FOR, let_go_at=NOW - SAME_KEY_FOR), [FIND, "parked=key_too_old_and_nothing_found"]),
    ],
)
def test_what_waited_for_something_else_notes_when_it_first_leaves_and_its_key_ages_from_then(intent, steps):
    stand = Stand()

    stand.perform(intent)

    assert stand.happened == steps
