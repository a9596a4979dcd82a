"""Requests as rows of a list, with the buttons of their cards."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.values import Line, Moment, Request
from handlers.blocks.card import cancel, details_of, votes
from handlers.blocks.details import Standing
from handlers.blocks.elements import Element, actions, context
from handlers.blocks.glance import alerts, changes, impact, reason
from handlers.blocks.phrases import headline
from handlers.blocks.rich import Block, lines, rich_text

Row = Callable[[Request], list[Block]]


def to_decide(request: Request) -> list[Block]:
    return _row(request, (*votes(request), details_of(request)), *_case(request))


def to_cancel(request: Request) -> list[Block]:
    return _row(request, cancel(request))


def rows(requests: Sequence[Request], row: Row, most: int, rest: Line) -> list[Block]:
    """At most two blocks a request; ``rest`` says where those are that are only counted."""
    drawn = [block for request in requests[:most] for block in row(request)]
    left = len(requests) - most
    return [*drawn, context((f"and {left} more: ", *rest))] if left > 0 else drawn


def with_note(row: Row, about: int, said: Line) -> Row:
    """The same, with a line of its own below one request, above its buttons."""

    def noted(request: Request) -> list[Block]:
        first, *rest = row(request)
        return [first, *([note(said)] if request.id == about else ()), *rest]

    return noted


def note(said: Line) -> Block:
    return rich_text(lines(said))


def _row(request: Request, buttons: Iterable[Element], *below: Line) -> list[Block]:
    return [rich_text(lines(headline(request), *below)), *actions(list(buttons))]


def _case(request: Request) -> Iterator[Line]:
    """As the card says it; who could agree is asked when somebody looks there."""
    yield reason(request)
    yield from changes(request)
    yield impact(request)
    yield from alerts(request, Standing())
    yield ("Until ", Moment(at=request.expires_at))
