"""Journey (x): a service in two parts, each done, confirmed and paid for by itself."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import PORTRAITS
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, confirm, offer_for_sale, require

NOTES = ("Dos horas de sesión en casa, 140 fotografías.", "Álbum de veinte páginas, entregado en mano.")


def done_in_parts(story: Story, cast: Cast) -> None:
    """Show one payment for a service become an order a milestone, released one by one."""
    seller = cast.seller("Lola Barea", "es", kind="private", country="ES")
    buyer = cast.buyer("Íñigo Salas", "es")
    story.tell(seller, f"offers “{PORTRAITS.title}”", f"{money(PORTRAITS.price_minor)}, 60 % and 40 %")
    order_ids = buy(story, buyer, offer_for_sale(seller, PORTRAITS))
    orders = sorted(
        (buyer.get(f"/orders/{order_id}") for order_id in order_ids), key=lambda each: each["milestone"]["part"]
    )
    require([each["milestone"]["of"] for each in orders] == [2, 2], f"the orders are {order_ids}")
    for order, note in zip(orders, NOTES, strict=True):
        done = seller.post(f"/orders/{order['order_id']}/done", {"note": note})
        story.tell(seller, f"reports part {order['milestone']['part']} of 2 done", done["state"])
    for order in orders:
        confirm(story, buyer, order["order_id"], f"confirms part {order['milestone']['part']}")
