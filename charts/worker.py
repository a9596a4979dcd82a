"""A process that draws: one chart in by standard input, one picture out, until the input ends.

Each message is a length of four bytes and so many bytes; an answer begins with a byte that says
whether a picture follows or the reason why there is none.
"""

from typing import BinaryIO

from pydantic import TypeAdapter

from bot.values import Drawable

PICTURE, REASON = b"P", b"R"
LENGTH = 4
WARM = b""
"""What is sent to find out whether the process is ready; it answers with an empty picture."""

drawables: TypeAdapter[Drawable] = TypeAdapter(Drawable)


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(LENGTH, "big") + body


def answered(asked: bytes) -> bytes:
    # Here, as importing matplotlib takes a second: WARM pays it before the first picture.
    from charts.render import draw

    if asked == WARM:
        return PICTURE
    try:
        return PICTURE + draw(drawables.validate_json(asked))
    except Exception as error:
        return REASON + f"{type(error).__name__}: {error}".encode()


def serve(source: BinaryIO, drain: BinaryIO) -> None:
    while len(head := source.read(LENGTH)) == LENGTH:
        drain.write(framed(answered(source.read(int.from_bytes(head, "big")))))
        drain.flush()
