"""Told apart and read by people who see red and green alike, and on this paper."""

from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.colors import to_rgb
from matplotlib.typing import ColorType

from charts.curves import EARLIER
from charts.heat import STEPS, ramp
from charts.markers import SHADE
from charts.paper import ALARM, COLOURS, EDGING, INK, PAPER, QUIET

Colour = npt.NDArray[np.float64]

#: From linear light to what somebody with deuteranopia sees of it. Machado et al. 2009, table 1.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
#: From linear light to XYZ at D65.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def light(colour: ColorType) -> Colour:
    """Linear, of an sRGB colour."""
    rgb: Colour = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def seen(colour: ColorType) -> Colour:
    return np.clip(DEUTERANOPIA @ light(colour), 0, 1)


def lab(linear: Colour) -> Colour:
    x, y, z = np.cbrt(np.maximum(XYZ @ linear / (XYZ @ np.ones(3)), 1e-6))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: Colour, other: Colour) -> float:
    """As in WCAG: 1 to 21."""
    low, high = sorted(float(XYZ[1] @ each) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


#: What a picture lies on in Slack.
LIGHT, DARK = "#FFFFFF", "#1A1D21"


@pytest.mark.parametrize("words", [INK, QUIET, ALARM, *COLOURS])
def test_words_are_read_on_the_paper(words: str) -> None:
    assert contrast(light(words), light(PAPER)) >= 4.5
    assert contrast(seen(words), seen(PAPER)) >= 4.5


@pytest.mark.parametrize("drawn", [EARLIER["color"], SHADE["edgecolor"], ALARM, INK, *COLOURS])
def test_what_is_drawn_is_seen_on_the_paper(drawn: str) -> None:
    assert contrast(light(drawn), light(PAPER)) >= 3
    assert contrast(seen(drawn), seen(PAPER)) >= 3


def test_the_paper_ends_somewhere_in_either_theme_and_glares_in_none() -> None:
    assert contrast(light(PAPER), light(LIGHT)) >= 3
    assert contrast(light(EDGING), light(DARK)) >= 3
    assert contrast(light(PAPER), light(DARK)) < 2


def test_colours_of_curves_are_told_apart_without_red_and_green() -> None:
    apart = [
        float(np.linalg.norm(lab(seen(one)) - lab(seen(other))))
        for one, other in combinations(COLOURS, 2)
    ]

    assert min(apart) > 10


def test_a_lighter_shade_is_always_more() -> None:
    shades = [lab(seen(ramp()(step)))[0] for step in range(STEPS)]

    assert all(more - less > 3 for less, more in pairwise(shades))
