"""The policies about giving back, exchanging and claiming, drawn from the tables that the code obeys."""

from collections.abc import Iterator

from marketplace.catalog.promises import NO_WITHDRAWAL, WITHDRAWAL_DAYS
from marketplace.returns.conformity import GROUNDS, GUARANTEES
from marketplace.returns.process import RECEIPT_DAYS, SEND_DAYS, STATES
from marketplace.returns.rules import CLAUSES, UNINFORMED_MONTHS

GUARANTEE_HEADS = (
    ("Rule", "Regla"),
    ("Since", "Desde"),
    ("Country", "País"),
    ("Category", "Categoría"),
    ("Seller answers for (months)", "El vendedor responde (meses)"),
    ("Lack presumed for (months)", "Falta presunta (meses)"),
    ("Source", "Fuente"),
)


def returns_lines(locale: str) -> Iterator[str]:
    """Say how goods are given back, what the law excepts, and what silence leads to in each state."""
    es = locale == "es"
    yield (
        f"- A un comerciante se le puede devolver todo en {WITHDRAWAL_DAYS} días desde la entrega sin motivo; una "
        "oferta puede prometer más."
        if es
        else f"- From a trader, anything can be given back within {WITHDRAWAL_DAYS} days of delivery without a reason; "
        "an offer may promise more."
    )
    yield (
        "- El día de la entrega no cuenta y el último cuenta hasta su final (hora peninsular); si es sábado, domingo "
        "o festivo, vale el siguiente día hábil (Reglamento 1182/71, artículo 3)."
        if es
        else "- The day of delivery does not count, and the last day counts to its end (time of mainland Spain); if "
        "that is a Saturday, a Sunday or a holiday, the next working day does (Regulation 1182/71, article 3)."
    )
    yield (
        f"- Quien no fue informado de ello por un medio duradero tiene {UNINFORMED_MONTHS} meses más."
        if es
        else f"- Who was not told of it on a durable medium has {UNINFORMED_MONTHS} months more."
    )
    yield (
        f"- Envíalo en {SEND_DAYS} días. El dinero de un desistimiento vuelve en {RECEIPT_DAYS} días desde que se "
        f"declara, o al enviarlo si es después; el de las demás devoluciones, en {RECEIPT_DAYS} días desde el envío."
        if es
        else f"- Send it within {SEND_DAYS} days. The money of a withdrawal is back within {RECEIPT_DAYS} days of its "
        f"statement, or on sending it where that is later; of other returns within {RECEIPT_DAYS} days of sending."
    )
    yield (
        "- Las excepciones de la ley (Directiva 2011/83/UE):"
        if es
        else "- The law's exceptions (Directive 2011/83/EU):"
    )
    for name, kinds in NO_WITHDRAWAL.items():
        yield f"  - `{name}` ({', '.join(kinds)}): {CLAUSES[name]}"
    yield from ("", "## Si nadie actúa" if es else "## If nobody acts", "")
    for state, wait in STATES.items():
        if wait:
            days = f"{wait.days} días" if es else f"{wait.days} days"
            yield f"- `{state}` ({days}): {wait.es if es else wait.en}"


def guarantee_rows() -> list[tuple[str, ...]]:
    """Return the rules of the legal guarantee, as cells."""
    return [
        (
            each.rule_id,
            each.since.isoformat(),
            each.country,
            each.category,
            str(each.liable_months),
            str(each.presumed_months),
            each.source,
        )
        for each in GUARANTEES
    ]


def guarantee_lines(locale: str) -> list[str]:
    """Say what can be asked for, and when a lower price or the end of the contract may come first."""
    es = locale == "es"
    first = (
        "Primero reparación o sustitución; después una rebaja o el precio a cambio de los artículos, o antes si:"
        if es
        else "Repair or replacement first; then a lower price or the price for the goods, or at once when:"
    )
    return [first, "", *(f"- `{code}`: {words[es]}" for code, words in GROUNDS.items())]
