"""The table of kinds: whole, bilingual, and never without words for what it tells."""

import re
from pathlib import Path

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


CODE = Path(__file__).parents[3] / "layers" / "shared" / "python" / "marketplace"
# Named so that they read alike from the first day on; whoever writes one takes it from here.
NOT_WRITTEN_YET = {
    "account:erasure_asked",
    "account:erasure_cancelled",
    "account:exported",
    "account:opened",
    "device:remembered",
    "email:change_cancelled",
    "passkey:used",  # as `how` of sign_in:succeeded and step_up:succeeded
    "password:check_failed",
    "payouts:cooling",
    "refund:large",
    "sign_in:code_mailed",
    "totp:used",
}


def test_every_kind_but_the_listed_ones_is_written_somewhere(record_property) -> None:
    texts = [file.read_text(encoding="utf-8") for file in CODE.rglob("*.py") if file.name != "kinds.py"]
    written = {name for name in KINDS if any(f'"{name}"' in text for text in texts)}

    record_property("summary", f"security log: {len(written)} of {len(KINDS)} kinds are written")
    assert set(KINDS) - written == NOT_WRITTEN_YET
