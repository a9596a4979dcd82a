"""Writing down what becomes of incidents: the row, the audit event and what is told, together."""

from bot.incidents._lifecycle import ended, repeated, woken
from bot.incidents._notifications import card, event, note
from bot.values import Incident, Line, Mention, Moment
from storage.transaction import Transaction

SOME = 3  #: repeats of which each is told; the card counts all


def _is_news(repeats: int) -> bool:
    """What comes and goes a hundred times fills no thread: told are 1, 2, 3, 10, 100 and so on."""
    return repeats <= SOME or str(repeats).rstrip("0") == "1"


class Records:
    """Every verb takes the transaction in which all of it happens, and says how it then stands."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    async def begin(self, tx: Transaction, incident: Incident) -> Incident:
        """Without a number where somebody else has opened one of that key meanwhile."""
        opened = await tx.open_incident(incident)
        if opened is None:
            return incident
        await tx.post(card(opened, self._channel))
        tx.record(event(opened, "started"))
        return opened

    async def repeat(self, tx: Transaction, before: Incident, at: int, detail: str) -> Incident:
        """``before`` is locked. What is put off is counted and not told."""
        after = repeated(before, at, detail)
        if after is None:
            return before
        await tx.save_incident(after)
        await tx.post(card(after, self._channel))
        if not before.is_open:
            tx.record(event(after, "reopened"))
        if after.snoozed_until is None and _is_news(after.repeats):
            times = "" if after.repeats < SOME else f", {after.repeats} times since it began"
            said: Line = ("Again ", Moment(at=at), f"{times}: {detail}")
            await tx.post(note(after, self._channel, f"again:{after.repeats}", said))
        return after

    async def end(self, tx: Transaction, number: int, at: int, why: str) -> Incident:
        before = await tx.lock_incident(number)
        after = ended(before, at)
        if after is None:
            return before
        await tx.save_incident(after)
        await tx.post(card(after, self._channel))
        said: Line = ("Recovered ", Moment(at=after.resolved_at or at), f": {why}")
        if _is_news(after.repeats):
            await tx.post(note(after, self._channel, f"ended:{after.repeats}", said))
        tx.record(event(after, "ended"))
        return after

    async def wake(self, tx: Transaction, number: int) -> None:
        """Whoever put it off is told that it still goes on."""
        before = await tx.lock_incident(number)
        after = woken(before, tx.now)
        if after is None:
            return
        await tx.save_incident(after)
        await tx.post(card(after, self._channel))
        who: Line = (Mention(person=before.snoozed_by), ": ") if before.snoozed_by else ()
        said: Line = ("the snooze is over, and it still goes on.",)
        what = f"woken:{before.snoozed_until}"
        await tx.post(note(after, self._channel, what, who, said))
