"""The published policy by which disputes are decided: every decision names one of these clauses."""

from collections.abc import Mapping
from dataclasses import dataclass

POLICY_VERSION = "2026-11"
REASONS_LENGTH_MIN = 10  # characters of a decision's own reasons
APPEAL_DAYS = 30  # from the decision
# What one person decides alone: above it a second one approves. In minor units of each currency.
DECISION_ALONE_MAX_MINOR: Mapping[str, int] = {"eur": 250_000, "usd": 275_000, "gbp": 215_000, "jpy": 400_000}


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule of the dispute policy; its id is stable."""

    clause_id: str
    en: str
    es: str
    by_people: bool = True  # whether an operator may decide by it


_ALL = (
    Clause(
        "5.1",
        "What was not delivered is refunded, unless the seller shows proof of delivery to the buyer's address.",
        "Lo que no se entregó se reembolsa, salvo que el vendedor demuestre la entrega en la dirección del comprador.",
    ),
    Clause(
        "5.2",
        "What is damaged, incomplete or not as the listing said is refunded, in full or by as much as it is worth "
        "less; what is as the listing said is paid.",
        "Lo dañado, incompleto o distinto de lo anunciado se reembolsa, entero o en lo que valga de menos; lo que es "
        "como se anunció se paga.",
    ),
    Clause(
        "5.3",
        "What is not genuine is refunded in full; the seller bears the costs.",
        "Lo que no es auténtico se reembolsa por completo; el vendedor asume los costes.",
    ),
    Clause(
        "5.4",
        "A service is paid as far as it was done as agreed.",
        "Un servicio se paga en la medida en que se hizo como se acordó.",
    ),
    Clause(
        "5.5",
        "A return that the seller received is refunded, less what the goods lost in value by use beyond trying them.",
        "Una devolución recibida por el vendedor se reembolsa, menos lo que los artículos perdieron de valor por un "
        "uso mayor que probarlos.",
    ),
    Clause(
        "5.6",
        "Where both sides share the cause, or neither shows more than the other, the amount is divided.",
        "Cuando ambas partes causaron el problema, o ninguna demuestra más que la otra, el importe se divide.",
    ),
    Clause(
        "5.7",
        "A claim that the evidence does not support is refused, and the seller is paid.",
        "Una reclamación que las pruebas no sostienen se rechaza y se paga al vendedor.",
    ),
    Clause(
        "5.8",
        f"Whoever lost may appeal within {APPEAL_DAYS} days with new evidence; somebody else decides. While the money "
        "waits it goes as the appeal says. Once it went, a buyer who was right gets a further refund out of what the "
        "seller got; a seller who was right is paid by the marketplace, which takes nothing back from the buyer. "
        "Nobody is left worse off by an appeal of their own after the money went. Where both lost, both may appeal, "
        "the second as long as the first has no answer: one answer is given to both, and it is the last word here.",
        f"Quien perdió puede recurrir en {APPEAL_DAYS} días con pruebas nuevas; decide otra persona. Mientras el "
        "dinero espera, va como diga el recurso. Cuando ya se pagó, al comprador que tenía razón se le reembolsa "
        "algo más de lo que recibió el vendedor; al vendedor que tenía razón le paga el mercado, que no retira nada "
        "al comprador. Nadie queda peor por su propio recurso cuando el dinero ya se pagó. Si ambas partes perdieron, "
        "ambas pueden recurrir, la segunda mientras el primer recurso no tenga respuesta: se da una sola respuesta a "
        "ambas, y aquí es la última palabra.",
        by_people=False,
    ),
    Clause(
        "6.1",
        "A buyer who claims far more often than others is warned first: nothing is taken away.",
        "A quien reclama mucho más que los demás se le avisa primero: no se le quita nada.",
        by_people=False,
    ),
    Clause(
        "6.2",
        "A buyer who goes on claiming far more often than others uploads evidence before opening a dispute, until the "
        "counts are ordinary again or an appeal lifts it. What the law gives stays.",
        "Quien sigue reclamando mucho más que los demás sube pruebas antes de abrir una disputa, hasta que las cuentas "
        "vuelvan a lo normal o un recurso lo levante. Lo que da la ley se mantiene.",
        by_people=False,
    ),
    Clause(
        "process.silence",
        "Nobody decided in time: the process says who gets the money.",
        "Nadie decidió a tiempo: el proceso dice a quién va el dinero.",
        by_people=False,
    ),
    Clause(
        "settlement.agreed",
        "Buyer and seller agreed on this themselves.",
        "Comprador y vendedor lo acordaron entre ellos.",
        by_people=False,
    ),
    Clause(
        "settlement.return",
        "Buyer and seller agreed on this themselves: it is refunded once the goods are back. If the buyer does not "
        "send them in time the seller is paid; if the seller says nothing in time the buyer is refunded. The seller "
        "pays for sending them back.",
        "Comprador y vendedor lo acordaron entre ellos: se reembolsa cuando vuelvan los artículos. Si el comprador no "
        "los envía a tiempo se paga al vendedor; si el vendedor no dice nada a tiempo se reembolsa al comprador. El "
        "vendedor paga el envío de vuelta.",
        by_people=False,
    ),
    Clause(
        "claim.dropped",
        "The buyer took the claim back.",
        "El comprador retiró la reclamación.",
        by_people=False,
    ),
)
CLAUSES: Mapping[str, Clause] = {each.clause_id: each for each in _ALL}
FOR_PEOPLE = tuple(each.clause_id for each in _ALL if each.by_people)


def quoted(clause_id: str) -> str:
    """Write a clause with its words in both languages; one that is not of the policy by its name alone."""
    clause = CLAUSES.get(clause_id)
    return f"{clause_id}: {clause.en} / {clause.es}" if clause else clause_id
