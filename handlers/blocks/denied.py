"""A change that the policy denies, and the CloudOps request that can be written from its denial."""

from collections.abc import Iterator
from typing import Any

from bot.operations import CATALOGUE
from bot.values import (
    AuditEntry,
    Call,
    Classified,
    Code,
    Line,
    Mention,
    Moment,
    PersonId,
    Strong,
)
from handlers.blocks.aws_call import call_text, cli
from handlers.blocks.elements import Payload, actions, button, context, fields, notification
from handlers.blocks.rich import Block, lines, preformatted, quote, rich_text
from handlers.blocks.text import cut, visible

CALL, REASON, FACT, HEAD = 2000, 2000, 300, 300


def denied(reason: str, seq: int | None, classified: Classified | None = None) -> Payload:
    """``reason`` is the policy's sentence, ``seq`` the audit row that holds the denial.

    None: it cannot be handed on.
    """
    blocks = [rich_text(lines((Strong(text="Denied:"), f" {reason}")))]
    if classified is not None:
        why = f"It counts as {classified.environment}, by {classified.rule}."
        blocks.append(context((why,)))
    if seq is not None:
        offer = button("Create CloudOps request", "cloudops.create", str(seq), "primary")
        blocks += actions([offer])
    return {"text": notification((f"Denied: {reason}",)), "blocks": blocks}


def cloudops_request(row: AuditEntry) -> Payload:
    """Ready to send: who wants what on which database, why, and the exact call."""
    what = _what(row)
    said: Line = ("CloudOps request: ", *_who(row), f" asks: {what}")
    why = visible(row.event.text)
    head: Line = (*_who(row), " asks: ", Strong(text=what), f': "{cut(why, HEAD)}"' if why else "")
    blocks = [
        rich_text(lines(head)),
        *fields(_facts(row), FACT),
        *_call(row),
        *(_reason(row) if len(why) > HEAD else ()),
        context((f"Audit row {row.seq}, {row.hash[:12]}",)),
    ]
    return {"text": notification(said), "blocks": blocks}


def _what(row: AuditEntry) -> str:
    """``reboot orders-prod``"""
    known = CATALOGUE.get(row.event.operation or "")
    verb = known.verb if known else row.event.operation
    return f"{verb} {(row.event.target or '?').partition('@')[0]}"


def _place(row: AuditEntry) -> str:
    """With the account's name, where it was known when that was denied."""
    target, account = row.event.target or "unknown", row.event.facts.get("account_name")
    name, _, place = target.partition("@")
    return f"{name}@{account}/{place.partition('/')[2]}" if account and place else target


def _facts(row: AuditEntry) -> Iterator[tuple[str, Line]]:
    facts = row.event.facts
    yield "When", (Moment(at=row.at),)
    yield "Database", (Code(text=_place(row)),)
    yield "Environment", (f"{facts.get('environment')}, by {facts.get('classified_by')}",)
    yield "Denied by", (str(facts.get("rule") or "the policy"),)
    if facts.get("command"):
        yield "The command", (Code(text=facts["command"]),)


def _call(row: AuditEntry) -> Iterator[Block]:
    given: dict[str, Any] | None = row.event.facts.get("call")
    if given is None:
        yield context(("The call is not known: the database could not take it as it stood.",))
        return
    call = Call.model_validate(given)
    region = (row.event.target or "").rpartition("/")[2]
    yield rich_text(
        lines((Strong(text="The exact AWS call"),)),
        preformatted(call_text(call), CALL),
        lines((Strong(text="The same in a terminal"),)),
        preformatted(cli(call, region), CALL),
    )


def _reason(row: AuditEntry) -> Iterator[Block]:
    if said := quote(row.event.text, REASON):
        yield rich_text(lines((Strong(text="Reason"),)), said)


def _who(row: AuditEntry) -> Line:
    actor = row.event.actor
    return (Mention(person=PersonId.parse(actor)),) if ":" in actor else (actor,)
