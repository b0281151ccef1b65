"""The published policies say what the tables say, in both languages; the files in docs are the same pages."""

import re

import pytest

from infra.policy_pages import FOLDER, written
from marketplace.disputes.clauses import CLAUSES as DISPUTE_CLAUSES
from marketplace.fees.schedule import SCHEDULES
from marketplace.orders.process import PROCESSES
from marketplace.orders.timers import DEFAULT_TIMERS
from marketplace.payouts.reserve import RULES
from marketplace.policies.model import PolicyMissing
from marketplace.policies.pages import LOCALES, length_in_words, policies, policy


def test_the_files_in_docs_are_these_pages():
    wanted = written()

    assert set(FOLDER.glob("*.md")) == set(wanted)
    for path, text in wanted.items():
        assert path.read_text(encoding="utf-8") == text, "python -m infra.policy_pages writes them"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_silence_and_its_length_is_told(locale):
    text = policy("orders", locale).text

    for process in PROCESSES.values():
        for state in process.states.values():
            if state.timer:
                silence = process.silences[state.timer.transition]
                assert (silence.es if locale == "es" else silence.en) in text
                assert length_in_words(DEFAULT_TIMERS[state.timer.length], locale) in text


@pytest.mark.parametrize("locale", LOCALES)
def test_every_fee_reserve_and_clause_is_told(locale):
    fees, payouts, disputes = (policy(name, locale).text for name in ("fees", "payouts", "disputes"))

    assert all(rule.rule_id in fees and f"{rule.percent_bps / 100:g} %" in fees for rule in SCHEDULES[-1].rules)
    assert all(rule.rule_id in payouts for rule in RULES)
    assert all((each.es if locale == "es" else each.en) in disputes for each in DISPUTE_CLAUSES.values())


def test_both_languages_state_the_same_numbers():
    for english, spanish in zip(policies("en"), policies("es"), strict=True):
        of = [sorted(re.findall(r"\d+", page.text)) for page in (english, spanish)]
        assert of[0] == of[1], english.policy_id


def test_an_unknown_policy_is_missing():
    with pytest.raises(PolicyMissing):
        policy("weather", "en")
