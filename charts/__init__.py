"""The only door to matplotlib: values in, PNG bytes and the words for who cannot see them out.

Drawing takes a fifth of a second of a processor, so it is done by warm processes of its own.
"""

from charts.studio import DrawingError, Picture, Studio

__all__ = ["DrawingError", "Picture", "Studio"]
