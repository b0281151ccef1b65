"""What is decided about money that waits for a person."""

from marketplace.decisions.kind import Kind, Words

UNCLAIMED = (
    Kind(
        "unclaimed.sent",
        Words(
            "Money that had been kept apart is sent to you.",
            "Un dinero que estaba guardado aparte se te envía.",
        ),
        Words("That one amount.", "Ese único importe."),
        Words(
            "Two people looked at why it could not be sent before, and whose it is.",
            "Dos personas miraron por qué no se pudo enviar antes y de quién es.",
        ),
        "money.unclaimed",
        "complaint",
        ("finance",),
    ),
    Kind(
        "unclaimed.kept",
        Words(
            "Money that cannot be sent for now is kept for whom it is.",
            "Un dinero que por ahora no se puede enviar se guarda para quien sea suyo.",
        ),
        Words("That one amount.", "Ese único importe."),
        Words(
            "It could not be sent, and nobody has said how it can be.",
            "No se pudo enviar y nadie ha dicho cómo se puede.",
        ),
        "money.unclaimed",
        "complaint",
        ("finance",),
    ),
)
