"""Pictures that are kept fresh: how many, for how long, and what their messages say. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from bot.values import (
    STOP,
    Answer,
    Button,
    LiveChart,
    Mention,
    Moment,
    PersonId,
    Shown,
    fingerprint,
    micros,
    paragraph,
)

LASTING = micros(timedelta(hours=1))
#: RDS tells CloudWatch its figures once a minute: more often, nothing would be new.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/monitoring-cloudwatch.html
EVERY = micros(timedelta(minutes=1))
EACH, ALL = 3, 10  #: that a person, and that all together, may have at a time


def begun(
    key: str, person: PersonId, address: str, command: str, found: Answer, now: int
) -> LiveChart:
    """``key``: of the click, so that one that is processed twice begins one."""
    return LiveChart(
        id=fingerprint([key])[:16],
        person=person,
        address=address,
        command=command,
        began_at=now,
        until=now + LASTING,
        shown=Shown(answer=found.model_copy(update={"chart": None})),
    )


def objection(wanted: LiveChart, alive: Sequence[LiveChart]) -> str:
    """Why it cannot be kept fresh, for whoever asks; empty where it can."""
    if any((one.address, one.command) == (wanted.address, wanted.command) for one in alive):
        return "That chart is live there already."
    if sum(one.person == wanted.person for one in alive) >= EACH:
        return (
            f"{EACH} charts are live for you, and that is the most for one person. "
            "Press Stop below one of them first."
        )
    if len(alive) >= ALL:
        return (
            f"{ALL} charts are live for all of you, and that is the most at a time. "
            "Press Stop below one of them first, or try again when an hour has passed."
        )
    return ""


def fresh(chart: LiveChart, found: Answer, now: int) -> Answer:
    """The words while it is renewed; other times would be drawn over, so they have no button."""
    told = paragraph(
        "As of ", Moment(at=now), ", refreshed until ", Moment(at=chart.until), " for ",
        Mention(person=chart.person), ".",
    )  # fmt: skip
    stop = Button(label="Stop", action=STOP, value=chart.id)
    return found.model_copy(update={"parts": (*found.parts, told), "buttons": (stop,)})


def ended(chart: LiveChart, shown: Answer) -> Answer:
    """The last words, with the buttons by which everybody can look on."""
    told = paragraph("Refreshed until ", Moment(at=chart.until), "; it is not renewed any more.")
    return shown.model_copy(update={"parts": (*shown.parts, told)})
