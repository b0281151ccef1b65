"""What is decided about money that waits for a person, and about what sellers owe."""

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
    Kind(
        "debt.written_off",
        Words(
            "What you owed us is written off, in whole or in part.",
            "Lo que nos debías queda condonado, entero o en parte.",
        ),
        Words(
            "The amount that is named, for good; earnings no longer pay it.",
            "El importe indicado, de forma definitiva; tus ingresos ya no lo pagan.",
        ),
        Words(
            "Two people looked at what was owed, and why.",
            "Dos personas miraron qué se debía y por qué.",
        ),
        "money.debt",
        "complaint",
        ("finance",),
    ),
)
