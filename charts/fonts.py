"""Fonts, and how much room words take in them."""

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.ft2font import LoadFlags

POINTS = 72  #: of an inch: matplotlib's measure of type, and here a px of the preview
WIDEST = 1.0  #: of its size, that a character of another font takes

#: Beside the one that comes with matplotlib, for names in other writing, where they are installed.
_OTHERS = ("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans Arabic", "Noto Sans Devanagari")

mpl.rcParams.update(
    {
        "font.family": ["DejaVu Sans", *sorted({*_OTHERS} & {*fontManager.get_font_names()})],
        "font.size": 11,
        # A name with two dollars in it is no formula, and one that is none would break the picture.
        "text.parse_math": False,
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.6,
    }
)


_UNIT = re.compile(r"(?<=\d) (?=%|(?:[KMGT]?i?B|m?s|min|h)\b)")


def pixels(text: str, size: float, weight: str = "normal") -> float:
    """How wide it will be, but for the little by which some letters stand closer together."""
    return sum(_advance(one, weight) for one in text) * size


@lru_cache(maxsize=4096)
def _advance(character: str, weight: str) -> float:
    """From a character to the next, in the size of the font."""
    font = get_font(findfont(FontProperties(weight=weight)))
    if not font.get_char_index(ord(character)):
        return WIDEST
    font.set_size(100, 72)
    return font.load_char(ord(character), LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


def cut(text: str, wide: float, size: float, weight: str = "normal") -> str:
    """One line of at most so many px; what is left out is marked."""
    return _shortened(text, wide, size, weight, lambda line, kept: f"{line[:kept].rstrip()}…")


def squeezed(name: str, wide: float, size: float, weight: str = "normal") -> str:
    """A name in at most so many px: what tells names apart is at either end of them."""
    return _shortened(name, wide, size, weight, _both_ends)


def _both_ends(name: str, kept: int) -> str:
    return f"{name[: kept - kept // 2]}…{name[len(name) - kept // 2 :]}"


def _shortened(
    text: str, wide: float, size: float, weight: str, keep: Callable[[str, int], str]
) -> str:
    line = " ".join(text.split())
    if pixels(line, size, weight) <= wide:
        return line
    return keep(line, _most(len(line), lambda kept: pixels(keep(line, kept), size, weight) <= wide))


def wrapped(
    text: str, wide: float, size: float, lines: int, weight: str = "normal"
) -> tuple[str, ...]:
    """At most so many lines, parted at spaces, or at hyphens where those are far.

    A figure and its unit stay together.
    """
    whole = _UNIT.sub("\u00a0", " ".join(text.split()))
    return tuple(one.replace("\u00a0", " ") for one in _parted(whole, wide, size, lines, weight))


def _parted(text: str, wide: float, size: float, lines: int, weight: str) -> tuple[str, ...]:
    if lines == 1 or pixels(text, size, weight) <= wide:
        return (cut(text, wide, size, weight),)
    most = _most(len(text), lambda kept: pixels(text[:kept], size, weight) <= wide)
    space, hyphen = text.rfind(" ", 0, most + 1), text.rfind("-", 0, most) + 1
    end = (space if space > most / 2 else max(space, hyphen)) or most
    return (text[:end], *_parted(text[end:].lstrip(" "), wide, size, lines - 1, weight))


def _most(length: int, fits: Callable[[int], bool]) -> int:
    """The greatest number of characters that fits; at least one."""
    return max(1, bisect_left(range(1, length + 1), True, key=lambda kept: not fits(kept)))
