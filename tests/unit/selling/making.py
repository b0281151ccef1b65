"""Teams in a few words."""

from typing import Any

from tests.fakes.trade import Trade


def email_of(trade: Trade, account_id: str) -> str:
    return trade.services.account_store.read(account_id).email


def token_mailed(trade: Trade, to: str) -> str:
    """Return the token of the last invitation that was mailed to an address."""
    bodies = [mail.body for mail in trade.world.mails if mail.to == to and "/team/accept?token=" in mail.body]
    return bodies[-1].split("/team/accept?token=")[1].split()[0]


def join(trade: Trade, seller_id: str, role: str, account_id: str = "") -> str:
    """Have somebody join a team as people do: asked, mailed, accepted."""
    account_id = account_id or trade.person("Helper")
    address = email_of(trade, account_id)
    trade.services.teams.invite(seller_id, address, role, "en")
    trade.world.drain()
    trade.services.teams.accept(account_id, token_mailed(trade, address))
    trade.world.drain()
    return account_id


def kinds_of(trade: Trade, account_id: str) -> list[str]:
    """Return what an account's own log says, the oldest first."""
    found: Any = trade.services.security_log.page(account_id, None, 50).items
    return [entry.kind for entry in found][::-1]
