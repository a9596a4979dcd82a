"""A chart as a message: the words, the picture, and other stretches of time to look at."""

from bot.values import KEEP, Answer, Button, Line, paragraph
from handlers.blocks.answers import answer
from handlers.blocks.elements import Payload, buttons, context, section
from handlers.blocks.rich import Block
from handlers.blocks.text import cut, visible

#: https://docs.slack.dev/reference/block-kit/blocks/image-block
ALT = 2000
DRAWING: Line = ("The picture is being drawn.",)
FOLLOWS: Line = ("The picture follows in our direct messages.",)


def words(given: Answer) -> Payload:
    """What can be said at once, before there is a picture; its buttons come with it.

    To keep it fresh is offered here too, for the channel in which this stands.
    """
    parts = (*given.parts, paragraph(*FOLLOWS))
    here = (one for one in given.buttons if isinstance(one, Button) and one.action == KEEP)
    buttons = tuple(one.model_copy(update={"label": f"{one.label} here"}) for one in here)
    return answer(given.model_copy(update={"parts": parts, "buttons": buttons}))


def pictured(given: Answer, *picture: Block) -> Payload:
    """The words above the picture, above what stands in its place, or alone."""
    drawn = answer(given.model_copy(update={"buttons": (), "hint": ()}))
    hint = [context(given.hint)] if given.hint else []
    return {**drawn, "blocks": [*drawn["blocks"], *picture, *buttons(given.buttons), *hint]}


def image(file: str, alt: str) -> Block:
    """``file`` is one that Slack has processed and that is shared where the message stands.

    Of any other Slack says invalid_blocks: https://github.com/slackapi/python-slack-sdk/issues/1658
    """
    return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(visible(alt), ALT)}


def no_image(why: Line) -> Block:
    return section(why)
