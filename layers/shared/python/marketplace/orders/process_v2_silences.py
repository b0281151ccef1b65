"""What the policy says when nobody acts, for version 2 of the order process; by the transition that the timer fires."""

from collections.abc import Mapping

from marketplace.orders.process_table import Silence

SILENCES: Mapping[str, Silence] = {
    "expire": Silence(
        "Not paid in time: the order is cancelled and what was reserved goes back on sale.",
        "Sin pago a tiempo: el pedido se cancela y lo reservado vuelve a la venta.",
    ),
    "ship_overdue": Silence(
        "Not shipped, done or made available in time: the buyer gets everything back.",
        "Sin envío, servicio o descarga a tiempo: el comprador recupera todo su dinero.",
    ),
    "delivery_overdue": Silence(
        "No proof of delivery in time: a person looks at the order, and nothing is released meanwhile.",
        "Sin prueba de entrega a tiempo: una persona revisa el pedido y mientras tanto no se libera nada.",
    ),
    "proof_overdue": Silence(
        "Delivery was never proven: the buyer gets everything back.",
        "La entrega nunca se demostró: el comprador recupera todo su dinero.",
    ),
    "inspection_over": Silence(
        "Delivered, and the buyer raised no problem in time: the seller is paid.",
        "Entregado y sin reclamaciones del comprador a tiempo: se paga al vendedor.",
    ),
    "return_overdue": Silence(
        "A return that nobody finished in time: the marketplace decides with what both sides showed.",
        "Una devolución que nadie terminó a tiempo: el mercado decide con lo que mostraron las dos partes.",
    ),
    "hold_overdue": Silence(
        "A held order that nobody cleared in time: the buyer gets everything back.",
        "Un pedido retenido que nadie aprobó a tiempo: el comprador recupera todo su dinero.",
    ),
    "answer_overdue": Silence(
        "The seller did not answer in time: the marketplace decides with what the buyer showed.",
        "El vendedor no respondió a tiempo: el mercado decide con lo que mostró el comprador.",
    ),
    "talk_over": Silence(
        "The two sides did not agree in time: the marketplace decides with what both showed.",
        "Las dos partes no se pusieron de acuerdo a tiempo: el mercado decide con lo que mostraron.",
    ),
    "decision_overdue": Silence(
        "The marketplace did not decide in time: the buyer gets everything back.",
        "El mercado no decidió a tiempo: el comprador recupera todo su dinero.",
    ),
    "decision_stands": Silence(
        "Nobody appealed before the decision is carried out: the money goes as it was decided.",
        "Nadie recurrió antes de ejecutarse la resolución: el dinero va como se decidió.",
    ),
    "appeal_overdue": Silence(
        "The appeal was not decided in time: the first decision stands.",
        "El recurso no se resolvió a tiempo: se mantiene la primera resolución.",
    ),
    "chargeback_overdue": Silence(
        "The bank gave no answer in time: the chargeback counts as lost, and a later win is booked then.",
        "El banco no respondió a tiempo: el contracargo se da por perdido, y si se gana después se contabiliza.",
    ),
}
