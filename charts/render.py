"""From a picture's values to its pixels."""

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from bot.values import Chart, Drawable, HeatMap, Report, Strips
from charts import heat, panels, report, strips

#: Colours of the PNG: a third of the size, and nobody sees it; fewer where it is still too large.
PALETTES = (96, 32, 12)
MOST = 200_000  #: bytes


def draw(drawable: Drawable, most: int = MOST) -> bytes:
    """The picture as PNG, of so many bytes where fewer colours bring it down to that."""
    image = _pixels(figure(drawable))
    png = b""
    for colours in PALETTES:
        png = _compressed(image, colours)
        if len(png) <= most:
            break
    return png


def figure(drawable: Drawable) -> Figure:
    """Everything but the pixels."""
    match drawable:
        case Chart():
            return panels.figure(drawable)
        case HeatMap():
            return heat.figure(drawable)
        case Strips():
            return strips.figure(drawable)
        case Report():
            return report.figure(drawable)


def _pixels(drawn: Figure) -> Image.Image:
    # Not pyplot: it keeps each figure until somebody closes it.
    # https://matplotlib.org/stable/gallery/user_interfaces/web_application_server_sgskip.html
    canvas: Any = FigureCanvasAgg(drawn)  # partly untyped
    canvas.draw()
    size = canvas.get_width_height()
    return Image.frombuffer("RGBA", size, canvas.buffer_rgba()).convert("RGB")


def _compressed(image: Image.Image, colours: int) -> bytes:
    small = image.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    written = io.BytesIO()
    small.save(written, "PNG")
    return written.getvalue()
