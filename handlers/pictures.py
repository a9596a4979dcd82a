"""Charts in messages.

An answer to a command can carry no file of the bot's: private replies show none, and Slack draws
an image only where its file is shared. So the words are posted to the person, the file is shared in
the thread of that message, and once Slack has processed it the message shows it. Each further
picture takes the place of the one before; the thread keeps them all.

What the bot says of its own accord goes through the outbox; its picture follows in the same way,
but in a thread the shared file is the picture, and the words above it do not show it again.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Answer, Drawable, Line, Posted, Shared
from charts import DrawingError, Picture, Studio
from handlers.blocks.elements import Payload
from handlers.blocks.picture import DRAWING, image, no_image, pictured
from handlers.filing import Files, UploadError
from handlers.slack_errors import UNANSWERED, FileError, UnansweredError, why

#: Seconds until Slack has looked through a file, and between two looks at whether it has.
PROCESSING, LOOKING = 30.0, (0.1, 0.2, 0.4, 0.8, 1.5)
NOTHING = "There is nothing to draw for this time."

log = structlog.get_logger()


class Pictures:
    def __init__(self, client: AsyncWebClient, studio: Studio) -> None:
        self._client = client
        self._files = Files(client)
        self._studio = studio
        self._posting: set[asyncio.Task[None]] = set()

    def begin(self, user: str, answer: Answer) -> None:
        """Post it to that person in the background; a problem is told there too."""
        self.soon(self._post(user, answer))

    def follow(self, posted: Posted, answer: Answer, thread: str | None = None) -> None:
        """Add the picture to words that stand there, in the background.

        ``thread``: of the message that they answer; None: they begin their own.
        """
        if answer.chart is not None:
            self.soon(self._add(posted, answer, thread))

    async def stop(self, within: float) -> None:
        """What is not posted in time is not posted."""
        if self._posting:
            await asyncio.wait(self._posting, timeout=within)
        for task in self._posting:
            task.cancel()

    async def show(
        self, posted: Posted, answer: Answer, thread: str | None = None
    ) -> Shared | None:
        """Put the answer and its picture in the place of what the message showed before.

        Returns the picture; None where a reason stands in its place. Raises an error of UNANSWERED
        where Slack does not let the message change.
        """
        root = Posted(channel=posted.channel, ts=thread or posted.ts)
        drawn = await self._drawn(root, answer.chart)
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
        place = picture.posted
        for undo in (
            self._client.chat_delete(channel=place.channel, ts=place.ts),
            self._client.files_delete(file=picture.file),
        ):
            try:
                await undo
            except UNANSWERED as error:
                log.info("pictures.not_forgotten", why=why(error))

    async def idle(self) -> None:
        """Until nothing is drawn or shown in the background."""
        while self._posting:
            await asyncio.wait(self._posting)

    def soon(self, work: Coroutine[None, None, None]) -> None:
        """In the background; it is waited for when the bot stops, and what goes wrong is logged."""
        task = asyncio.create_task(_reported(work))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _put_or_forget(self, posted: Posted, answer: Answer, drawn: Shared) -> None:
        """Where Slack does not answer, the message may show it all the same."""
        try:
            await self.put(posted, answer, drawn)
        except SlackApiError:
            self.soon(self.forget(drawn))
            raise

    async def _post(self, user: str, answer: Answer) -> None:
        drawn = pictured(answer, no_image(DRAWING))
        reply = await self._client.chat_postMessage(
            channel=user, unfurl_links=False, unfurl_media=False, **drawn
        )
        await self.show(Posted(channel=reply["channel"], ts=reply["ts"]), answer)

    async def _add(self, posted: Posted, answer: Answer, thread: str | None) -> None:
        """In a thread the shared file is seen below the words, so they do not show it again."""
        if thread is None:
            await self.show(posted, answer)
            return
        drawn = await self._drawn(Posted(channel=posted.channel, ts=thread), answer.chart)
        if not isinstance(drawn, Shared):
            await self._update(posted, pictured(answer, no_image(drawn)))

    async def _update(self, posted: Posted, drawn: Payload) -> None:
        await self._client.chat_update(channel=posted.channel, ts=posted.ts, **drawn)

    async def _drawn(self, root: Posted, chart: Drawable | None) -> Shared | Line:
        """The picture, or the reason why there is none."""
        if chart is None:
            return (NOTHING,)
        try:
            return await self._shared(root, await self._studio.draw(chart), chart.title)
        except DrawingError as error:
            return (f"{error} The words above hold without it.",)
        except (UploadError, *UNANSWERED) as error:
            log.warning("pictures.not_uploaded", why=why(error))
            return (f"Slack did not take the picture ({why(error)}). The words hold without it.",)

    async def _shared(self, root: Posted, picture: Picture, title: str) -> Shared:
        """The uploaded picture, once Slack can show it in that conversation."""
        file = await self._files.put("metrics.png", picture.png, picture.alt)
        await self._files.share(file, title, root)
        posted = await self._processed(file, root.channel)
        return Shared(file=file, alt=picture.alt, posted=posted)

    async def _processed(self, file: str, channel: str) -> Posted:
        """Where the file lies: Slack says that it has it before anybody can see it."""
        try:
            async with asyncio.timeout(PROCESSING):
                for pause in _pauses():
                    await asyncio.sleep(pause)
                    if posted := await self._place(file, channel):
                        return posted
        except TimeoutError as error:
            raise UploadError(f"it was not ready within {PROCESSING:.0f} s") from error
        raise AssertionError("pauses never end")

    async def _place(self, file: str, channel: str) -> Posted | None:
        """The message that shares it; None while it cannot be shown there."""
        try:
            about: dict[str, Any] = (await self._client.files_info(file=file))["file"]
        except (UnansweredError, FileError):
            return None
        kinds = (about.get("shares") or {}).values() if about.get("mimetype") else ()
        shares = (one for kind in kinds for one in kind.get(channel, ()))
        return next((Posted(channel=channel, ts=one["ts"]) for one in shares), None)


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
