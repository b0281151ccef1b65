"""What two people must agree on: each kind of proposal, who may make it and who may approve it.

A kind's effect is registered where the parts are put together (`executors` in marketplace/wiring): the writes that it
returns commit in the transaction that marks the proposal approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.kit.principal import ADMIN, FINANCE, MODERATOR, SUPPORT


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act that nobody does alone."""

    name: str
    en: str
    es: str
    proposed_by: frozenset[str]  # any of these roles
    approved_by: frozenset[str]


def _kind(name: str, en: str, es: str, *, proposed_by: tuple[str, ...], approved_by: tuple[str, ...]) -> Kind:
    return Kind(name, en, es, frozenset(proposed_by), frozenset(approved_by))


_ALL = (
    _kind("role.grant", "Grant a role", "Conceder una función", proposed_by=(ADMIN,), approved_by=(ADMIN,)),
    _kind(
        "account.recover",
        "Let a member of staff back in",
        "Devolver el acceso a alguien del personal",
        proposed_by=(ADMIN,),
        approved_by=(ADMIN,),
    ),
    # Money that no rule moves: proposed by whoever knows the case, approved by finance alone.
    _kind(
        "refund.manual",
        "Refund beyond the rules",
        "Reembolsar fuera de las reglas",
        proposed_by=(SUPPORT, MODERATOR, FINANCE),
        approved_by=(FINANCE,),
    ),
    _kind(
        "payout.manual",
        "Pay out by hand",
        "Hacer un pago manual",
        proposed_by=(FINANCE,),
        approved_by=(FINANCE,),
    ),
    _kind(
        "payout.release",
        "Release held payouts",
        "Liberar pagos retenidos",
        proposed_by=(SUPPORT, FINANCE),
        approved_by=(FINANCE,),
    ),
    _kind(
        "payout.return",
        "Give back a payout of unknown outcome",
        "Devolver un pago de resultado desconocido",
        proposed_by=(FINANCE,),
        approved_by=(FINANCE,),
    ),
    _kind(
        "payments.resume",
        "Resume payments after a stop",
        "Reanudar los pagos tras una parada",
        proposed_by=(FINANCE, ADMIN),
        approved_by=(FINANCE, ADMIN),
    ),
    _kind(
        "ledger.correction",
        "Book what Stripe moved by itself",
        "Registrar lo que Stripe movió por sí mismo",
        proposed_by=(FINANCE,),
        approved_by=(FINANCE,),
    ),
    _kind(
        "fees.agreement",
        "Agree on a seller's commission",
        "Acordar la comisión de un vendedor",
        proposed_by=(SUPPORT, FINANCE),
        approved_by=(FINANCE,),
    ),
    _kind(
        "intent.retry",
        "Send parked money again",
        "Volver a enviar dinero detenido",
        proposed_by=(FINANCE,),
        approved_by=(FINANCE,),
    ),
    _kind(
        "intent.close",
        "Keep parked money as unclaimed",
        "Guardar dinero detenido como no reclamado",
        proposed_by=(FINANCE,),
        approved_by=(FINANCE,),
    ),
    _kind(
        "unclaimed.decide",
        "Decide about money that waits for a person",
        "Decidir sobre dinero que espera a una persona",
        proposed_by=(FINANCE,),
        approved_by=(FINANCE,),
    ),
    _kind(
        "decision.dispute",
        "Decide a dispute about a large amount",
        "Resolver una disputa por un importe elevado",
        proposed_by=(MODERATOR,),
        approved_by=(MODERATOR, ADMIN),
    ),
    _kind(
        "decision.appeal",
        "Decide an appeal about a large amount",
        "Resolver un recurso por un importe elevado",
        proposed_by=(MODERATOR,),
        approved_by=(MODERATOR, ADMIN),
    ),
    _kind(
        "decision.return",
        "Decide a return or claim about a large amount",
        "Resolver una devolución o reclamación por un importe elevado",
        proposed_by=(MODERATOR,),
        approved_by=(MODERATOR, ADMIN),
    ),
    _kind(
        "debt.write_off",
        "Write off a seller's debt",
        "Condonar la deuda de un vendedor",
        proposed_by=(SUPPORT, FINANCE),
        approved_by=(FINANCE,),
    ),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
