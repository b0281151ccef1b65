"""Draws every policy from the tables that decide: nothing here is a rule of its own, and no number is written twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from marketplace.catalog.promises import NO_WITHDRAWAL, WITHDRAWAL_DAYS
from marketplace.decisions.clauses import CLAUSES
from marketplace.decisions.kinds import KINDS
from marketplace.decisions.redress import REDRESS
from marketplace.disputes.claims import CLAIM_RULES, CLAIMS_WINDOW
from marketplace.disputes.clauses import APPEAL_DAYS, POLICY_VERSION
from marketplace.disputes.clauses import CLAUSES as DISPUTE_CLAUSES
from marketplace.fees.model import Rule
from marketplace.fees.schedule import SCHEDULES
from marketplace.orders.process import PROCESSES, State
from marketplace.orders.timers import DEFAULT_PROMISES, DEFAULT_TIMERS
from marketplace.payouts.causes import EXPLANATIONS
from marketplace.payouts.model import MINIMUM_MINOR
from marketplace.payouts.reserve import RULES, RULES_VERSION
from marketplace.policies.model import EFFECTIVE, Policy, PolicyMissing
from marketplace.returns.process import RECEIPT_DAYS, SEND_DAYS
from marketplace.verification.tiers import LEVELS, LIMITS

LOCALES = ("en", "es")
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
    said = _say(locale)
    lines = [
        said(
            f"- From a trader, anything can be given back within {WITHDRAWAL_DAYS} days of delivery without a reason; "
            "an offer may promise more.",
            f"- A un comerciante se le puede devolver todo en {WITHDRAWAL_DAYS} días desde la entrega sin motivo; una "
            "oferta puede prometer más.",
        ),
        said(
            f"- Send it within {SEND_DAYS} days; the money comes back within {RECEIPT_DAYS} days.",
            f"- Envíalo en {SEND_DAYS} días; el dinero vuelve en {RECEIPT_DAYS} días.",
        ),
        said("- The law's exceptions: ", "- Las excepciones de la ley: ")
        + ", ".join(f"`{name}` ({', '.join(kinds)})" for name, kinds in NO_WITHDRAWAL.items())
        + ".",
    ]
    return _page("returns", "2026-11", ("Returns", "Devoluciones"), lines, locale)


def _disputes(locale: str) -> Policy:
    lines = [f"- {each.clause_id}: {each.es if locale == 'es' else each.en}" for each in DISPUTE_CLAUSES.values()]
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
    lines = [
        *_table(heads, rows),
        "",
        said(
            f"The least that is sent, in minor units: {least}.",
            f"Lo mínimo que se envía, en unidades menores: {least}.",
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
            f"Who lost a dispute may appeal within {APPEAL_DAYS} days; somebody else decides.",
            f"Quien perdió una disputa puede reclamar en {APPEAL_DAYS} días; decide otra persona.",
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
    "disputes": _disputes,
    "payouts": _payouts,
    "fees": _fees,
    "appeals": _appeals,
    "claims": _claims,
    "limits": _limits,
    "clauses": _clauses,
}
