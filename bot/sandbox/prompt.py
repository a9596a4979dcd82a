"""Typing and clicking as any of the people, once the story is told."""

import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.sandbox.keyboard import Lines
from bot.sandbox.narrator import Narrator, first_name
from bot.sandbox.slack import ImpossibleError, Member, SeenMessage, SeenView
from bot.sandbox.slack.controls import Control, inputs
from bot.sandbox.stage import Stage
from bot.sandbox.terminal import Terminal, listed

DIRECT = "dms"
SHOWN = 6
YES = frozenset({"yes", "true", "on", "x"})
#: Seconds in which a reply usually comes; later ones are shown all the same.
REPLY_WITHIN = 1.0
#: After so many seconds without more it is the next one's turn to type.
QUIET, MOST_WAITS = 0.4, 6
HELP = (
    ("/rds …", "type a command as this person, here: /rds help, /rds list, /rds requests"),
    ("as NAME", "become somebody else: as dora"),
    ("in #CHANNEL", "go to another channel: in #random, or in #dms for the bot's direct messages"),
    ("see", "what this person sees here"),
    ("click WORD", "press a button by its first words, on the newest card that has it; or click 2"),
    ("fill NAME=VALUE …", "fill in the open form and submit it: fill reason='a drill'"),
    ("close", "cancel the open form"),
    ("home", "open the bot's Home tab"),
    ("people", "who there is, and in which channels"),
    ("quit", "end the demo; so does Ctrl-C"),
)


class Prompt:
    """Somebody at Slack's client, in one channel at a time."""

    def __init__(self, stage: Stage, terminal: Terminal, narrator: Narrator) -> None:
        self._stage = stage
        self._terminal = terminal
        self._narrator = narrator
        self._who = stage.slack.member("ana")
        self._where = "databases"
        self._verbs: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "as": self._become,
            "in": self._go,
            "see": self._see,
            "click": self._click,
            "fill": self._fill,
            "close": self._close,
            "home": self._home,
            "people": self._people,
            "help": self._help,
        }

    async def run(self, keyboard: Lines) -> None:
        """Until `quit` or the end of the input."""
        while (line := await self._asked(keyboard)) is not None:
            if line in ("quit", "exit"):
                return
            try:
                await self._obey(line)
            except ImpossibleError as error:
                self._terminal.say(str(error).partition("\n")[0])
        self._terminal.say("There is no more input, so this ends here.")

    async def _asked(self, keyboard: Lines) -> str | None:
        self._narrator.tell()
        place = self._where if self._where == DIRECT else f"#{self._where}"
        prompt = f"{self._who.person.name} @ {place}> "
        if keyboard.is_terminal:
            self._terminal.open_prompt(self._terminal.bold(prompt))
        try:
            line = await keyboard.line()
        finally:
            self._terminal.close_prompt()
        if line is not None and not keyboard.is_terminal:
            self._terminal.show(f"{prompt}{line}")
        return line

    async def _obey(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if line.startswith("/"):
            await self._type(line)
        elif verb in self._verbs:
            await self._verbs[verb](rest.strip())
        elif line:
            self._terminal.say(
                f"I do not know {verb!r}. What the bot should do begins with /rds; see help."
            )

    # -- what the verbs do

    async def _type(self, line: str) -> None:
        await self._answered(self._who.types(line, self._channel))

    async def _become(self, name: str) -> None:
        known = {it.person.name: it for it in self._stage.people}
        if name.lower() not in known:
            self._terminal.say(f"There is no {name or 'such person'}. There are: {listed(known)}.")
            return
        self._who = known[name.lower()]
        if self._channel and self._who.id not in self._members(self._where):
            self._terminal.say(
                f"{first_name(self._who)} is not in #{self._where}: in #dms instead."
            )
            self._where = DIRECT

    async def _go(self, name: str) -> None:
        wanted = name.removeprefix("#").lower()
        places = [DIRECT, *self._places(self._who)]
        if wanted in places:
            self._where = wanted
            return
        there = listed(f"#{it}" for it in places)
        self._terminal.say(f"{first_name(self._who)} is not in #{wanted}, but in {there}.")

    async def _see(self, _: str) -> None:
        messages = self._here()
        if len(messages) > SHOWN:
            self._terminal.show(f"({len(messages) - SHOWN} older ones above)")
        surfaces: list[SeenMessage | SeenView] = [*messages[-SHOWN:], *self._who.views()]
        for seen in surfaces:
            self._terminal.draw(seen)
        if not surfaces:
            self._terminal.say(f"{first_name(self._who)} sees nothing here yet.")

    async def _click(self, wanted: str) -> None:
        for seen in reversed(self._here()):
            if control := _button(seen.actions, wanted):
                self._confirm(control)
                await self._answered(self._who.clicks(seen, control.action_id, control.value))
                return
        labels = [f"[{it.label}]" for seen in self._here() for it in seen.actions if it.is_button]
        offered = f"There are: {' '.join(dict.fromkeys(labels))}" if labels else "There is none."
        self._terminal.say(
            f"{first_name(self._who)} sees no button {wanted or '(say which)'} here. {offered}"
        )

    async def _fill(self, given: str) -> None:
        form = next(reversed(self._who.views()), None)
        if form is None:
            self._terminal.say(f"{first_name(self._who)} has no form open.")
            return
        values: dict[str, object] = {}
        for name, value in _values(given):
            field = _field(form, name)
            if field is None:
                self._terminal.say(f"The form has no {name}. {_how_to_fill(form)}")
                return
            values[field.block_id] = await self._choice(form, field, value)
        await self._answered(self._who.submits(form, values))

    async def _choice(self, form: SeenView, field: Control, value: str) -> object:
        """Where the bot suggests options, the first that begins so."""
        if field.kind == "checkboxes":
            boxes = [it["value"] for it in field.element["options"]]
            return boxes[:1] if value.lower() in YES else [value]
        if "external_select" not in field.kind:
            return value
        found = await self._who.searches(form, field.action_id, value)
        begin = (it for it in found if str(it["text"]["text"]).startswith(value))
        return next(begin, {"value": value})["value"]

    async def _close(self, _: str) -> None:
        await self._answered(self._who.closes())

    async def _home(self, _: str) -> None:
        await self._answered(self._who.opens_home())

    async def _people(self, _: str) -> None:
        for one in self._stage.people:
            it = one.person
            places = " ".join(f"#{name}" for name in self._places(one))
            note = " (guest)" if it.is_restricted else ""
            outside = " (another company)" if it.team_id != self._team else ""
            groups = [f"@{group}" for group in self._groups(one)]
            self._terminal.say(
                " ".join([f"{it.name}: {it.real_name}{note}{outside}", *groups, places])
            )

    async def _help(self, _: str) -> None:
        for usage, what in HELP:
            self._terminal.say(what, f"  {usage:<19} ")

    # -- how

    async def _answered(self, act: Awaitable[object]) -> None:
        """Do it, and give what follows a moment to arrive before the next prompt."""
        seen, wait = len(self._who.feed), REPLY_WITHIN
        await act
        for _ in range(MOST_WAITS):
            if not await self._stage.slack.world.pulse.until(self._sees_more_than(seen), wait):
                break
            seen, wait = len(self._who.feed), QUIET
        self._narrator.tell()
        if form := next(reversed(self._who.views()), None):
            self._terminal.say(_how_to_fill(form))

    def _sees_more_than(self, entries: int) -> Callable[[], bool]:
        return lambda: len(self._who.feed) > entries

    def _confirm(self, control: Control) -> None:
        asked = control.element.get("confirm")
        if asked:
            self._terminal.say(f"Slack asks first: {asked['title']['text']} Taken for yes.")

    @property
    def _channel(self) -> str | None:
        return None if self._where == DIRECT else self._where

    @property
    def _team(self) -> str:
        return self._stage.slack.workspace.team_id

    def _here(self) -> Sequence[SeenMessage]:
        if self._where == DIRECT:
            return self._who.direct_messages()
        return self._who.messages(self._where)

    def _members(self, channel: str) -> frozenset[str]:
        return self._stage.slack.workspace.channel(channel).members

    def _places(self, who: Member) -> Sequence[str]:
        channels = self._stage.slack.workspace.channels.values()
        return [it.name for it in channels if it.name and who.id in it.members]

    def _groups(self, who: Member) -> Sequence[str]:
        groups = self._stage.slack.workspace.groups.values()
        return [it.handle for it in groups if who.id in it.members]


def _button(controls: Sequence[Control], wanted: str) -> Control | None:
    """By number from 1, or by how its label begins."""
    buttons = [it for it in controls if it.is_button]
    if wanted.isdecimal():
        return dict(enumerate(buttons, 1)).get(int(wanted))
    begins = wanted.casefold()
    return next((it for it in buttons if begins and it.label.casefold().startswith(begins)), None)


def _values(given: str) -> Sequence[tuple[str, str]]:
    """`reason="too risky" tag=a=b`; raises ImpossibleError where it does not read so."""
    try:
        pairs = [it.partition("=") for it in shlex.split(given)]
    except ValueError as error:
        raise ImpossibleError(f"That does not read as NAME=VALUE: {error}.") from error
    if bare := [name for name, sign, _ in pairs if not sign]:
        raise ImpossibleError(f"{bare[0]} is no NAME=VALUE; put text with spaces in quotes.")
    return [(name, value) for name, _, value in pairs]


def _field(form: SeenView, name: str) -> Control | None:
    """By its label or how that begins."""
    begins = _short(name)
    return next((it for it in inputs(form.blocks) if _short(it.label).startswith(begins)), None)


def _how_to_fill(form: SeenView) -> str:
    fields = " ".join(f"{_short(it.label)}=..." for it in inputs(form.blocks))
    return f"Fill it in: fill {fields} (any of them; close cancels)."


def _short(label: str) -> str:
    return "-".join(label.lower().split())
