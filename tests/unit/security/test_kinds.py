"""The table of kinds: whole, bilingual, and never without words for what it tells."""

import re

import pytest

from marketplace.notifications.model import ACCOUNT
from marketplace.notifications.templates import TEMPLATES
from marketplace.outbox.model import queues_for
from marketplace.security.kinds import ALARMING, KINDS, NOTABLE, ROUTINE


def test_there_are_more_than_forty_kinds_and_each_is_a_subject_and_an_action(record_property) -> None:
    record_property("summary", f"security log: {len(KINDS)} kinds, {sum(k.notifies for k in KINDS.values())} notify")

    assert len(KINDS) > 40
    assert all(re.fullmatch(r"[a-z_]+:[a-z_]+", name) for name in KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_speaks_both_languages_and_has_a_severity(kind) -> None:
    assert kind.en
    assert kind.es
    assert kind.en != kind.es
    assert kind.severity in {ROUTINE, NOTABLE, ALARMING}


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.notifies], ids=lambda kind: kind.name)
def test_what_notifies_reaches_the_queue_and_has_words(kind) -> None:
    template = TEMPLATES[kind.event, ACCOUNT]

    assert queues_for(kind.event) == ("notifications",)
    assert template.disowns is kind.disowned


def test_what_a_stranger_can_cause_is_told_at_most_when_the_way_in_closes() -> None:
    assert {kind.name for kind in KINDS.values() if kind.strangers and kind.notifies} == {"sign_in:closed"}
