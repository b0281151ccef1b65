"""Journey (p): receipts in two languages, what the seller earned, and a proof of solvency that people check at home."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import TEAPOT
from infra.local.journeys.people import Person
from infra.local.journeys.schedules import SOLVENCY_RUN, Schedules
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, confirm, offer_for_sale, require, ship
from infra.local.workspace import CHECKOUT

CHECKER = CHECKOUT / "docs" / "verify_solvency.py"
CHECK_SECONDS = 30


def proved(story: Story, cast: Cast) -> None:
    """Show the papers of an order, and that what is held for it is counted in what Stripe holds."""
    seller = cast.seller("Maeve Byrne", "en", kind="trader", country="IE", legal_name="Byrne Pottery Ltd")
    buyer = cast.buyer("Julia Abad", "es")
    (order_id,) = buy(story, buyer, offer_for_sale(seller, TEAPOT))
    _receipt(story, buyer, order_id)
    told = Schedules(cast.stage).run(SOLVENCY_RUN)
    owed, at_stripe, status = told["owed_held_status"]["eur"]
    story.tell("(the nightly proof)", f"{money(owed)} owed, {money(at_stripe)} at Stripe, signed", status)
    for person in (buyer, seller):
        _check(story, person, f"held:{order_id}=eur:{TEAPOT.price_minor}")
    ship(story, seller, order_id, "An Post", "CE 4410 7719 IE")
    confirm(story, buyer, order_id)
    earning = seller.get(f"/orders/{order_id}/earning")
    require(earning["total_minor"] == earning["settled_minor"], f"the earning is {earning}")
    terms = ", ".join(f"{entry['title']} {money(entry['amount_minor'])}" for entry in earning["entries"])
    story.tell(seller, "reads the earning", f"{terms}: {money(earning['total_minor'])}")


def _receipt(story: Story, buyer: Person, order_id: str) -> None:
    receipt = buyer.get(f"/orders/{order_id}/receipt")
    require(receipt["total_minor"] == receipt["held_minor"] == TEAPOT.price_minor, f"the receipt is {receipt}")
    page = buyer.ask("GET", f"/orders/{order_id}/receipt?format=html")
    html = page.body.decode()
    require(page.headers["content-type"].startswith("text/html") and '<html lang="es"' in html, "no page in Spanish")
    require("<script" not in html and "content-security-policy" in page.headers, "the page is not only a page")
    (entry,) = receipt["entries"]
    paid = money(entry["amount_minor"])
    story.tell(buyer, "reads the receipt, also as a page to print", f"“{entry['title']}” {paid}")
    story.tell(buyer, "reads on it what happens next", f"“{receipt['next'][0]['explanation']}”")


def _check(story: Story, person: Person, claim: str) -> None:
    """Check a proof as its reader does, with one file and nothing of ours; and that a wrong cent is noticed."""
    proof = person.get("/solvency/latest/proof")
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder) / "proof.json", Path(folder) / "forged.json"
        good.write_text(json.dumps(proof), encoding="utf-8")
        bad.write_text(json.dumps(_forged(proof)), encoding="utf-8")
        held, forged = _checked(good, claim), _checked(bad, claim)
    require(held.returncode == 0, f"the proof does not check: {held.stderr}")
    require(forged.returncode != 0, f"a forged proof checks: {forged.stdout}")
    counted = sum(line.startswith("counted: ") for line in held.stdout.splitlines())
    wrong = forged.stderr.strip().removeprefix("WRONG: ").partition(": ")[2]
    story.tell(person, "checks the proof with verify_solvency.py", f"{counted} claim counted; a cent more: {wrong}")


def _forged(proof: dict[str, Any]) -> dict[str, Any]:
    first, *rest = proof["proofs"]
    return {**proof, "proofs": [{**first, "amount_minor": first["amount_minor"] + 1}, *rest]}


def _checked(proof: Path, claim: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKER), str(proof), "--claims", claim]
    return subprocess.run(  # noqa: S603 - our own file, and the arguments are paths and ids
        command, capture_output=True, text=True, timeout=CHECK_SECONDS, check=False
    )
