"""What silence decides about a return or a claim, as its process was published."""

from marketplace.decisions.kind import Kind, Words

_THIS_RETURN = Words(
    "What this return or claim is about, and no more of the order.",
    "Aquello de lo que trata esta devolución o reclamación, y nada más del pedido.",
)
_SILENCE = Words(
    "Nobody acted before the deadline that both sides were shown.",
    "Nadie actuó antes del plazo que se mostró a ambas partes.",
)

RETURNS = (
    Kind(
        "return.lapsed",
        Words(
            "The return or claim ended by its deadline; the amounts say what comes back to the buyer and what the "
            "seller keeps.",
            "La devolución o reclamación terminó por su plazo; los importes dicen qué vuelve al comprador y qué "
            "conserva el vendedor.",
        ),
        _THIS_RETURN,
        _SILENCE,
        "process.silence",
        "complaint",
        ("clock",),
    ),
    Kind(
        "claim.granted",
        Words(
            "The claim counts as granted: the amount comes back to the buyer once the goods have gone back, at the "
            "seller's cost.",
            "La reclamación se da por concedida: el importe vuelve al comprador cuando los artículos se hayan devuelto "
            "a costa del vendedor.",
        ),
        _THIS_RETURN,
        _SILENCE,
        "process.silence",
        "complaint",
        ("clock",),
    ),
)
