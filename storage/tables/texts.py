"""Free text that people wrote, kept apart so that it can be redacted without breaking the chain."""

import hashlib
import secrets
from typing import NamedTuple

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.masking import mask
from storage.tables import models


class KeptText(NamedTuple):
    """Where a text stands, and what the chain remembers of it."""

    id: int
    hash: str


def text_hash(salt: bytes, text: str) -> str:
    """Salted, so that a redacted text cannot be found again by guessing: the salt goes with it."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


async def keep(connection: AsyncConnection, text: str) -> KeptText:
    """Stores a text with its secrets masked."""
    text = mask(_storable(text))
    salt = secrets.token_bytes(16)
    statement = insert(models.texts).values(salt=salt, text=text).returning(models.texts.c.id)
    text_id = (await connection.execute(statement)).scalar_one()
    return KeptText(text_id, text_hash(salt, text))


def _storable(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL and UTF-8 cannot hold."""
    return text.replace("\0", "").encode(errors="replace").decode()
