"""Journey (y): a file is sold, delivered by its upload, and downloaded whole."""

import hashlib
import secrets

from infra.local.journeys.cast import Cast
from infra.local.journeys.disputing import upload
from infra.local.journeys.offers import PATTERN
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, confirm, offer_for_sale, require

PAGES = b"%PDF-1.4\n" + b"% 20 paginas de puntos y vueltas\n" * 200


def sold_and_downloaded(story: Story, cast: Cast) -> None:
    """Show a file that counts as delivered only when it lies there as announced, and that strangers cannot have."""
    seller = cast.seller("Noa Ferreiro", "es", kind="private", country="ES")
    buyer = cast.buyer("Saskia Brandt", "en")
    story.tell(seller, f"offers “{PATTERN.title}”", money(PATTERN.price_minor))
    (order_id,) = buy(story, buyer, offer_for_sale(seller, PATTERN))
    content = PAGES + secrets.token_bytes(8)
    file = {
        "name": "chaleco.pdf",
        "content_type": "application/pdf",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    form = seller.post(f"/orders/{order_id}/file", file)
    seller.refused("POST", f"/orders/{order_id}/available", "file_not_uploaded", file)
    story.tell(seller, "says it is there before it is", "file_not_uploaded: refused")
    require(not upload(seller, form, content[:-1] + b"!"), "other bytes than the announced ones were taken")
    require(upload(seller, form, content), "the announced file was not taken")
    order = seller.post(f"/orders/{order_id}/available", file)
    require(order["delivered_by"] == "platform", f"delivered by {order['delivered_by']}")
    story.tell(seller, f"uploads its {len(content):,} bytes", f"{order['state']}, on the storage's word")
    cast.stranger("Somebody", "no login", "en").refused("GET", f"/orders/{order_id}/file", "unauthenticated")
    link = buyer.get(f"/orders/{order_id}/file")
    seen = buyer.send("GET", link["url"], {})
    require(hashlib.sha256(seen.body).hexdigest() == file["sha256"], "the download is not what was sold")
    story.tell(buyer, f"downloads it by a link of {link['expires_in_seconds'] // 60} minutes", "the very same bytes")
    confirm(story, buyer, order_id)
