"""What is offered to somebody who wrote a sentence: pure, over what they may look at.

A button looks, or opens a form. Nothing here changes anything, and no command is offered that does
not read as a whole one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.fleet.now import not_known
from bot.operation import Change, Operation
from bot.operations import CATALOGUE
from bot.params import Picker
from bot.values import (
    Button,
    Database,
    Line,
    OpenRequests,
    asking,
    looking,
)
from handlers.errors import query_in
from handlers.parser import (
    DOING,
    FLEETWIDE,
    Kind,
    SentenceError,
    Wish,
    is_common,
    plainly,
    requests_in,
    wish_of,
)
from handlers.suggestions._alarms import alarm_buttons, alarmed
from handlers.suggestions._filled import reason_in, switches_in, value_in
from handlers.suggestions._named import Named, environments_in, named_in, of_one_cluster
from handlers.suggestions._values import Offered, Reply, View

LINES = 3  #: databases of one sentence that something is offered for, a line each
BUTTONS = 5  #: of one database
#: What can be looked at of any database, the likeliest first.
USUAL = ("metrics", "top", "events", "show")
TITLES = {
    "top": "Top load", "digest preview": "What needs attention", "digest list": "Scheduled digests",
    "audit": "Who did what", "status": "My requests", "status bot": "The bot",
    "requests": "Open requests", "list": "All databases", "whoami": "What may I do",
}  # fmt: skip
VERBS = {operation.verb: operation for operation in CATALOGUE.values()}


def decided(error: SentenceError, view: View) -> Reply:
    return _Decision(error, view).reply()


class _Decision:
    def __init__(self, error: SentenceError, view: View) -> None:
        self.error = error
        self.view = view
        self.named = self._named()
        self.wish = wish_of(
            self.named.rest, names_one=bool(self.named.databases) and not self.is_here
        )
        self.requests = requests_in(error.said)

    def reply(self) -> Reply:
        match self.wish.kind:
            case Kind.DECISION if self.wish.verb.startswith("digest"):
                return self._digest()
            case Kind.DECISION if self.wish.verb == "settle":
                button = asking("Settle a request…", "settle_request", "")
                return Reply(self.wish.kind, ("The form asks how it ended.",), buttons=(button,))
            case Kind.DECISION:
                return Reply(
                    self.wish.kind, ("Which request?",), decides=self.wish.verb,
                    requests=self.requests, buttons=self._status(),
                )  # fmt: skip
        if self.wish.kind is Kind.UNKNOWN and environments_in(self.error.said.split()):
            self.wish = Wish(Kind.LOOK)
            return self._which_to_see()
        if self.named.unknown and self.wish.kind in (Kind.LOOK, Kind.CHANGE, Kind.UNKNOWN):
            return self._unknown_name()
        is_talk = self.wish.kind in (Kind.GREETING, Kind.THANKS, Kind.HELP)
        if self.named.databases and not is_talk:
            return self._about_databases()
        return self._about_none()

    def _named(self) -> Named:
        """What the sentence names, else what the thread is about."""
        found = named_in(self.error.said, self.view.fleet)
        self.is_here = not found.databases and not found.unknown and self.view.here is not None
        if self.is_here and self.view.here is not None:
            return Named((self.view.here,), found.rest)
        return found

    def _digest(self) -> Reply:
        buttons = [looking("Scheduled digests", "digest list")]
        if self.wish.verb == "digest schedule":
            buttons = [asking("Schedule a digest…", "schedule_digest", ""), *buttons]
        return Reply(self.wish.kind, ("Digests in this channel:",), buttons=tuple(buttons))

    def _about_databases(self) -> Reply:
        shown = self.named.databases[:LINES]
        offers = tuple(self._offered(one, len(shown)) for one in shown)
        more = len(self.named.databases) - LINES
        left = f" And {more} more: name three at most." if more > 0 else ""
        lead = (*self._lead(), left) if left else self._lead()
        if len(shown) == 1 and not self.error.told and self.wish.kind is Kind.LOOK:
            lead = (*offers[0].line, ". What would you like to see?")
        reply = Reply(
            self.wish.kind,
            lead,
            offers,
            () if self._compares() else tuple(self._compared(shown)),
            first=self._first(shown),
        )
        return self._with_alarms(reply, shown)

    def _with_alarms(self, reply: Reply, shown: Sequence[Database]) -> Reply:
        """Whoever asks how it does reads of its alarm first; and that one may be unread."""
        if reply.kind not in (Kind.LOOK, Kind.UNKNOWN) or self.error.told:
            return reply
        its = [self.view.around(one) for one in shown]
        burning = tuple(dict.fromkeys(one for them in its for one in them.found))
        unread = dict.fromkeys(said for them in its for said in not_known(them, OpenRequests()))
        if burning:
            said = alarmed(burning[0], len(burning) - 1)
            first = (*alarm_buttons(burning[0]), *reply.first)
            return replace(reply, alarms=(said, *((one,) for one in unread)), first=first)
        return replace(reply, alarms=tuple((one,) for one in unread))

    def _lead(self) -> Line:
        if self.error.told and self.error.parameter != "subject":
            return (str(self.error),)
        match self.wish.kind:
            case Kind.FORBIDDEN:
                return ("Then I change nothing. You can look:",)
            case Kind.CANNOT:
                return (_cannot(self.wish),)
            case Kind.CHANGE:
                cannot = f'I cannot "{self.wish.word}". ' if self.wish.word else ""
                rest = "The form asks for the rest. Nothing happens before that."
                return (f"{cannot}{self._asked()}{rest}",)
        return ("What would you like to see?",)

    def _asked(self) -> str:
        """``Reboot orders-test?`` where it is one."""
        named, change = self.named.databases, self._change()
        if len(named) != 1 or change is None:
            return ""
        verb, name = change.verb.replace("-", " "), named[0].name
        how = "".join(f" with {name.replace('_', ' ')}" for name in self._switched())
        # What nobody says as a verb is a thing that is changed.
        is_verb = change.verb in change.synonyms.split()
        asked = f"{verb.capitalize()} {name}" if is_verb else f"Change the {verb} of {name}"
        return f"{asked}{how}? "

    def _offered(self, one: Database, among: int) -> Offered:
        found = dict.fromkeys([*self._forms(one), *self._looks(one)])
        most = BUTTONS if among == 1 else 1
        return Offered(one, self.view.environment(one), tuple(found)[:most])

    def _forms(self, one: Database) -> Iterator[Button]:
        if (change := self._change()) is None:
            return
        members = of_one_cluster(one, self.view.fleet)
        fitting = [one] if one.target.kind in change.kinds() else list(members)
        for it in fitting:
            name = f" {it.name}" if it is not one else ""
            label = f"{change.label()}{name}…"
            yield asking(label, change.name, self._in_full(it), self._reason(), self._said())

    def _reason(self) -> str:
        return self.error.reason or reason_in(self.error.said)

    def _switched(self) -> Mapping[str, str]:
        change = self._change()
        return switches_in(self.error.said, change) if change else {}

    def _in_full(self, one: Database) -> str:
        typed = self.view.typed(one)
        return typed if ":" in typed else one.address

    def _said(self) -> Mapping[str, str]:
        """What the sentence says for the form, beside its database."""
        change = self._change()
        return {**self._switched(), **value_in(self.named.rest, change)} if change else {}

    def _change(self) -> type[Change] | None:
        asks = self.wish.kind in (Kind.CHANGE, Kind.HELP)
        found = VERBS.get(self.wish.verb) if asks else None
        return found if found and issubclass(found, Change) else None

    def _looks(self, one: Database) -> Iterator[Button]:
        """Those that the sentence speaks of, then the usual ones."""
        typed = self.view.typed(one)
        about = [verb for verb in self.wish.looks if _takes_database(VERBS.get(verb))]
        usual = USUAL if about or self.named.rest else ("show", *USUAL)
        for verb in dict.fromkeys((*about, *usual)):
            yield from _looking(verb, f"{verb} {typed}")

    def _first(self, shown: Sequence[Database]) -> tuple[Button, ...]:
        if self.wish.looks[:1] == ("status",):
            return self._status()
        return tuple(self._compared(shown)) if self._compares() else ()

    def _compares(self) -> bool:
        return "compare" in self.wish.looks and self.wish.kind is Kind.LOOK

    def _compared(self, shown: Sequence[Database]) -> Iterator[Button]:
        if len(shown) > 1:
            yield from _looking("compare", f"compare {' '.join(map(self.view.typed, shown))}")

    def _status(self) -> tuple[Button, ...]:
        labelled = [f"RDS-{number}" for number in self.requests]
        found = tuple(one for it in labelled for one in _looking(it, f"status {it}"))
        is_mine = "status" in self.wish.looks and not found
        return found or tuple(_looking("status", "status") if is_mine else ())

    def _unknown_name(self) -> Reply:
        if self.wish.looks[:1] == ("list",):
            found = tuple(_looking("list", f"list {self.named.unknown}"))
            return Reply(self.wish.kind, ("This may be it:",), buttons=found)
        verb = next(filter(_takes_one, self.wish.looks), "metrics")
        change = self._change()
        buttons = [
            asking(
                f"{one.name}…", change.name, self._in_full(one), self._reason(), self._switched()
            )
            if change and one.target.kind in change.kinds()
            else looking(self.view.typed(one), f"{verb} {self.view.typed(one)}")
            for one in self.named.nearest[:BUTTONS]
        ]
        about = change.verb.capitalize() if change else TITLES.get(verb, verb.capitalize())
        partly = any(self.named.unknown in one.name.split("-") for one in self.named.nearest)
        said = f'I know no database "{self.named.unknown}".'
        lead = f"Which one? {about} of:" if partly else f"{said} Did you mean, for {about.lower()}:"
        if not buttons:
            return Reply(self.wish.kind, (said,), buttons=tuple(_looking("list", "list")))
        return Reply(self.wish.kind, (lead,), buttons=tuple(buttons))

    def _about_none(self) -> Reply:
        match self.wish.kind:
            case Kind.GREETING:
                return Reply(
                    self.wish.kind, (f"Hello! {self._example()}",), buttons=tuple(_helps())
                )
            case Kind.THANKS:
                return Reply(self.wish.kind, ("You're welcome!",))
            case Kind.HELP:
                return Reply(self.wish.kind, self._gladly(), buttons=self._helps())
            case Kind.CANNOT:
                return Reply(self.wish.kind, (_cannot(self.wish),), buttons=tuple(_helps()))
            case Kind.FORBIDDEN:
                return Reply(self.wish.kind, ("Then I change nothing.",))
            case Kind.CHANGE:
                return self._which_to_change()
            case Kind.LOOK:
                return self._which_to_see()
        return Reply(self.wish.kind, self._unread(), buttons=(*self._status(), *_helps()))

    def _helps(self) -> tuple[Button, ...]:
        if (change := self._change()) is None:
            return tuple(_helps())
        label = f"{change.label()}…"
        forms = [button for one in self.named.databases[:1] for button in self._forms(one)]
        form = forms[:1] or [asking(label, change.name, "")]
        return (looking(f"About {change.verb}", f"help {change.verb}"), *form, *_helps())

    def _gladly(self) -> Line:
        """Whoever asks for help about a word that is no verb is told so."""
        first, *others = self.error.said.casefold().split() or [""]
        is_about = first == "help" and len(others) == 1 and not is_common(others[0])
        return (str(self.error),) if is_about else (f"Gladly. {self._example()}",)

    def _unread(self) -> Line:
        if self.error.told:
            return (str(self.error),)
        if self.requests:
            return ("Is it about this request?",)
        if len(self.error.said.split()) == 1:
            return (str(self.error),)  # it names the word that nobody knows
        return (f"I didn't understand that. {self._example()}",)

    def _example(self) -> str:
        known = next((one.name for one in self.view.likely), None) or next(
            (one.database.name for one in self.view.fleet), None
        )
        return f'Name a database and what you want, like "metrics {known}".' if known else ""

    def _which_to_change(self) -> Reply:
        change = self._change()
        if change is None:
            return Reply(self.wish.kind, self._unread(), buttons=tuple(_helps()))
        label = f"{change.label()}…"
        lead = f"{self._lead()[0]} Choose the database there."
        return Reply(self.wish.kind, (lead,), buttons=(asking(label, change.name, ""),))

    def _which_to_see(self) -> Reply:
        first, *others = self._of_the_fleet() or self.wish.looks or ("list",)
        if _takes_one(first):
            return which_database(first, self._likely(), self.view)
        if first == "status" and self._status():
            about = "Is it about this request?" if self.requests else "Your requests:"
            return Reply(self.wish.kind, (about,), buttons=self._status())
        verbs = [verb for verb in (first, *others) if not _takes_one(verb)]
        buttons = [one for verb in verbs for one in _looking(verb, self._narrowed(verb))]
        lead: Line = (str(self.error),) if self.error.told else ("This may be it:",)
        return Reply(self.wish.kind, lead, buttons=tuple(buttons[:BUTTONS]) or tuple(_helps()))

    def _of_the_fleet(self) -> tuple[str, ...]:
        """How everything does, or all of production, no single database can say."""
        words = [plainly(one) for one in self.error.said.split()]
        is_vague = self.wish.looks == DOING
        is_wide = environments_in(words) or is_vague or any(one in FLEETWIDE for one in words)
        if not is_wide or not set(self.wish.looks[:1]) <= {"metrics", "show"}:
            return ()
        first = "list" if environments_in(words) or "list" in self.wish.looks else "digest preview"
        return tuple(dict.fromkeys((first, "digest preview", "list")))

    def _narrowed(self, verb: str) -> str:
        meant = environments_in(self.error.said.split())
        only = next(iter(meant), None) if len(meant) == 1 else None
        if only and verb == "list":
            return f"list {only}"
        return f"{verb} --environment {only}" if only and verb == "digest preview" else verb

    def _likely(self) -> Sequence[Database]:
        """Those of the environment that is said; else what they probably mean."""
        meant = environments_in(self.error.said.split())
        return [one.database for one in self.view.fleet if one.environment in meant] or (
            self.view.likely
        )


def which_database(verb: str, likely: Sequence[Database], view: View) -> Reply:
    """A button for each that is likely, and the form for any other."""
    operation = VERBS[verb]
    found = [looking(view.typed(one), f"{verb} {view.typed(one)}") for one in likely[: BUTTONS - 1]]
    title = TITLES.get(verb, verb.capitalize())
    other = asking("Another…" if found else "Choose…", operation.name, "")
    return Reply(Kind.LOOK, (f"{title}: of which database?",), buttons=(*found, other))


def _looking(verb: str, command: str) -> Iterator[Button]:
    if query_in(command):
        yield looking(TITLES.get(verb, verb[:1].upper() + verb[1:]), command)


def _helps() -> Iterator[Button]:
    yield looking("Help", "help")
    yield looking("All databases", "list")


def _takes_one(verb: str) -> bool:
    """Whether it looks at one database, and at nothing without."""
    operation = VERBS.get(verb)
    return (
        operation is not None
        and operation.model_fields.get("target") is not None
        and (operation.model_fields["target"].is_required() and verb != "compare")
    )


def _takes_database(operation: type[Operation] | None) -> bool:
    """Whether a database alone may stand behind its verb."""
    if operation is None:
        return False
    first = operation.positionals()[:1]
    needed = [name for name, field in operation.model_fields.items() if field.is_required()]
    is_one = bool(first) and isinstance(operation.parameter(first[0]), Picker)
    return is_one and set(needed) <= set(first)


def _cannot(wish: Wish) -> str:
    what = wish.word if " " in wish.word else f'"{wish.word}"'
    return f"I cannot {what}. /rds help changes lists what I can change."
