"""What a look at the bot's preconditions found: each with what to do about it."""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from bot.errors import BotError
from bot.masking import mask
from bot.values import Value

PATIENCE = 25.0  #: seconds for one look
SKEW = 2.0  #: seconds that this machine's clock may differ from somebody else's


class CheckOutcome(StrEnum):
    OK = "ok"
    PROBLEM = "problem"
    SKIPPED = "skipped"


class Finding(Value):
    """``told`` is what was seen, or why nobody looked; ``mend`` what to do, "" for nothing."""

    name: str
    outcome: CheckOutcome
    told: str
    mend: str = ""

    def __str__(self) -> str:
        """One line, without secrets."""
        told = f"because {self.told}" if self.outcome is CheckOutcome.SKIPPED else self.told
        return f"{self.outcome:<8} {self.name}: {mask(told)}. {mask(self.mend)}".rstrip()


Findings = tuple[Finding, ...]


def ok(name: str, told: str) -> Finding:
    return Finding(name=name, outcome=CheckOutcome.OK, told=_bare(told))


def trouble(name: str, told: str, mend: str) -> Finding:
    return Finding(name=name, outcome=CheckOutcome.PROBLEM, told=_bare(told), mend=mend)


def skipped(name: str, because: str, mend: str = "") -> Finding:
    return Finding(name=name, outcome=CheckOutcome.SKIPPED, told=_bare(because), mend=mend)


async def looked(
    name: str, looking: Awaitable[Finding], mend: str, within: float = PATIENCE
) -> Finding:
    """One look that hides no other: whatever breaks it is what it found."""
    try:
        async with asyncio.timeout(within):
            return await looking
    except TimeoutError:
        return trouble(name, f"no answer within {within:g} s", mend)
    except BotError as error:
        return trouble(name, str(error), mend)
    except Exception as error:
        return trouble(name, f"{type(error).__name__}: {error}", mend)


async def together(*looks: Awaitable[Finding]) -> Findings:
    return tuple(await asyncio.gather(*looks))


def clock(name: str, sent: datetime, received: datetime, date: str | None) -> Finding:
    """This machine's clock against an HTTP ``Date``, which knows whole seconds only.

    The other side's instant lies somewhere between sending and receiving, and within that second.
    """
    try:
        theirs = parsedate_to_datetime(date or "").astimezone(UTC).timestamp()
    except ValueError:
        return skipped(name, "the answer carried no readable Date")
    behind = theirs - received.timestamp()
    ahead = sent.timestamp() - (theirs + 1)
    skew = max(behind, ahead, 0.0)
    if skew <= SKEW:
        return ok(name, f"within {SKEW:g} s of theirs")
    word = "behind" if behind > ahead else "ahead"
    return trouble(
        name,
        f"this machine is {skew:.0f} s {word}",
        "Let the machine keep its time by NTP: expiry, windows and signatures depend on it.",
    )


def in_trouble(findings: Iterable[Finding]) -> bool:
    return any(one.outcome is CheckOutcome.PROBLEM for one in findings)


def summary(findings: Findings) -> str:
    """``12 ok, 1 problem, 2 skipped``"""
    counts = {word: sum(one.outcome is word for one in findings) for word in CheckOutcome}
    problems = counts[CheckOutcome.PROBLEM]
    return (
        f"{counts[CheckOutcome.OK]} ok, {problems} problem{'' if problems == 1 else 's'}, "
        f"{counts[CheckOutcome.SKIPPED]} skipped"
    )


def _bare(sentence: str) -> str:
    return " ".join(sentence.split()).rstrip(".")
