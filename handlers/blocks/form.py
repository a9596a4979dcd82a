"""An operation's modal, from its class alone, and what somebody filled into it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.cron import DAYS, LONG_DAYS, days_and_time, schedule
from bot.operation import Change, Operation
from bot.params import (
    Choice,
    Offered,
    Parameter,
    Picker,
    Prose,
    Several,
    Someone,
    Switch,
    Timetable,
)
from bot.values import Request
from handlers.blocks.elements import (
    OPTION,
    OPTIONS,
    Element,
    Payload,
    context,
    input_block,
    option,
    placeholder,
    plain_section,
    plain_text,
    section,
)
from handlers.blocks.modal import TITLE, modal, title
from handlers.blocks.rich import Block
from handlers.blocks.text import cut, visible, visible_lines

CALLBACK = "form"
ACTION, PICK = "value", "pick"
#: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
TYPED = 3000
#: https://docs.slack.dev/reference/views/modal-views
METADATA = 3000
VALUE = 150  #: of an option
YES = "yes"
TIME, DAYS_OF = ".time", ".days"  #: behind the name of a parameter that is asked for in parts
WEEK = (*DAYS[1:], DAYS[0])
USUAL = "weekdays 8:30"
REQUEST = "request"  #: the parameter of what is about one request
EFFECT = 300
FIXED = "fixed"  #: in the metadata: what the form does not ask for, by parameter
#: Last words of commands that say themselves what is done.
VERBS = frozenset({
    "Approve", "Cancel", "Compare", "List", "Preview", "Reject", "Remove", "Schedule", "Settle",
})  # fmt: skip
SUBMITS: Mapping[str, str] = {
    "post_digest": "Post now",
    "show_database": "Show",
    "show_top": "Show top load",
    "preview_digest": "Show digest",
    "list_digests": "Show digests",
}

#: What every change may be given beside its own parameters.
COMMON: Mapping[str, Parameter] = {
    "reason": Prose("Reason", "TEXT", "Why is this needed? Approvers see it."),
    "at": Parameter("Start", "sat 02:00", "Left out: as soon as it is approved."),
    "dry_run": Switch("Dry run", "", "Only show what would happen and who could approve."),
}

_FLAG = re.compile(r"--([a-z][a-z-]*)")
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_STATE = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}


class Offer(NamedTuple):
    """What a picker can hold: the value that is sent, and how it reads."""

    value: str
    label: str
    note: str = ""


class About(NamedTuple):
    """What a form is about, and need not be asked for any more: ``fixed`` by parameter."""

    head: str
    fixed: Mapping[str, str]


class Notice(NamedTuple):
    """What is wrong with a form, to stand above the field it concerns; "" is the whole form."""

    blocks: Sequence[Block]
    field: str = ""


class Submitted(NamedTuple):
    """A form as it was sent: values by parameter, empty ones as None or an empty list."""

    operation: str
    values: dict[str, Any]
    metadata: dict[str, Any]


def form(
    operation: type[Operation],
    values: Mapping[str, Any],
    *,
    metadata: Mapping[str, Any],
    notice: Notice | None = None,
    about: About | None = None,
) -> Payload:
    """The modal, prefilled with ``values`` as far as they fit: typed, submitted or an ``Offer``.

    Raises ValueError for metadata that Slack would not carry.
    """
    fixed = about.fixed if about else {}
    head = [section((about.head,))] if about else _head(operation)
    blocks = [*head, *_inputs(operation, values, fixed)]
    return {
        **modal(title(operation), _noticed(blocks, notice) if notice else blocks),
        "callback_id": CALLBACK,
        "private_metadata": _metadata(
            operation, {**metadata, **({FIXED: dict(fixed)} if fixed else {})}
        ),
        "submit": plain_text(submit(operation), TITLE),
    }


def submit(operation: type[Operation]) -> str:
    """What its button does, as a verb: ``Show metrics``, ``Schedule``."""
    if issubclass(operation, Change):
        return "Request"
    if operation.name in SUBMITS:
        return SUBMITS[operation.name]
    last = title(operation).split()[-1].capitalize()
    return last if last in VERBS else f"Show {title(operation).lower()}"


def about_request(operation: type[Operation], request: Request) -> About:
    """``Reject RDS-1004, reboot billing-staging. One rejection closes it.``"""
    what = cut(visible(request.step.plan.effect), EFFECT)
    said = f"{title(operation)} {request.label}, {what[:1].lower()}{what[1:]}."
    closing = " One rejection closes it." if operation.name == "reject_request" else ""
    return About(f"{said}{closing}", {REQUEST: request.label})


def submitted(view: Mapping[str, Any]) -> Submitted:
    """Read back from Slack's ``view`` whatever ``form`` made."""
    metadata = metadata_of(view)
    states = view["state"]["values"]
    values = {name: _value(state) for name, actions in states.items() for state in actions.values()}
    fixed = metadata.pop(FIXED, {})
    return Submitted(metadata.pop("operation"), {**_merged(values), **fixed}, metadata)


def metadata_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What ``form`` was given to carry, and its ``operation``; empty for any other view."""
    found = json.loads(view.get("private_metadata") or "{}")
    return found if isinstance(found, dict) else {}


def picked(offer: Offer) -> Element:
    """A row of a picker."""
    note = {"description": plain_text(visible(offer.note), OPTION)} if offer.note else {}
    return {**option(offer.label, cut(offer.value, VALUE)), **note}


def parameters(operation: type[Operation]) -> dict[str, Parameter]:
    """All that the form asks for."""
    own = {name: operation.parameter(name) for name in operation.model_fields}
    return {**own, **COMMON} if issubclass(operation, Change) else own


def _metadata(operation: type[Operation], metadata: Mapping[str, Any]) -> str:
    written = json.dumps({**metadata, "operation": operation.name}, ensure_ascii=False)
    if len(written) > METADATA:
        raise ValueError(f"a form carries {METADATA} characters of metadata, not {len(written)}")
    return written


def _head(operation: type[Operation]) -> Iterator[Block]:
    yield plain_section(operation.summary())
    if details := operation.details():
        yield context((_FLAG.sub(lambda found: _labelled(operation, found[1]), details),))


def _labelled(operation: type[Operation], flag: str) -> str:
    """``--failover`` as the field of the form that it is."""
    asked = parameters(operation).get(flag.replace("-", "_"))
    return f'"{asked.label}"' if asked else f"--{flag}"


def _noticed(blocks: list[Block], notice: Notice) -> list[Block]:
    ids = [block.get("block_id") for block in blocks]
    at = ids.index(notice.field) if notice.field in ids else 0
    return [*blocks[:at], *notice.blocks, *blocks[at:]]


def _inputs(
    operation: type[Operation], values: Mapping[str, Any], fixed: Mapping[str, str]
) -> Iterator[Block]:
    required = {name for name, field in operation.model_fields.items() if field.is_required()}
    for name, parameter in parameters(operation).items():
        if name in fixed:
            continue
        if isinstance(parameter, Timetable):
            yield from _timetable(name, parameter, _text(values.get(name)))
            continue
        yield input_block(
            name,
            parameter.label,
            _element(parameter, values.get(name)),
            hint=_hint(parameter),
            optional=name not in required,
            tells=isinstance(parameter, Picker) and has_offers(operation),
        )


def has_offers(operation: type[Operation]) -> bool:
    """Whether what it offers depends on the database that is chosen in it."""
    return any(isinstance(operation.parameter(name), Offered) for name in operation.model_fields)


def _timetable(name: str, parameter: Timetable, typed: str) -> Iterator[Block]:
    """A time, days, and an expression instead of both; what was typed stands where it fits."""
    days, time = _days_and_time(typed) or ((), None)
    picker = {"type": "timepicker", "action_id": ACTION, **({"initial_time": time} if time else {})}
    rows = [option(LONG_DAYS[DAYS.index(day)].capitalize(), day) for day in WEEK]
    chosen = [row for row in rows if row["value"] in days]
    boxes = {"type": "checkboxes", "action_id": ACTION, "options": rows,
             **({"initial_options": chosen} if chosen else {})}  # fmt: skip
    words = _typed(parameter, "" if time else typed)
    yield input_block(f"{name}{TIME}", "Time", picker, optional=True)
    yield input_block(f"{name}{DAYS_OF}", "Days", boxes, optional=True)
    hint = f"Instead of a time and days. {parameter.hint}"
    yield input_block(name, "Or in words", words, hint=hint, optional=True)


def _days_and_time(typed: str) -> tuple[tuple[str, ...], str] | None:
    """Of what nothing was typed for: weekday mornings. None where the two cannot say it."""
    try:
        return days_and_time(schedule(typed or USUAL))
    except ValueError:
        return None


def _merged(values: dict[str, Any]) -> dict[str, Any]:
    """A time and days as the words that somebody would type for them."""
    for name in [one.removesuffix(TIME) for one in values if one.endswith(TIME)]:
        time, days = values.pop(f"{name}{TIME}"), values.pop(f"{name}{DAYS_OF}", None)
        said = " ".join(filter(None, [",".join(days or ()), time]))
        values[name] = values.get(name) or said or None
    return values


def _hint(parameter: Parameter) -> str:
    several = "One a line. " if isinstance(parameter, Several) else ""
    return "" if isinstance(parameter, Switch) else f"{several}{parameter.hint}".strip()


def _element(parameter: Parameter, value: Any) -> Element:
    match parameter:
        case Picker():
            return _picker(value, "Type a part of its name")
        case Offered():
            return _picker(value, "Choose, or type it")
        case Choice():
            return _choice(parameter, value)
        case Switch():
            return _switch(parameter, value)
        case Someone():
            return _someone(value)
        case _:
            return _typed(parameter, value)


def _picker(value: Any, words: str) -> Element:
    name = visible(_text(value)) if not isinstance(value, Offer) else ""
    offer = value if isinstance(value, Offer) else Offer(name, name)
    chosen = {"initial_option": picked(offer)} if offer.value else {}
    return {
        "type": "external_select",
        "action_id": PICK,
        # Else nothing is offered before three characters are typed.
        # https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
        "min_query_length": 0,
        **placeholder(words),
        **chosen,
    }


def _choice(parameter: Choice, value: Any) -> Element:
    known, typed = [str(word) for word in parameter.options], cut(visible(_text(value)), VALUE)
    if parameter.is_open and typed and typed.casefold() not in map(str.casefold, known):
        known = [typed, *known]
    options = [option(word, word) for word in known[:OPTIONS]]
    chosen = next((one for one in options if one["value"].casefold() == typed.casefold()), None)
    initial = {"initial_option": chosen} if chosen else {}
    return {"type": "static_select", "action_id": ACTION, "options": options, **initial}


def _switch(parameter: Switch, value: Any) -> Element:
    yes = option(parameter.hint or parameter.label, YES)
    on = value in (True, [YES]) or str(value).lower() in ("true", YES)
    initial = {"initial_options": [yes]} if on else {}
    return {"type": "checkboxes", "action_id": ACTION, "options": [yes], **initial}


def _someone(value: Any) -> Element:
    found = _USER.search(str(value)) if value else None
    initial = {"initial_user": found[0]} if found else {}
    return {"type": "users_select", "action_id": ACTION, **initial}


def _typed(parameter: Parameter, value: Any) -> Element:
    element: Element = {"type": "plain_text_input", "action_id": ACTION, "max_length": TYPED}
    if isinstance(parameter, Prose | Several):
        element["multiline"] = True
    if not isinstance(parameter, Prose):
        element |= placeholder(parameter.usage)
    several = isinstance(value, list | tuple)
    written = visible_lines("\n".join(map(str, value)) if several else _text(value))
    initial = {"initial_value": cut(written, TYPED)} if written else {}
    return {**element, **initial}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _value(state: Mapping[str, Any]) -> Any:
    found = state.get(_STATE.get(state["type"], "value"))
    if isinstance(found, Mapping):
        return found.get("value", found)
    if isinstance(found, list):
        return [one["value"] if isinstance(one, Mapping) else one for one in found]
    return found
