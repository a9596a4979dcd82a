"""Answers with a picture: where they stand, and what is said to whoever asked.

In the bot's direct messages, and where all in a channel saw what was asked, one message says and
shows everything. A private reply can show no file of the bot's: there the words come with a link
to the message in the direct messages that shows the picture.
"""

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DirectoryError
from bot.values import Answer, Message, Place, Posted
from handlers.blocks.elements import Payload
from handlers.blocks.picture import words
from handlers.delivery.invocation import Invocation
from handlers.delivery.messages import permalink, stands
from handlers.directory import SlackDirectory
from storage.store import Store


class ChartAnswers:
    def __init__(self, store: Store, client: AsyncWebClient, directory: SlackDirectory) -> None:
        self._store = store
        self._client = client
        self._directory = directory

    async def say(self, found: Answer, asked: Invocation, *, may_stand_open: bool) -> Payload:
        """What is left to say privately; empty where the message with the picture says it all.

        ``may_stand_open``: whether all in a channel may see what this person may.
        """
        if asked.is_direct:
            await self._post(_directly(found, asked, asked.thread))
            return {}
        if asked.surface == "open" and may_stand_open and await self.may_post(asked.channel):
            await self._post(_openly(found, asked))
            return {}
        message = _directly(found, asked, None)
        await self._post(message)
        posted = await stands(self._store.outbox, message.key or "")
        if posted and posted.channel == asked.channel:  # typed in the direct messages
            return {}
        return await self.words(found, asked, posted)

    async def words(self, found: Answer, asked: Invocation, posted: Posted | None) -> Payload:
        """Of a private reply to a picture that stands at ``posted``; None: not known yet."""
        link = await permalink(self._client, posted) if posted else ""
        if asked.surface == "form":
            return words(found, link)
        can_share = await self.may_post(asked.channel)
        channel = await self._directory.channel_name(asked.channel) if can_share else ""
        return words(found, link, posted=posted, share_in=channel)

    async def may_post(self, channel: str) -> bool:
        """False also where Slack does not say."""
        try:
            return bool(channel) and await self._directory.may_post(channel)
        except DirectoryError:
            return False

    async def _post(self, message: Message) -> None:
        async with self._store.write() as tx:
            await tx.post_once(message)


def _directly(found: Answer, asked: Invocation, thread: str | None) -> Message:
    return Message.pictured(
        Place.PERSON, asked.asker.user, found, key=_key(asked), thread=thread, waits=True
    )


def _openly(found: Answer, asked: Invocation) -> Message:
    return Message.pictured(
        Place.CHANNEL, asked.channel, found, key=_key(asked), thread=asked.thread,
        instead=asked.asker, waits=True,
    )  # fmt: skip


def _key(asked: Invocation) -> str:
    return f"picture:{asked.key}"
