"""What a query or a control says, before anybody renders it."""

from typing import Literal

from bot.values._base import Value
from bot.values._charts import Chart, Drawable, Marker
from bot.values._people import PersonId


class Mention(Value):
    type: Literal["mention"] = "mention"
    person: PersonId


class Channel(Value):
    """A conversation of the workspace, by Slack's id; a link for whoever may see it."""

    type: Literal["channel"] = "channel"
    id: str


class Group(Value):
    """A user group of the workspace, by Slack's id; its members are called."""

    type: Literal["group"] = "group"
    id: str


class Moment(Value):
    """An instant, shown in the reader's own time zone."""

    type: Literal["moment"] = "moment"
    at: int
    is_day: bool = False  #: it is so far away that its hour says nothing


class Code(Value):
    type: Literal["code"] = "code"
    text: str


class Strong(Value):
    type: Literal["strong"] = "strong"
    text: str


class Link(Value):
    """To a page; ``url`` is one that we made, never what somebody wrote."""

    type: Literal["link"] = "link"
    text: str
    url: str


Span = str | Mention | Channel | Group | Moment | Code | Strong | Link
Line = tuple[Span, ...]


class Paragraph(Value):
    type: Literal["paragraph"] = "paragraph"
    line: Line


class Facts(Value):
    """Labels with their values, in reading order."""

    type: Literal["facts"] = "facts"
    pairs: tuple[tuple[str, Line], ...]


class Table(Value):
    type: Literal["table"] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


class Verbatim(Value):
    """Lines as a machine wrote them, in its own type."""

    type: Literal["verbatim"] = "verbatim"
    text: str


class Button(Value):
    label: str
    action: str
    value: str
    style: Literal["primary", "danger"] | None = None


class Menu(Value):
    """Several buttons behind one control.

    Three dots; or a select, where one of the choices stands already (``chosen``, its label), there
    are more than five, or its own label says more than dots do (``named``).
    """

    label: str
    choices: tuple[Button, ...]
    chosen: str = ""
    named: bool = False


class Answer(Value):
    """What somebody reads in reply. ``hint`` is the next step, in one line."""

    title: str
    parts: tuple[Paragraph | Facts | Table | Verbatim, ...] = ()
    buttons: tuple[Button | Menu, ...] = ()
    hint: Line = ()
    chart: Drawable | None = None  #: the same message shows it when it is drawn


class Observed(Value):
    """What the metrics of a database show, in a picture and in words; None where nothing is.

    ``headline``: the gravest of it in a few words, with the database's name.
    """

    chart: Chart | None
    headline: str = ""
    findings: tuple[Line, ...]

    def marked(self, markers: tuple[Marker, ...]) -> "Observed":
        """With these moments in its picture, where it has one."""
        chart = self.chart and self.chart.model_copy(update={"markers": markers})
        return self.model_copy(update={"chart": chart})


def paragraph(*spans: Span) -> Paragraph:
    return Paragraph(line=spans)
