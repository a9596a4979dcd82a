"""The audit chain as arithmetic: what a row's bytes are, and whether they still say what they said.

hash = SHA-256(0x00 ‖ previous hash ‖ body)        mac = HMAC-SHA-256(key, hash)
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.errors import TamperedError
from bot.values import AuditEvent, canonical
from storage.tables.texts import KeptText, text_hash

#: What the first row follows, so that all are hashed in one way.
GENESIS = bytes(32)


@dataclass(frozen=True)
class AuditKey:
    """What signs audit rows; ``id`` is written beside each signature, so that keys can change."""

    id: str
    secret: bytes = field(repr=False)

    def sign(self, digest: bytes) -> bytes:
        return hmac.digest(self.secret, digest, "sha256")


def link(prev: bytes, body: bytes) -> bytes:
    # The zero marks a leaf: in a tree over the rows, no node can pass for a row.
    # https://www.rfc-editor.org/rfc/rfc6962#section-2.1
    return hashlib.sha256(b"\x00" + prev + body).digest()


def body_of(seq: int, at: int, event: AuditEvent, kept: KeptText | None) -> bytes:
    """The bytes that are hashed and stored: the event, with its text only as a salted hash."""
    said = event.json_value()
    del said["text"]
    text = None if kept is None else {"id": kept.id, "hash": kept.hash}
    return canonical({"seq": seq, "at": at, **said, "text": text})


def event_of(body: bytes, text: str | None) -> AuditEvent:
    """The event of a stored body; ``text`` is None where it never was, or was redacted."""
    said = json.loads(body)
    for name in ("seq", "at", "text"):
        del said[name]
    return AuditEvent.model_validate({**said, "text": text or ""})


class ChainRow(NamedTuple):
    """A row of the audit table with the text that belongs to it, in the order of the query."""

    seq: int
    at: int
    body: bytes
    prev: bytes
    hash: bytes
    mac: bytes | None
    key_id: str | None
    request_id: int | None
    actor: str
    action: str
    target: str | None
    result: str
    operation: str | None
    text_id: int | None
    salt: bytes | None
    text: str | None


_PLAIN = ("seq", "at", "request_id", "actor", "action", "target", "result", "operation")


@dataclass
class Verifier:
    """Walks the chain from its first row; ``check`` every row in order, then ``check_head``.

    ``keys`` maps key ids to secrets. Without keys signatures are only counted; with keys, every
    row from the first signed one on must carry a signature, and those by one of them must be right.
    ``unknown_keys`` are ids of others, whose signatures nobody can check here.
    """

    keys: Mapping[str, bytes]
    rows: int = 0
    signatures: int = 0
    signed: int = 0  #: of the signatures, how many were checked
    unknown_keys: set[str] = field(default_factory=set)
    head: bytes = GENESIS

    def check(self, row: ChainRow) -> None:
        """Raises TamperedError with what first differs: gap, link, body, mac, column or text."""
        seq = self.rows + 1
        if row.seq != seq:
            raise TamperedError(seq, f"gap: row {seq} is missing, row {row.seq} follows")
        if row.prev != self.head:
            raise TamperedError(seq, "link: it does not follow from the row before it")
        if link(row.prev, row.body) != row.hash:
            raise TamperedError(seq, "body: its hash does not match its content")
        self._check_mac(row)
        said = _said(row)
        _check_columns(row, said)
        _check_text(row, said)
        self.rows, self.head = seq, row.hash

    def check_head(self, seq: int, digest: bytes) -> None:
        """Raises TamperedError where the chain does not end where the bot remembers: truncation."""
        if (seq, digest) != (self.rows, self.head):
            raise TamperedError(
                max(seq, self.rows),
                f"head: the chain should end with row {seq}, but ends with row {self.rows}",
            )

    def _check_mac(self, row: ChainRow) -> None:
        if row.mac is None or row.key_id is None:
            if self.keys and self.signatures:
                raise TamperedError(row.seq, "mac: it is not signed, although rows before it are")
            return
        self.signatures += 1
        secret = self.keys.get(row.key_id)
        if secret is not None:
            if not _signs(secret, row.hash, row.mac):
                raise TamperedError(row.seq, "mac: its signature is wrong")
            self.signed += 1
        elif self.keys:
            self._check_stranger(row.mac, row)

    def _check_stranger(self, mac: bytes, row: ChainRow) -> None:
        """A key that nobody knows here may be a former one, unless a known one has signed."""
        if any(_signs(secret, row.hash, mac) for secret in self.keys.values()):
            raise TamperedError(row.seq, f"mac: it names key {row.key_id!r}, which did not sign it")
        self.unknown_keys.add(str(row.key_id))


def _signs(secret: bytes, digest: bytes, mac: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret, digest, "sha256"), mac)


def _said(row: ChainRow) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(row.body)
    return said


def _check_columns(row: ChainRow, said: dict[str, Any]) -> None:
    for name in _PLAIN:
        if getattr(row, name) != said[name]:
            raise TamperedError(row.seq, f"column: {name} differs from the body")
    kept = said["text"]
    if row.text_id != (kept and kept["id"]):
        raise TamperedError(row.seq, "column: text_id differs from the body")


def _check_text(row: ChainRow, said: dict[str, Any]) -> None:
    kept = said["text"]
    if kept is None or row.text is None:
        return
    if row.salt is None or text_hash(row.salt, row.text) != kept["hash"]:
        raise TamperedError(row.seq, "text: it is not the text that was recorded")
