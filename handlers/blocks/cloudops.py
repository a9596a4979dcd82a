"""A CloudOps request: its message in the channel, what follows it, and what people are told."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.operations import CATALOGUE
from bot.requests.cloudops_rules import PAST
from bot.settings import People
from bot.values import (
    AuditEntry,
    Button,
    Call,
    Channel,
    CloudOpsRequest,
    CloudOpsState,
    Code,
    Group,
    Line,
    Link,
    Mention,
    Moment,
    PersonId,
    Strong,
    more,
)
from handlers.blocks.aws_call import call_text, cli
from handlers.blocks.elements import (
    Element,
    Payload,
    actions,
    button,
    confirm,
    context,
    controls,
    input_block,
    notification,
    plain_text,
    section,
)
from handlers.blocks.modal import TITLE, modal
from handlers.blocks.rich import Block, lines, preformatted, quote, rich_text
from handlers.blocks.text import cut, joined, visible

CREATE = "cloudops.create"
TAKE, DONE = "cloudops.take", "cloudops.done"
DECLINE, WITHDRAW = "cloudops.decline", "cloudops.withdraw"
#: What a button brings the request to.
STEPS: Mapping[str, CloudOpsState] = {
    TAKE: CloudOpsState.TAKEN,
    DONE: CloudOpsState.DONE,
    DECLINE: CloudOpsState.DECLINED,
    WITHDRAW: CloudOpsState.WITHDRAWN,
}
CALLBACK, REASON = "cloudops_decline", "reason"

CALL, TYPED = 2000, 3000
#: A message is read on a phone: what is longer follows in its thread, or stands in the trail.
HEAD, FACT, STATE = 80, 300, 80


def cloudops_card(row: AuditEntry, request: CloudOpsRequest, people: People | None) -> Payload:
    """Its message in the channel as it stands; ``people``: who answers, where some are named."""
    story = [_head(row), *_facts(row), joined(_state(request, people), " ")]
    blocks = [rich_text(lines(*story, limit=FACT + HEAD)), *actions([*_buttons(row, request)])]
    return {"text": notification(_said(row, request)), "blocks": blocks}


def cloudops_details(row: AuditEntry) -> Payload:
    """For its thread: the whole reason, why it was denied, and the exact call."""
    why = rich_text(lines(*_denied(row), limit=FACT))
    end = context((f"Audit row {row.seq}, {row.hash[:12]}",))
    blocks = [*_reason(row), why, *_call(row), end]
    return {"text": notification(("The exact AWS call",)), "blocks": blocks}


def cloudops_request(row: AuditEntry) -> Payload:
    """All of it in one message without buttons, to be handed on by whoever was denied."""
    head = rich_text(lines(_head(row), *_facts(row), limit=FACT + HEAD))
    said = notification(("CloudOps request: ", *_who(row), " asks: ", _what(row)))
    return {"text": said, "blocks": [head, *cloudops_details(row)["blocks"]]}


def cloudops_sent(request: CloudOpsRequest, url: str) -> Payload:
    """For whoever asked; ``url`` of its message is empty where that is not known yet."""
    link: Line = (": ", Link(text="view the request", url=url)) if url else ()
    said: Line = ("Sent to ", Channel(id=request.channel), *link, ".")
    then = ("You get a direct message when somebody takes it, does it or declines it.",)
    return {
        "text": notification(said),
        "blocks": [
            rich_text(lines(said, then)),
            *actions([_withdraw(request)] if request.is_open else []),
        ],
    }


def cloudops_step(
    row: AuditEntry, request: CloudOpsRequest, state: CloudOpsState, url: str
) -> Payload:
    """What somebody did with it, for whoever waits for it."""
    who = request.taken_by if state is CloudOpsState.TAKEN else request.ended_by
    by: Line = (Mention(person=who),) if who else ("Somebody",)
    is_withdrawn = state is CloudOpsState.WITHDRAWN  # of which whoever took it hears
    what = "the CloudOps request that you took" if is_withdrawn else "your CloudOps request"
    said = PAST[state].replace("this", what)
    head: Line = (*by, f" {said}: ", Strong(text=_what(row)), ". ", *_view(url))
    why = quote(request.reason, TYPED) if state is CloudOpsState.DECLINED else None
    return {"text": notification((*by, f" {said}: {_what(row)}")), "blocks": [
        rich_text(lines(head), why)
    ]}  # fmt: skip


def decline_form(row: AuditEntry, channel: str) -> Payload:
    """Asks why; ``channel`` is where the button was clicked."""
    asked: Line = ("Decline ", Strong(text=_what(row)), ", asked for by ", *_who(row), ".")
    typed = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": True,
        "max_length": TYPED,
    }
    hint = "Whoever asked gets it by direct message, and it stands in the channel."
    return {
        **modal("Decline", [section(asked), input_block(REASON, "Reason", typed, hint=hint)]),
        "callback_id": CALLBACK,
        "private_metadata": json.dumps({"denial": row.seq, "channel": channel}),
        "submit": plain_text("Decline", TITLE),
    }


def _head(row: AuditEntry) -> Line:
    why = visible(row.event.text)
    reason = f': "{cut(why, HEAD)}"' if why else ""
    return (*_who(row), " asks: ", Strong(text=_what(row)), reason)


def _said(row: AuditEntry, request: CloudOpsRequest) -> Line:
    state = "" if request.state is CloudOpsState.OPEN else f" · {request.state}"
    return ("CloudOps request: ", *_who(row), f" asks: {_what(row)}{state}")


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


def _facts(row: AuditEntry) -> Iterator[Line]:
    facts = row.event.facts
    yield (Code(text=cut(_place(row), FACT)), f", {facts.get('environment') or 'unknown'}")
    if facts.get("command"):
        yield (Code(text=cut(facts["command"], FACT)),)


def _denied(row: AuditEntry) -> Iterator[Line]:
    facts = row.event.facts
    yield ("Denied ", Moment(at=row.at), f" by {facts.get('rule') or 'the policy'}.")
    if facts.get("classified_by"):
        yield (f"It counts as {facts.get('environment')}, by {facts['classified_by']}.",)


def _state(request: CloudOpsRequest, people: People | None) -> Iterator[Line]:
    """The last comes first; why it was declined says more than who took it before."""
    if request.state is CloudOpsState.OPEN:
        yield (Strong(text="Open."), " ", *_can_answer(people))
    if request.ended_by and request.ended_at:
        why = visible(request.reason)
        said = f': "{cut(why, STATE)}"' if why else "."
        yield (*_by(request.state.capitalize(), request.ended_by, request.ended_at), said)
        if why or request.taken_by == request.ended_by:
            return
    if request.taken_by and request.taken_at:
        yield (*_by("Taken", request.taken_by, request.taken_at), ".")


def _by(word: str, person: PersonId, at: int) -> Line:
    return (Strong(text=word), " by ", Mention(person=person), " ", Moment(at=at))


def _can_answer(people: People | None) -> Line:
    if people is None:
        return ("Anybody here can answer.",)
    named: Iterable[Line] = (
        *((Group(id=one),) for one in people.groups),
        *((Mention(person=PersonId(team="", user=one)),) for one in people.users),
    )
    return ("Can answer: ", *joined(named, ", "), ".")


def _buttons(row: AuditEntry, request: CloudOpsRequest) -> Iterator[Element]:
    if not request.is_open:
        return
    number, about = str(request.denial), f": {_what(row)}"
    if request.state is CloudOpsState.OPEN:
        yield button("I'll take it", TAKE, number, "primary", spoken=f"I'll take it{about}")
    yield button("Done", DONE, number, spoken=f"Done{about}")
    yield button("Decline", DECLINE, number, spoken=f"Decline{about}")
    yield from controls(more(Button(label="Withdraw", action=WITHDRAW, value=number)))


def _withdraw(request: CloudOpsRequest) -> Element:
    sure = confirm(
        "Withdraw this request?", "Nobody can answer it then. Only who asked can.", "Withdraw",
        "Keep it",
    )  # fmt: skip
    return button("Withdraw", WITHDRAW, str(request.denial), confirm=sure)


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
    """Where the first line had no room for all of it."""
    said = quote(row.event.text, TYPED)
    if said and len(visible(row.event.text)) > HEAD:
        yield rich_text(lines((Strong(text="Reason"),)), said)


def _view(url: str) -> Line:
    return (Link(text="View the request", url=url),) if url else ()


def _who(row: AuditEntry) -> Line:
    actor = row.event.actor
    return (Mention(person=PersonId.parse(actor)),) if ":" in actor else (actor,)
