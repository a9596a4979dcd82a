"""One verb of ``/rds``, and what is derived from its class."""

from collections.abc import Iterator
from itertools import takewhile
from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from bot.operation._desk import Desk
from bot.operation._topic import Topic
from bot.params import Parameter, Prose, Switch, parameter_of
from bot.values import Answer, Person, quoted


class Operation(BaseModel):
    """One verb of ``/rds``; an instance of it is a parsed command."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verb: ClassVar[str]
    name: ClassVar[str]
    example: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()  #: verbs by which it may be typed as well
    called: ClassVar[str] = ""  #: on buttons, where its verb is no plain English: "Multi-AZ"
    permissions: ClassVar[tuple[str, ...]] = ()
    #: Parameters of which at least one has to be said: without any the form asks.
    one_of: ClassVar[tuple[str, ...]] = ()
    #: Where help, launcher and docs show it.
    topic: ClassVar[Topic] = Topic.LOOK
    #: Words by which people ask for it, in sentences and in help. Of ``bigger+machine`` both have
    #: to stand there, in that order.
    synonyms: ClassVar[str] = ""

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    def label(cls) -> str:
        """``Backup window``, on buttons and forms."""
        return cls.called or cls.verb.replace("-", " ").capitalize()

    @classmethod
    def details(cls) -> str:
        """The docstring after its first line; may be empty."""
        rest = (cls.__doc__ or "").strip().partition("\n")[2]
        return " ".join(rest.split())

    @classmethod
    def positionals(cls) -> tuple[str, ...]:
        """Parameters that may be given without a flag: the required ones, and those named so.

        Prose never is: it has several words.
        """
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if (field.is_required() or positional(field))
            and not isinstance(cls.parameter(name), Prose)
        )

    @classmethod
    def parameter(cls, name: str) -> Parameter:
        """The words for one parameter; a bare ``bool`` is a switch."""
        field = cls.model_fields[name]
        spoken = name.replace("_", " ").capitalize()
        if found := parameter_of(field):
            return found
        if field.annotation is bool:
            return Switch(spoken, "", field.description or "")
        return Parameter(spoken, name.upper(), field.description or "")

    @classmethod
    def usage(cls) -> str:
        """``/rds reboot ID [--failover]``"""
        words = [f"/rds {cls.verb}"]
        for name, field in cls.model_fields.items():
            words.append(_usage(name, field, cls.parameter(name)))
        return " ".join(words)

    def as_typed(self) -> str:
        """``/rds reboot orders-test --failover``: parsed again, it gives the same operation."""
        # Up to the first that is left out: those behind it need their flag.
        leading = tuple(takewhile(self._is_given, self.positionals()))
        flags = (name for name in type(self).model_fields if name not in leading)
        words = [f"/rds {self.verb}"]
        words += (word for name in leading for word in self._typed_first(name))
        words += (word for name in flags if self._is_given(name) for word in self._typed_flag(name))
        return " ".join(words)

    def _is_given(self, name: str) -> bool:
        field, value = type(self).model_fields[name], getattr(self, name)
        return field.is_required() or value != field.get_default(call_default_factory=True)

    def _typed_first(self, name: str) -> Iterator[str]:
        """Without a flag, so that nothing may look like ``key=value``."""
        for text in self.parameter(name).typed(getattr(self, name)):
            yield f"'{text}'" if "=" in text and text == quoted(text) else quoted(text)

    def _typed_flag(self, name: str) -> Iterator[str]:
        value = getattr(self, name)
        if value is True:
            yield flag(name)
        elif value is False:
            yield f"{flag(name)}=false"
        else:
            yield from (f"{flag(name)} {quoted(it)}" for it in self.parameter(name).typed(value))


def positional(field: FieldInfo) -> bool:
    """An optional parameter declared with ``Field(json_schema_extra={"positional": True})``."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("positional"))


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _usage(name: str, field: FieldInfo, parameter: Parameter) -> str:
    if isinstance(parameter, Prose) and field.is_required():
        return f"{flag(name)} {parameter.usage}"
    if field.is_required():
        return parameter.usage
    if positional(field):
        return f"[{parameter.usage}]"
    return f"[{flag(name)} {parameter.usage}]" if parameter.usage else f"[{flag(name)}]"


class Query(Operation):
    """Only reads, and answers at once."""

    async def answer(self, desk: Desk, person: Person) -> Answer:
        raise NotImplementedError


class Control(Operation):
    """Acts on the bot's own records; audited."""

    topic = Topic.APPROVALS

    async def act(self, desk: Desk, person: Person) -> Answer:
        raise NotImplementedError
