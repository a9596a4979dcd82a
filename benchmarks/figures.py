"""What is measured: a value beside a baseline of the same run, and what their ratio should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEADINGS = ("", "value", "baseline", "ratio", "target")


@dataclass(frozen=True)
class Figure:
    """``limit`` is the greatest ratio that passes, None where the figure is only to be known."""

    name: str
    value: float
    unit: str
    baseline: float
    against: str
    limit: float | None = None
    is_strict: bool = False  #: the ratio has to be below the limit, not at it

    @property
    def ratio(self) -> float:
        return self.value / self.baseline

    @property
    def is_met(self) -> bool:
        if self.limit is None:
            return True
        return self.ratio < self.limit if self.is_strict else self.ratio <= self.limit

    @property
    def target(self) -> str:
        if self.limit is None:
            return "-"
        return f"{'<' if self.is_strict else '<='} {self.limit:g}"


def middle_round(
    values: Sequence[float], baselines: Sequence[float], size: int
) -> tuple[float, float]:
    """The medians of value and baseline, in milliseconds, from the round of the median ratio.

    Seconds in, in rounds of that size. What slows a round slows both sides of it: a disk that is
    busy for some seconds, another process. So rounds are compared, and whole series are not.
    """
    rounds = range(0, len(values), size)
    medians = [(_ms(values[at : at + size]), _ms(baselines[at : at + size])) for at in rounds]
    return sorted(medians, key=lambda pair: pair[0] / pair[1])[len(medians) // 2]


def _ms(seconds: Sequence[float]) -> float:
    return median(seconds) * 1000


def line(figure: Figure) -> str:
    verdict = "    " if figure.limit is None else "ok  " if figure.is_met else "MISS"
    value, baseline = f"{figure.value:.4g}", f"{figure.baseline:.4g} {figure.unit}"
    return (
        f"{verdict} {figure.name:<46} {value:>8} {baseline:>13} {figure.ratio:>8.3f} "
        f"{figure.target:>8}  against {figure.against}"
    )


def heading() -> str:
    return "     {:<46} {:>8} {:>13} {:>8} {:>8}".format(*HEADINGS)
