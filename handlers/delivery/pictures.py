"""Charts in messages.

The words are posted first, and the same message shows the picture as soon as Slack has processed
its file. The file is shared nowhere: an image may point to any file that whoever posts it has
access to, and a bot has to its own. So there is no second message and no thread of files, and each
further picture takes the place of the one before.
https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object

Private replies show none of the bot's files, so there the words link to the message that does.

What a message waits for stands in the outbox, so it is drawn whatever Slack does meanwhile and
whoever restarts, or its place says in the end why it is not there.
"""

import asyncio
from collections.abc import Awaitable, Coroutine

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import (
    AGAIN,
    Answer,
    Button,
    Code,
    Drawable,
    Drawing,
    Line,
    Message,
    Paragraph,
    Place,
    Posted,
    Shared,
    Upload,
)
from charts import DrawingError, Picture, Studio
from handlers.blocks.elements import Payload
from handlers.blocks.picture import image, no_image, pictured
from handlers.blocks.rich import Block
from handlers.delivery.files import Files, UploadError
from handlers.delivery.messages import plain_of
from handlers.slack_errors import (
    ADVICE,
    SILENCE,
    UNANSWERED,
    ContentError,
    RefusalError,
    SealedError,
    TokenError,
    UnansweredError,
    VanishedError,
    why,
)
from storage.store import Store
from storage.tables.outbox import Delivery

#: Attempts, some minutes of them, after which a message waits for its picture no longer.
ATTEMPTS = 8
BROKEN = 2  #: attempts at what goes wrong in the bot itself
BROKE: Line = ("Something went wrong on my side with the chart. The words hold without it.",)
NOTHING: Line = ("There is nothing to draw for this time.",)
GONE = "The message with your chart was deleted, or Slack lets me change it no more. Ask again: "
#: What the outbox tries again.
FOR_NOW = (UnansweredError, TokenError, *SILENCE)

log = structlog.get_logger()


class Pictures:
    def __init__(self, store: Store, client: AsyncWebClient, studio: Studio) -> None:
        self._store = store
        self._client = client
        self._files = Files(client)
        self._studio = studio
        self._posting: set[asyncio.Task[None]] = set()

    # -- what the outbox holds -----------------------------------------------------------------

    async def deliver(self, delivery: Delivery) -> None:
        """A step further: uploaded, or shown, or the reason why not. Raises what is for now."""
        about = Drawing.model_validate(delivery.message.body)
        if delivery.attempts >= ATTEMPTS:
            reason = (delivery.error or "").rpartition(": ")[2]
            await self._say(about, _untaken(about, reason or "no answer"))
            return
        try:
            await self._further(delivery, about)
        # ``invalid slack file``: https://github.com/slackapi/python-slack-sdk/issues/1658
        except ContentError as error:  # as long as Slack processes the file
            raise UploadError(error.why) from error
        except FOR_NOW:
            raise
        except RefusalError as error:
            if _is_over(about, error):
                await self._tell_gone(about)
            else:
                await self._say(about, _untaken(about, error.why))
        except DrawingError as error:
            await self._say(about, (f"{error} The words above hold without it.",))
        except Exception:
            if delivery.attempts < BROKEN:
                raise
            log.exception("pictures.broken")
            await self._say(about, BROKE)

    async def _further(self, delivery: Delivery, about: Drawing) -> None:
        if about.answer.chart is None:
            await self._say(about, NOTHING)
        elif about.uploaded is None:
            await self._upload(about, about.answer.chart, delivery.revision)
        else:
            await self._show(about, about.uploaded, again=delivery.attempts > 0)

    async def _upload(self, about: Drawing, chart: Drawable, revision: int) -> None:
        """Kept before anybody can see it: the row is due again, for the file that it has now.

        Where another picture is wanted there meanwhile, that one is.
        """
        uploaded = await self._put(await self._studio.draw(chart))
        drawn = about.model_copy(update={"uploaded": uploaded})
        async with self._store.write() as tx:
            await tx.post(drawn.as_message(), revision=revision)

    async def _show(self, about: Drawing, uploaded: Upload, *, again: bool) -> None:
        """``again``: an attempt without an answer may have completed the upload."""
        await self._files.keep(uploaded.file, _title(about.answer), again=again)
        shown = image(uploaded.file, uploaded.alt)
        await self._update(about.posted, _shown(about.posted, about.answer, shown))

    async def _say(self, about: Drawing, reason: Line) -> None:
        """In the picture's place, or below where Slack lets that message change no more."""
        drawn = _shown(about.posted, about.answer, no_image(reason))
        try:
            await self._update(about.posted, drawn)
        except ContentError:
            await self._update(about.posted, plain_of(drawn))
        except (UnansweredError, TokenError):
            raise
        except RefusalError as error:
            if _is_over(about, error):
                await self._tell_gone(about)
            else:
                await self._say_anew(about, reason, error.why)

    async def _say_anew(self, about: Drawing, reason: Line, why: str) -> None:
        """By the outbox, which posts it once whatever Slack answers."""
        log.warning("pictures.said_anew", why=why)
        if about.asker is None:  # nothing has stood there but a picture to come
            await self._erase(about.posted)
        key = f"picture.anew:{about.posted.channel}:{about.posted.ts}"
        said = about.answer.model_copy(
            update={"chart": None, "parts": (*about.answer.parts, Paragraph(line=reason))}
        )
        anew = Message.pictured(
            Place.CHANNEL, about.posted.channel, said, key=key, thread=about.thread
        )
        anew = anew.model_copy(update={"instead": about.reader})
        async with self._store.write() as tx:
            await tx.post_once(anew)

    async def _tell_gone(self, about: Drawing) -> None:
        """To whoever asked, where the message is not there any more."""
        log.info("pictures.message_gone", channel=about.posted.channel)
        if about.reader is None:
            return
        told = Answer(
            title=about.answer.title, parts=about.answer.parts, hint=(GONE, *_again(about))
        )
        key = f"picture.gone:{about.posted.channel}:{about.posted.ts}"
        async with self._store.write() as tx:
            await tx.post(Message.pictured(Place.PERSON, about.reader, told, key=key))

    # -- what is renewed, without the outbox ---------------------------------------------------

    async def show(self, posted: Posted, answer: Answer) -> Shared | None:
        """Put the answer and its picture in the place of what the message showed before.

        Returns the picture; None where a reason stands in its place. Raises an error of UNANSWERED
        where Slack does not let the message change.
        """
        drawn = await self._drawn(answer.chart)
        if isinstance(drawn, Shared):
            await self._put_or_forget(posted, answer, drawn)
            return drawn
        await self._update(posted, _shown(posted, answer, no_image(drawn)))
        return None

    async def put(self, posted: Posted, answer: Answer, picture: Shared | None) -> None:
        """The same with a picture that Slack has already; raises as ``show`` does."""
        shown = (image(picture.file, picture.alt),) if picture else ()
        await self._update(posted, _shown(posted, answer, *shown))

    async def forget(self, picture: Shared) -> None:
        """Delete a picture that no message shows any more, as far as Slack lets."""
        if picture.posted is not None:
            await self._erase(picture.posted)
        await self._undo(self._client.files_delete(file=picture.file))

    async def _erase(self, posted: Posted) -> None:
        await self._undo(self._client.chat_delete(channel=posted.channel, ts=posted.ts))

    @staticmethod
    async def _undo(undoing: Awaitable[object]) -> None:
        try:
            await undoing
        except UNANSWERED as error:
            log.info("pictures.not_forgotten", why=why(error))

    async def stop(self, within: float) -> None:
        """What is not renewed in time is not renewed."""
        if self._posting:
            await asyncio.wait(self._posting, timeout=within)
        for task in self._posting:
            task.cancel()

    async def idle(self) -> None:
        """Until nothing is renewed in the background."""
        while self._posting:
            await asyncio.wait(self._posting)

    def soon(self, work: Coroutine[None, None, None]) -> None:
        """In the background; it is waited for when the bot stops, and what goes wrong is logged."""
        task = asyncio.create_task(_reported(work))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _put_or_forget(self, posted: Posted, answer: Answer, drawn: Shared) -> None:
        """Where Slack is in trouble, the message may show it all the same: then it stays."""
        try:
            await self.put(posted, answer, drawn)
        except RefusalError as error:
            if not isinstance(error, UnansweredError):
                self.soon(self.forget(drawn))
            raise

    async def _drawn(self, chart: Drawable | None) -> Shared | Line:
        """The picture, or the reason why there is none."""
        if chart is None:
            return NOTHING
        try:
            return await self._kept(await self._studio.draw(chart), chart.title)
        except DrawingError as error:
            return (f"{error} The words above hold without it.",)
        except (UploadError, *UNANSWERED) as error:
            log.warning("pictures.not_uploaded", why=why(error))
            return (f"Slack did not take the chart ({why(error)}). The words hold without it.",)

    async def _kept(self, picture: Picture, title: str) -> Shared:
        """The uploaded picture, once Slack can show it."""
        uploaded = await self._put(picture)
        await self._files.keep(uploaded.file, title)
        return Shared(file=uploaded.file, alt=uploaded.alt)

    # -- Slack ---------------------------------------------------------------------------------

    async def _put(self, picture: Picture) -> Upload:
        file = await self._files.put("metrics.png", picture.png, picture.alt)
        return Upload(file=file, alt=picture.alt)

    async def _update(self, posted: Posted, drawn: Payload) -> None:
        await self._client.chat_update(channel=posted.channel, ts=posted.ts, **drawn)


def _shown(posted: Posted, given: Answer, *picture: Block) -> Payload:
    """Slack's ids of direct messages begin with a D."""
    return pictured(given, *picture, is_direct=posted.channel.startswith("D"))


def _title(given: Answer) -> str:
    return given.chart.title if given.chart else given.title


def _is_over(about: Drawing, error: RefusalError) -> bool:
    """Whether nothing waits there for an end: it is gone, or shows a picture, if an older one."""
    waits = isinstance(error, SealedError) and about.asker is None
    return isinstance(error, VanishedError) and not waits


def _untaken(about: Drawing, why: str) -> Line:
    """What happened, and what to do next."""
    mend = ADVICE.get(why, "")
    said = f"Slack did not take the chart ({why}). {mend}".rstrip()
    return (f"{said} The words hold without it. Press Refresh, or type ", *_again(about), ".")


def _again(about: Drawing) -> Line:
    """The command that it answers; of what nobody asked for, the one that shows it best."""
    lines = (one.value for one in about.answer.buttons
             if isinstance(one, Button) and one.action == AGAIN)  # fmt: skip
    return (Code(text=f"/rds {next(lines, 'metrics')}"),)


async def _reported(work: Coroutine[None, None, None]) -> None:
    """Nobody waits for it, so what goes wrong is said here."""
    try:
        await work
    except UNANSWERED as error:
        log.warning("pictures.not_posted", why=why(error))
    except Exception:
        log.exception("pictures.failed")
