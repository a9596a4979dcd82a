"""Whether the bot observes or acts: where a start has changed that, what is open says so."""

from contextlib import suppress

from bot.errors import ConflictError
from bot.values import AuditEvent, Status
from storage.store import Store

CURSOR = "mode"  #: where the mode of the last start is kept
OPEN = 1000  #: cards that are drawn anew

OBSERVE, ACT = "observe", "act"


async def enter(store: Store, *, observes: bool) -> None:
    """At each start. The trail holds each change of mode once, whichever replica starts first;
    cards of what was not sent show it."""
    mode, before = OBSERVE if observes else ACT, await store.cursors.get(CURSOR)
    if mode == (before or ACT):
        return
    unsent = await store.requests.find(status=(Status.PENDING, Status.APPROVED), limit=OPEN)
    with suppress(ConflictError):  # another replica has just written it
        async with store.write() as tx:
            await tx.move_cursor(CURSOR, before, mode)
            await tx.audit(AuditEvent(action="mode.entered", actor="bot", result=mode))
            tx.stir_homes()
            for request in unsent:
                await tx.post(request.card_message())
