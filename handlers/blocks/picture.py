"""A chart as a message: the words, the picture, and other stretches of time to look at."""

from collections.abc import Iterable, Iterator

from bot.values import (
    AGAIN,
    KEEP,
    OPEN_CHART,
    SHARE_CHART,
    Answer,
    Button,
    Line,
    Menu,
    Posted,
    more,
    paragraph,
)
from handlers.blocks.answers import answer
from handlers.blocks.elements import (
    Element,
    Payload,
    actions,
    button,
    buttons,
    confirm,
    context,
    controls,
    linking,
    section,
)
from handlers.blocks.rich import Block
from handlers.blocks.text import cut, visible

#: https://docs.slack.dev/reference/block-kit/blocks/image-block
ALT = 2000
NAME = 24  #: characters of a channel's name that a button bears
DRAWING: Line = ("Drawing the chart…",)
COMES: Line = ("Slack is slow just now: the chart comes as a direct message from me.",)
LIVE_HERE, LIVE_DIRECT = "Post live chart here (1 h)", "Keep this chart live (1 h)"


def words(given: Answer, link: str, *, posted: Posted | None = None, share_in: str = "") -> Payload:
    """A private reply to what the message behind ``link`` shows; empty: Slack names none yet.

    ``posted``: that message, which another stretch of time changes too; None: it cannot be changed
    from here. ``share_in``: the channel's name; empty where the bot may not post there.
    """
    parts = given.parts if link else (*given.parts, paragraph(*COMES))
    drawn = answer(given.model_copy(update={"parts": parts, "buttons": (), "hint": ()}))
    elements = [
        *([linking("Open chart", OPEN_CHART, link)] if link else []),
        *(_ranges(given) if posted else ()),
        *(_share(given, share_in) if share_in else ()),
    ]
    rows = [_named(row, posted, number) for number, row in enumerate(actions(elements))]
    hint = [context(given.hint)] if given.hint else []
    return {**drawn, "blocks": [*drawn["blocks"], *rows, *hint]}


def behind(block_id: str) -> Posted | None:
    """The message that the buttons of a private reply change; None where they name none."""
    match block_id.split(":"):
        case ["chart", channel, ts, _]:
            return Posted(channel=channel, ts=ts)
    return None


def pictured(given: Answer, *picture: Block, is_direct: bool = False) -> Payload:
    """The words above the picture, above what stands in its place, or alone."""
    drawn = answer(given.model_copy(update={"buttons": (), "hint": ()}))
    hint = [context(given.hint)] if given.hint else []
    shown = buttons(_directly(one) if is_direct else one for one in given.buttons)
    return {**drawn, "blocks": [*drawn["blocks"], *picture, *shown, *hint]}


def image(file: str, alt: str) -> Block:
    """``file`` is one of the bot's own that Slack has processed.

    Of any other Slack says invalid_blocks: https://github.com/slackapi/python-slack-sdk/issues/1658
    """
    return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(visible(alt), ALT)}


def no_image(why: Line) -> Block:
    return section(why)


def _ranges(given: Answer) -> Iterator[Element]:
    """Of what changes the message, the stretches of time alone: a private reply stays short."""
    for one in given.buttons:
        if isinstance(one, Menu) and one.chosen:
            yield from controls(one)


def _share(given: Answer, channel: str) -> Iterator[Element]:
    """The same command for all in the channel: once, or renewed for a while."""
    name = f"#{channel}" if len(channel) <= NAME else "this channel"
    sure = confirm(
        f"Post in {name}?",
        f"Everybody in {name} will see this chart.",
        "Post it",
        "Keep it private",
    )
    for one in _buttons(given.buttons):
        if one.action == AGAIN:
            yield button(f"Share in {name}", SHARE_CHART, one.value, confirm=sure)
        if one.action == KEEP:
            yield from ({**it, "confirm": sure} for it in controls(more(one)))


def _buttons(given: Iterable[Button | Menu]) -> Iterator[Button]:
    """Also those behind a menu."""
    for one in given:
        yield from one.choices if isinstance(one, Menu) else (one,)


def _named(row: Block, posted: Posted | None, number: int) -> Block:
    """A click on a private reply brings nothing of it but the id of its block."""
    if posted is None:
        return row
    return {**row, "block_id": f"chart:{posted.channel}:{posted.ts}:{number}"}


def _directly(one: Button | Menu) -> Button | Menu:
    """What would stand in a channel for all to see stays where it is."""
    if isinstance(one, Menu):
        return one.model_copy(update={"choices": tuple(map(_relabelled, one.choices))})
    return _relabelled(one)


def _relabelled(one: Button) -> Button:
    return one.model_copy(update={"label": LIVE_DIRECT}) if one.action == KEEP else one
