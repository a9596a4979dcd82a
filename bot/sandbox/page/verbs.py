"""What a person can do on the page: one class a verb, its fields what the browser sends."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr
from pydantic.alias_generators import to_camel

from bot.sandbox.slack import ImpossibleError, Member, SeenMessage, SeenView, SlackSandbox

Answer: TypeAlias = dict[str, Any]
Words: TypeAlias = Annotated[str, Field(min_length=1)]
Value: TypeAlias = StrictStr | StrictInt | StrictFloat | list[Any] | dict[str, Any] | None
UNKNOWN = (
    '{} is not a valid command. In Slack, all messages that start with the "/" character are '
    "interpreted as commands."
)
TROUBLE = "We had some trouble connecting. Try again?"


class Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class OnMessage(Sent):
    kind: Literal["message"]
    channel: str
    ts: str

    def seen(self, member: Member) -> SeenMessage:
        return member.message(self.channel, self.ts)


class OnView(Sent):
    kind: Literal["view"]
    id: str

    def seen(self, member: Member) -> SeenView:
        return _modal(member, self.id)


class OnHome(Sent):
    kind: Literal["home"]

    def seen(self, member: Member) -> SeenView:
        if home := member.home():
            return home
        raise ImpossibleError("The app has not drawn its Home tab yet.")


Surface: TypeAlias = Annotated[OnMessage | OnView | OnHome, Field(discriminator="kind")]


class Verb(Sent):
    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        """Once Slack's round trip is done. Raises ImpossibleError where Slack's client would not
        let that happen."""
        raise NotImplementedError


class Type(Verb):
    """A slash command."""

    line: Words
    channel: str

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        name = self.line.partition(" ")[0]
        if name not in {it.name for it in slack.workspace.app.commands}:
            slack.world.say(member.id, UNKNOWN.format(name))
            return {}
        delivery = await member.types(self.line, self.channel)
        return {"acknowledged": delivery.acknowledged}


class Say(Verb):
    """A message; `@name` of anybody, the bot included, becomes a mention."""

    text: Words
    channel: str
    thread_ts: str | None = None

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        await member.says(self.text, self.channel, self.thread_ts)
        return {}


class Click(Verb):
    surface: Surface
    action_id: str
    block_id: str
    value: str | None = None

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        seen = self.surface.seen(member)
        delivery = await member.clicks(seen, self.action_id, self.value, self.block_id)
        return {"acknowledged": delivery.acknowledged}


class Choose(Verb):
    """`value` as `Member.chooses` takes it; None clears."""

    surface: Surface
    action_id: str
    block_id: str
    value: Value

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        seen = self.surface.seen(member)
        delivery = await member.chooses(seen, self.action_id, self.value, self.block_id)
        return {"acknowledged": delivery is None or delivery.acknowledged}


class Search(Verb):
    surface: Surface
    action_id: str
    block_id: str
    text: str

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        seen = self.surface.seen(member)
        found = await member.searches(seen, self.action_id, self.text, self.block_id)
        return {"options": list(found)}


class Submit(Verb):
    """`values` by block id."""

    view_id: str
    values: Mapping[str, Value] = {}

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        done = await member.submits(_modal(member, self.view_id), self.values)
        if done.problem or (not done.errors and not done.acknowledged):
            raise ImpossibleError(TROUBLE)
        return {"errors": dict(done.errors)}


class Close(Verb):
    view_id: str
    all: bool = False

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        await member.closes(_modal(member, self.view_id), all_views=self.all)
        return {}


class Home(Verb):
    """Opens the app's Home tab, or its messages."""

    tab: Literal["home", "messages"] = "home"

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        await (member.opens_home() if self.tab == "home" else member.opens_messages())
        return {}


class Shortcut(Verb):
    """On a message where `channel` and `ts` name one."""

    callback_id: str
    channel: str | None = None
    ts: str | None = None

    async def act(self, member: Member, slack: SlackSandbox) -> Answer:
        on = member.message(self.channel, self.ts) if self.channel and self.ts else None
        kind = "message" if on else "global"
        known = slack.workspace.app.shortcuts
        if not any((it.kind, it.callback_id) == (kind, self.callback_id) for it in known):
            raise ImpossibleError(f"The app has no {kind} shortcut {self.callback_id}.")
        delivery = await member.uses_shortcut(self.callback_id, on)
        return {"acknowledged": delivery.acknowledged}


VERBS: Mapping[str, type[Verb]] = {
    it.__name__.lower(): it
    for it in (Type, Say, Click, Choose, Search, Submit, Close, Home, Shortcut)
}


def _modal(member: Member, view_id: str) -> SeenView:
    for view in member.views():
        if view.id == view_id:
            return view
    raise ImpossibleError("That form is not open (any more).")
