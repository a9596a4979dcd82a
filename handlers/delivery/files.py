"""Files of the bot: the bytes first, then, once for sure, where they are seen."""

from aiohttp import ClientError, ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Posted
from handlers.slack_errors import FileError


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
        if again and await self._is_shared(file):
            return
        await self._client.files_completeUploadExternal(
            files=[{"id": file, "title": title[:255]}],
            channel_id=root.channel,
            thread_ts=root.ts,
        )

    async def _is_shared(self, file: str) -> bool:
        """Slack knows a file from the moment on at which somebody asks to share it."""
        try:
            await self._client.files_info(file=file)
        except FileError:
            return False
        return True
