"""Charts in direct messages.

An answer to a command can carry no file of the bot's: private replies show none, and Slack draws
an image only where its file is shared. So the words are posted to the person, the file is shared in
the thread of that message, and once Slack has processed it the message shows it. Each further
picture takes the place of the one before; the thread keeps them all.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Answer, Chart, Posted
from charts import DrawingError, Picture, Studio
from handlers.blocks.picture import DRAWING, image, no_image, pictured
from handlers.blocks.rich import Block
from handlers.replies import UNANSWERED

#: Seconds until Slack has looked through a file, and between two looks at whether it has.
PROCESSING, LOOKING = 30.0, (0.1, 0.2, 0.4, 0.8, 1.5)
#: Slack's words for a file that may still appear.
NOT_YET = frozenset({"file_not_found", "ratelimited", "internal_error"})
NOTHING = "CloudWatch has nothing to draw for this time."

log = structlog.get_logger()


class UploadError(Exception):
    """Slack has not taken the file; the message is its reason."""


class Pictures:
    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, studio: Studio
    ) -> None:
        self._client = client
        self._session = session
        self._studio = studio
        self._posting: set[asyncio.Task[None]] = set()

    def begin(self, user: str, answer: Answer) -> None:
        """Post it to that person in the background; a problem is told there too."""
        task = asyncio.create_task(self._post(user, answer))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def stop(self, within: float) -> None:
        """What is not posted in time is not posted."""
        if self._posting:
            await asyncio.wait(self._posting, timeout=within)
        for task in self._posting:
            task.cancel()

    async def show(self, posted: Posted, answer: Answer) -> None:
        """Put the answer and its picture in the place of what the message showed before.

        Raises an error of UNANSWERED where Slack does not let the message change.
        """
        drawn = pictured(answer, await self._image(posted, answer.chart))
        await self._client.chat_update(channel=posted.channel, ts=posted.ts, **drawn)

    async def _post(self, user: str, answer: Answer) -> None:
        try:
            drawn = pictured(answer, no_image(DRAWING))
            reply = await self._client.chat_postMessage(
                channel=user, unfurl_links=False, unfurl_media=False, **drawn
            )
            await self.show(Posted(channel=reply["channel"], ts=reply["ts"]), answer)
        except UNANSWERED as error:
            log.warning("pictures.not_posted", why=_why(error))
        except Exception:
            log.exception("pictures.failed")

    async def _image(self, posted: Posted, chart: Chart | None) -> Block:
        """The picture, or the reason why there is none."""
        if chart is None:
            return no_image((NOTHING,))
        try:
            picture = await self._studio.draw(chart)
            return image(await self._shared(posted, picture, chart.title), picture.alt)
        except DrawingError as error:
            return no_image((f"{error} The words above hold without it.",))
        except (UploadError, *UNANSWERED) as error:
            why = _why(error)
            log.warning("pictures.not_uploaded", why=why)
            return no_image(
                (f"Slack did not take the picture ({why}). The words hold without it.",)
            )

    async def _shared(self, posted: Posted, picture: Picture, title: str) -> str:
        """The id of the uploaded file, once Slack can show it in that conversation."""
        asked = await self._client.files_getUploadURLExternal(
            filename="metrics.png", length=len(picture.png), alt_txt=picture.alt
        )
        await self._upload(asked["upload_url"], picture.png)
        file = str(asked["file_id"])
        await self._client.files_completeUploadExternal(
            files=[{"id": file, "title": title[:255]}],
            channel_id=posted.channel,
            thread_ts=posted.ts,
        )
        await self._processed(file, posted.channel)
        return file

    async def _upload(self, url: str, png: bytes) -> None:
        async with self._session.post(url, data=png) as response:
            if response.status != 200:
                raise UploadError(f"upload answered {response.status}")

    async def _processed(self, file: str, channel: str) -> None:
        """Slack says that it has the file before anybody can see it."""
        try:
            async with asyncio.timeout(PROCESSING):
                for pause in _pauses():
                    await asyncio.sleep(pause)
                    if await self._is_shown(file, channel):
                        return
        except TimeoutError as error:
            raise UploadError(f"it was not ready within {PROCESSING:.0f} s") from error

    async def _is_shown(self, file: str, channel: str) -> bool:
        try:
            about: dict[str, Any] = (await self._client.files_info(file=file))["file"]
        except SlackApiError as error:
            if error.response["error"] not in NOT_YET:
                raise
            return False
        shares = about.get("shares") or {}
        return bool(about.get("mimetype")) and any(channel in one for one in shares.values())


def _pauses() -> Iterator[float]:
    yield from LOOKING
    while True:
        yield LOOKING[-1]


def _why(error: Exception) -> str:
    """In one word where Slack has one."""
    if isinstance(error, SlackApiError):
        return str(error.response["error"])
    return str(error) or type(error).__name__
