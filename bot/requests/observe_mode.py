"""Whether the bot observes or acts: where a start has changed that, what is open says so."""

from bot.values import AuditEvent, Status
from storage.store import Store

CURSOR = "mode"  #: where the mode of the last start is kept
OPEN = 1000  #: cards that are drawn anew

OBSERVE, ACT = "observe", "act"


async def enter(store: Store, *, observes: bool) -> None:
    """At each start. The trail holds each change of mode; cards of what was not sent show it."""
    mode = OBSERVE if observes else ACT
    if mode == (await store.cursors.get(CURSOR) or ACT):
        return
    unsent = await store.requests.find(status=(Status.PENDING, Status.APPROVED), limit=OPEN)
    async with store.write() as tx:
        await tx.audit(AuditEvent(action="mode.entered", actor="bot", result=mode))
        tx.stir_homes()
        for request in unsent:
            await tx.post(request.card_message())
    await store.cursors.set(CURSOR, mode)
