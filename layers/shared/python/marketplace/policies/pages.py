"""Draws every policy from the tables that decide: nothing here is a rule of its own, and no number is written twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from marketplace.decisions.clauses import CLAUSES
from marketplace.decisions.kinds import KINDS
from marketplace.decisions.redress import REDRESS
from marketplace.disputes.claims import CLAIM_RULES, CLAIMS_WINDOW
from marketplace.disputes.clauses import APPEAL_DAYS, DECISION_ALONE_MAX_MINOR, POLICY_VERSION
from marketplace.disputes.clauses import CLAUSES as DISPUTE_CLAUSES
from marketplace.fees.model import Rule
from marketplace.fees.schedule import SCHEDULES
from marketplace.orders.process import PROCESSES, State
from marketplace.orders.timers import DEFAULT_PROMISES, DEFAULT_TIMERS
from marketplace.payments.currency_wait import CURRENCY_WAITS_MAX
from marketplace.payments.refund_limits import published as refund_limits
from marketplace.payouts.causes import EXPLANATIONS
from marketplace.payouts.model import MINIMUM_MINOR, SMALLEST_MINOR
from marketplace.payouts.reserve import RULES, RULES_VERSION
from marketplace.policies.model import EFFECTIVE, Policy, PolicyMissing
from marketplace.policies.returning import GUARANTEE_HEADS, guarantee_lines, guarantee_rows, returns_lines
from marketplace.verification.tiers import LEVELS, LIMITS

LOCALES = ("en", "es")
AFTER_THE_MONEY = DISPUTE_CLAUSES["5.8"].clause_id
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def policies(locale: str) -> tuple[Policy, ...]:
    """Return every policy in a language."""
    return tuple(draw(locale) for draw in _PAGES.values())


def policy(policy_id: str, locale: str) -> Policy:
    """Return one policy.

    Raises: PolicyMissing.
    """
    draw = _PAGES.get(policy_id)
    if draw is None:
        raise PolicyMissing
    return draw(locale)


def length_in_words(seconds: int, locale: str) -> str:
    """Write a length in its largest whole unit."""
    names = {_DAY: ("day", "día"), _HOUR: ("hour", "hora"), _MINUTE: ("minute", "minuto"), 1: ("second", "segundo")}
    unit = next(each for each in names if seconds % each == 0)
    count = seconds // unit
    return f"{count} {names[unit][locale == 'es']}{'' if count == 1 else 's'}"


def _orders(locale: str) -> Policy:
    said = _say(locale)
    lines = [said("What happens when nobody acts, and after how long.", "Qué ocurre si nadie actúa, y tras cuánto.")]
    for version, process in sorted(PROCESSES.items(), reverse=True):
        lines += ["", said(f"## Orders of version {version}", f"## Pedidos de la versión {version}"), ""]
        for state in process.states.values():
            if state.timer:
                silence = process.silences[state.timer.transition]
                told = silence.es if locale == "es" else silence.en
                lines.append(f"- `{state.name}` ({_wait(state, locale)}): {told}")
    return _page("orders", str(max(PROCESSES)), ("If nobody acts", "Si nadie actúa"), lines, locale)


def _wait(state: State, locale: str) -> str:
    timer, said = state.timer, _say(locale)
    if timer is None:
        return ""
    first = length_in_words(DEFAULT_TIMERS[timer.length], locale)
    if timer.business_days:
        first += said(" on which banks work", " en que trabajan los bancos")
    if timer.promise:
        days = length_in_words(DEFAULT_PROMISES[timer.promise] * _DAY, locale)
        first += said(
            f" after the days that the offer promised, or {days} where it promised none",
            f" tras los días que prometió la oferta, o {days} si no prometió",
        )
    if timer.private_length:
        private = length_in_words(DEFAULT_TIMERS[timer.private_length], locale)
        first += said(f"; from a private seller {private}", f"; de un vendedor particular {private}")
    return first


def _returns(locale: str) -> Policy:
    return _page("returns", "2026-11-2", ("Returns", "Devoluciones"), returns_lines(locale), locale)


def _guarantee(locale: str) -> Policy:
    heads = [names[locale == "es"] for names in GUARANTEE_HEADS]
    lines = [*_table(heads, guarantee_rows()), "", *guarantee_lines(locale)]
    return _page("guarantee", "2026-11", ("Legal guarantee", "Garantía legal"), lines, locale)


def _disputes(locale: str) -> Policy:
    said, es = _say(locale), locale == "es"
    lines = [f"- {each.clause_id}: {each.es if es else each.en}" for each in DISPUTE_CLAUSES.values()]
    alone = ", ".join(f"{minor} ({currency})" for currency, minor in DECISION_ALONE_MAX_MINOR.items())
    lines += [
        "",
        said(
            f"Above these amounts, in minor units, two people decide, first and on appeal: {alone}.",
            f"Por encima de estos importes, en unidades menores, deciden dos personas, también en recurso: {alone}.",
        ),
    ]
    return _page("disputes", POLICY_VERSION, ("Disputes", "Disputas"), lines, locale)


def _payouts(locale: str) -> Policy:
    said = _say(locale)
    rows = [
        (
            rule.rule_id,
            f"{rule.basis_points / 100:g} %",
            length_in_words(rule.days * _DAY, locale),
            rule.when_es if locale == "es" else rule.when_en,
        )
        for rule in RULES
    ]
    heads = (said("Rule", "Regla"), said("Reserve", "Reserva"), said("For", "Durante"), said("When", "Cuándo"))
    least = ", ".join(f"{minor} ({currency})" for currency, minor in MINIMUM_MINOR.items())
    smaller = ", ".join(f"{minor} ({currency})" for currency, minor in SMALLEST_MINOR.items())
    waits = length_in_words(CURRENCY_WAITS_MAX.days * _DAY, locale)
    lines = [
        *_table(heads, rows),
        "",
        said(
            f"The least that is sent, in minor units: {least}.",
            f"Lo mínimo que se envía, en unidades menores: {least}.",
        ),
        said(
            f"In January, April, July and October smaller balances are sent as well, from {smaller} on.",
            f"En enero, abril, julio y octubre se envían también saldos menores, desde {smaller}.",
        ),
        said(
            f"What no bank account of yours takes in its currency waits {waits}; then a person looks at it, and it "
            "stays yours.",
            f"Lo que ninguna cuenta tuya admite en su moneda espera {waits}; después lo mira una persona, y sigue "
            "siendo tuyo.",
        ),
        "",
        *(f"- `{cause.value}`: {words[locale == 'es']}" for cause, words in EXPLANATIONS.items()),
    ]
    return _page("payouts", RULES_VERSION, ("Payouts", "Cobros"), lines, locale)


def _fees(locale: str) -> Policy:
    said, schedule = _say(locale), SCHEDULES[-1]
    heads = (said("Rule", "Regla"), said("Commission", "Comisión"), said("For", "Para"), said("At most", "Como mucho"))
    rows = [(rule.rule_id, f"{rule.percent_bps / 100:g} %", _whom(rule), _most(rule)) for rule in schedule.rules]
    told = said(
        "Buyers pay no fee. The most specific rule counts, per line and without VAT.",
        "Los compradores no pagan tarifas. Cuenta la regla más específica, por línea y sin IVA.",
    )
    return _page("fees", schedule.version, ("Fees", "Tarifas"), [told, "", *_table(heads, rows)], locale)


def _whom(rule: Rule) -> str:
    return ", ".join(each for each in (rule.kind, rule.tier, rule.category) if each)


def _most(rule: Rule) -> str:
    return ", ".join(f"{minor} ({currency})" for currency, minor in rule.max_minor.items())


def _appeals(locale: str) -> Policy:
    said, es = _say(locale), locale == "es"
    lines = [
        said(
            f"Who lost a dispute, buyer or seller, may appeal within {APPEAL_DAYS} days; somebody else decides. Clause "
            f"{AFTER_THE_MONEY} says what follows once the money went.",
            f"Quien perdió una disputa, comprador o vendedor, puede reclamar en {APPEAL_DAYS} días; decide otra "
            f"persona. La cláusula {AFTER_THE_MONEY} dice qué sigue cuando ya se pagó.",
        ),
        "",
        *(
            f"- `{kind.name}`: {kind.decision.es if es else kind.decision.en} "
            f"{REDRESS[kind.redress].es if es else REDRESS[kind.redress].en}"
            for kind in KINDS.values()
        ),
    ]
    return _page("appeals", "2026-11", ("Decisions and appeals", "Decisiones y reclamaciones"), lines, locale)


def _claims(locale: str) -> Policy:
    said = _say(locale)
    days = length_in_words(int(CLAIMS_WINDOW.total_seconds()), locale)
    lines = [
        said(
            f"- `{rule.level}`: from {rule.claims_min} claims in {days}, when they are {rule.share_min_percent} % of "
            f"the purchases ({rule.clause}).",
            f"- `{rule.level}`: desde {rule.claims_min} reclamaciones en {days}, si son el {rule.share_min_percent} % "
            f"de las compras ({rule.clause}).",
        )
        for rule in CLAIM_RULES
    ]
    return _page("claims", POLICY_VERSION, ("Claims out of the ordinary", "Reclamaciones inusuales"), lines, locale)


def _limits(locale: str) -> Policy:
    es = locale == "es"
    lines = [f"- {level.name}: {level.es if es else level.en}" for level in LEVELS]
    lines += ["", *(f"- `{limit.name}`: {limit.es if es else limit.en}" for limit in LIMITS)]
    lines += ["", *(f"- {line}" for line in refund_limits(locale))]
    return _page("limits", "2026-11", ("Limits by level", "Límites por nivel"), lines, locale)


def _clauses(locale: str) -> Policy:
    lines: list[str] = []
    for each in CLAUSES.values():
        title, text = (each.title_es, each.text_es) if locale == "es" else (each.title_en, each.text_en)
        lines += [f"## `{each.clause_id}`: {title}", "", text, ""]
    return _page("clauses", "2026-11", ("Grounds of decisions", "Fundamentos de las decisiones"), lines, locale)


def _page(policy_id: str, version: str, titles: tuple[str, str], lines: Iterable[str], locale: str) -> Policy:
    title = titles[locale == "es"]
    text = "\n".join((f"# {title}", "", *lines)).rstrip() + "\n"
    return Policy(policy_id, version, EFFECTIVE, title, text)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(heads), _row(["---"] * len(heads)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _say(locale: str) -> Callable[[str, str], str]:
    return lambda en, es: es if locale == "es" else en


_PAGES: Mapping[str, Callable[[str], Policy]] = {
    "orders": _orders,
    "returns": _returns,
    "guarantee": _guarantee,
    "disputes": _disputes,
    "payouts": _payouts,
    "fees": _fees,
    "appeals": _appeals,
    "claims": _claims,
    "limits": _limits,
    "clauses": _clauses,
}
