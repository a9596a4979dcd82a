"""Charts in messages.

An answer to a command can carry no file of the bot's: private replies show none, and Slack draws
an image only where its file is shared. So the words are posted to the person, the file is shared in
the thread of that message, and once Slack has processed it the message shows it. Each further
picture takes the place of the one before; the thread keeps them all.

What a message waits for stands in the outbox, so it is drawn whatever Slack does meanwhile and
whoever restarts, or its place says in the end why it is not there. In a thread the shared file is
the picture, and the words above it do not show it again.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Answer, Code, Drawable, Drawing, Line, Message, Place, Posted, Shared, Upload
from charts import DrawingError, Picture, Studio
from handlers.blocks.elements import Payload
from handlers.blocks.picture import image, no_image, pictured
from handlers.delivery.files import Files, UploadError
from handlers.delivery.messages import plain_of
from handlers.slack_errors import (
    SILENCE,
    UNANSWERED,
    ContentError,
    FileError,
    RefusalError,
    SealedError,
    TokenError,
    UnansweredError,
    VanishedError,
    why,
)
from storage.store import Store
from storage.tables.outbox import Delivery

#: Seconds until Slack has looked through a file, and between two looks at whether it has.
PROCESSING, LOOKING = 30.0, (0.1, 0.2, 0.4, 0.8, 1.5)
#: Attempts, some minutes of them, after which a message waits for its picture no longer.
ATTEMPTS = 8
BROKEN = 2  #: attempts at what goes wrong in the bot itself
BROKE: Line = ("Something went wrong on my side with the picture. The words hold without it.",)
NOTHING: Line = ("There is nothing to draw for this time.",)
GONE = "Slack does not let me change that message any more. Type /rds metrics again."
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
        """``again``: an attempt without an answer may have shared it."""
        root = _root(about.posted, about.thread)
        title = about.answer.chart.title if about.answer.chart else ""
        await self._files.share(uploaded.file, title, root, again=again)
        if about.in_place:
            await self._processed(uploaded.file, root.channel)
            await self._update(
                about.posted, pictured(about.answer, image(uploaded.file, uploaded.alt))
            )

    async def _say(self, about: Drawing, reason: Line) -> None:
        """In the picture's place, or below where Slack lets that message change no more."""
        drawn = pictured(about.answer, no_image(reason))
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
                await self._say_anew(about, drawn, error.why)

    async def _say_anew(self, about: Drawing, drawn: Payload, why: str) -> None:
        log.warning("pictures.said_anew", why=why)
        await self._client.chat_postMessage(
            channel=about.posted.channel, thread_ts=about.thread, **drawn
        )
        if about.asker is None:  # nothing has stood there but a picture to come
            await self._erase(about.posted)

    async def _tell_gone(self, about: Drawing) -> None:
        """To whoever asked for another picture in a message that is not there any more."""
        log.info("pictures.message_gone", channel=about.posted.channel)
        if about.asker is None:
            return
        told = Answer(title="No picture", parts=(), hint=(GONE,))
        key = f"picture.gone:{about.posted.channel}:{about.posted.ts}"
        async with self._store.write() as tx:
            await tx.post(Message.pictured(Place.PERSON, about.asker.user, told, key=key))

    # -- what is renewed, without the outbox ---------------------------------------------------

    async def show(self, posted: Posted, answer: Answer) -> Shared | None:
        """Put the answer and its picture in the place of what the message showed before.

        Returns the picture; None where a reason stands in its place. Raises an error of UNANSWERED
        where Slack does not let the message change.
        """
        drawn = await self._drawn(posted, answer.chart)
        if isinstance(drawn, Shared):
            await self._put_or_forget(posted, answer, drawn)
            return drawn
        await self._update(posted, pictured(answer, no_image(drawn)))
        return None

    async def put(self, posted: Posted, answer: Answer, picture: Shared | None) -> None:
        """The same with a picture that Slack has already; raises as ``show`` does."""
        shown = (image(picture.file, picture.alt),) if picture else ()
        await self._update(posted, pictured(answer, *shown))

    async def forget(self, picture: Shared) -> None:
        """Take a picture that no message shows any more out of its thread, as far as Slack lets."""
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

    async def _drawn(self, root: Posted, chart: Drawable | None) -> Shared | Line:
        """The picture, or the reason why there is none."""
        if chart is None:
            return NOTHING
        try:
            return await self._shared(root, await self._studio.draw(chart), chart.title)
        except DrawingError as error:
            return (f"{error} The words above hold without it.",)
        except (UploadError, *UNANSWERED) as error:
            log.warning("pictures.not_uploaded", why=why(error))
            return (f"Slack did not take the picture ({why(error)}). The words hold without it.",)

    async def _shared(self, root: Posted, picture: Picture, title: str) -> Shared:
        """The uploaded picture, once Slack can show it in that conversation."""
        uploaded = await self._put(picture)
        await self._files.share(uploaded.file, title, root)
        posted = await self._processed(uploaded.file, root.channel)
        return Shared(file=uploaded.file, alt=uploaded.alt, posted=posted)

    # -- Slack ---------------------------------------------------------------------------------

    async def _put(self, picture: Picture) -> Upload:
        file = await self._files.put("metrics.png", picture.png, picture.alt)
        return Upload(file=file, alt=picture.alt)

    async def _update(self, posted: Posted, drawn: Payload) -> None:
        await self._client.chat_update(channel=posted.channel, ts=posted.ts, **drawn)

    async def _processed(self, file: str, channel: str) -> Posted:
        """Where the file lies: Slack says that it has it before anybody can see it.

        files.completeUploadExternal answers at once and shares later, after it was scanned:
        https://github.com/slackapi/bolt-js/issues/2115
        """
        try:
            async with asyncio.timeout(PROCESSING):
                for pause in _pauses():
                    await asyncio.sleep(pause)
                    if posted := await self._lies(file, channel):
                        return posted
        except TimeoutError as error:
            raise UploadError(f"it was not ready within {PROCESSING:.0f} s") from error
        raise AssertionError("pauses never end")

    async def _lies(self, file: str, channel: str) -> Posted | None:
        """The message that shares it; None while it cannot be shown there."""
        try:
            about: dict[str, Any] = (await self._client.files_info(file=file))["file"]
        except (UnansweredError, FileError):
            return None
        # Without a mimetype it is still processed, whatever its shares say.
        kinds = (about.get("shares") or {}).values() if about.get("mimetype") else ()
        shares = (one for kind in kinds for one in kind.get(channel, ()))
        return next((Posted(channel=channel, ts=one["ts"]) for one in shares), None)


def _root(posted: Posted, thread: str | None) -> Posted:
    return Posted(channel=posted.channel, ts=thread or posted.ts)


def _is_over(about: Drawing, error: RefusalError) -> bool:
    """Whether nothing waits there for an end: it is gone, or shows a picture, if an older one."""
    waits = isinstance(error, SealedError) and about.asker is None
    return isinstance(error, VanishedError) and not waits


def _untaken(about: Drawing, reason: str) -> Line:
    """What happened, and what to do next."""
    found = "; it may lie in the thread" if about.uploaded else ""
    said = f"Slack did not take the picture ({reason}){found}. The words hold without it. "
    return (said, "To try again, press Refresh or type ", Code(text="/rds metrics"), ".")


async def _reported(work: Coroutine[None, None, None]) -> None:
    """Nobody waits for it, so what goes wrong is said here."""
    try:
        await work
    except UNANSWERED as error:
        log.warning("pictures.not_posted", why=why(error))
    except Exception:
        log.exception("pictures.failed")


def _pauses() -> Iterator[float]:
    yield from LOOKING
    while True:
        yield LOOKING[-1]
