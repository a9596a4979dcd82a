"""Files of the bot: the bytes first, then, once for sure, where they are seen."""

import asyncio
from collections.abc import Iterator

from aiohttp import ClientError, ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Posted
from handlers.slack_errors import FileError, UnansweredError

#: Seconds until Slack has looked through a file, and between two looks at whether it has.
PROCESSING, LOOKING = 30.0, (0.1, 0.2, 0.4, 0.8, 1.5)


class UploadError(ClientError):
    """Slack has not taken the file; the message is its reason."""


class Files:
    def __init__(self, client: AsyncWebClient) -> None:
        """``client`` has the session that it shares."""
        self._client = client

    @property
    def _session(self) -> ClientSession:
        if self._client.session is None:
            raise ValueError("the client has no session")
        return self._client.session

    async def put(self, name: str, content: bytes, alt: str | None = None) -> str:
        """The id of a file that nobody sees as yet, and that Slack forgets if it stays so.

        ``alt`` is read out in place of a picture. Raises UploadError, and what the client raises.
        """
        asked = await self._client.files_getUploadURLExternal(
            filename=name, length=len(content), alt_txt=alt
        )
        async with self._session.post(asked["upload_url"], data=content) as response:
            if response.status != 200:
                raise UploadError(f"upload answered {response.status}")
        return str(asked["file_id"])

    async def share(self, file: str, title: str, root: Posted, *, again: bool = False) -> None:
        """Show it in that thread. ``again``: an attempt without an answer may have done so."""
        await self._complete(file, title, again, root)

    async def keep(self, file: str, title: str, *, again: bool = False) -> None:
        """Shared nowhere: only a message of the bot's that points to it shows it.

        Returns when Slack can show it. ``again`` as in ``share``. Raises UploadError.
        """
        await self._complete(file, title, again, None)
        try:
            async with asyncio.timeout(PROCESSING):
                for pause in _pauses():
                    await asyncio.sleep(pause)
                    if await self._is_processed(file):
                        return
        except TimeoutError as error:
            raise UploadError(f"it was not ready within {PROCESSING:.0f} s") from error

    async def _complete(self, file: str, title: str, again: bool, root: Posted | None) -> None:
        if again and await self._is_completed(file):
            return
        await self._client.files_completeUploadExternal(
            files=[{"id": file, "title": title[:255]}],
            channel_id=root.channel if root else None,
            thread_ts=root.ts if root else None,
        )

    async def _is_completed(self, file: str) -> bool:
        """Slack knows a file from the moment on at which its upload is said to be complete."""
        try:
            await self._client.files_info(file=file)
        except FileError:
            return False
        return True

    async def _is_processed(self, file: str) -> bool:
        """Slack says that it has it before anybody can see it: first it is scanned.

        https://github.com/slackapi/bolt-js/issues/2115
        """
        try:
            about = (await self._client.files_info(file=file))["file"]
        except (UnansweredError, FileError):
            return False
        return bool(about.get("mimetype"))


def _pauses() -> Iterator[float]:
    yield from LOOKING
    while True:
        yield LOOKING[-1]
