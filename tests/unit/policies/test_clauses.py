"""Every ground and every default that anything cites is published, and nothing is published unused."""

import re
from pathlib import Path

import pytest

import marketplace.disputes
from marketplace.decisions.clauses import CLAUSES as GROUNDS
from marketplace.decisions.kinds import KINDS
from marketplace.decisions.redress import REDRESS
from marketplace.disputes.claims import CLAIM_RULES
from marketplace.disputes.clauses import CLAUSES, FOR_PEOPLE
from marketplace.policies.pages import AFTER_THE_MONEY, LOCALES, policy
from marketplace.returns.process import STATES

SOURCES = Path(next(iter(marketplace.disputes.__path__)))
CITED = re.compile(r'"((?:process|settlement|claim)\.[a-z]+)"')


def cited_by_code() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py") if path.name != "clauses.py")
    return {name for text in texts for name in CITED.findall(text)}


def test_what_the_code_decides_by_is_a_clause_and_each_clause_is_used():
    by_rule = {rule.clause for rule in CLAIM_RULES}

    assert cited_by_code() | by_rule | {AFTER_THE_MONEY} | set(FOR_PEOPLE) == set(CLAUSES)
    assert not by_rule & set(FOR_PEOPLE)
    assert not cited_by_code() & set(FOR_PEOPLE)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_clause_is_published_in_both_languages(locale):
    disputes, grounds = policy("disputes", locale).text, policy("clauses", locale).text

    for clause in CLAUSES.values():
        assert f"- {clause.clause_id}: {clause.es if locale == 'es' else clause.en}" in disputes
    for ground in GROUNDS.values():
        assert (ground.text_es if locale == "es" else ground.text_en) in grounds


def test_each_kind_of_decision_names_a_published_ground_and_a_way_to_have_it_looked_at():
    assert {kind.clause for kind in KINDS.values()} <= set(GROUNDS)
    assert {kind.redress for kind in KINDS.values()} <= set(REDRESS)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_default_of_a_return_is_published(locale):
    text = policy("returns", locale).text

    for wait in STATES.values():
        assert wait is None or (wait.es if locale == "es" else wait.en) in text, wait


def test_who_is_limited_is_told_where_to_appeal():
    assert REDRESS["claims_appeal"].route == "POST /claims/appeal"
