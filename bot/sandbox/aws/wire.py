"""AWS's wire protocols: what a request asks for, and how an error is said in its language."""

import io
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, unescape

Environ = dict[str, Any]

IAM_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
"""Services that sign under another name than the one in IAM policies."""

OK = "ok"

_CODE = re.compile(rb"<Code>(.*?)</Code>")


class Protocol(StrEnum):
    QUERY = "query"
    JSON = "json"
    CBOR = "rpc-v2-cbor"
    REST = "rest"


@dataclass(frozen=True)
class Request:
    """What the signature and the body say. Regions and services are "?" in an unsigned request."""

    access_key: str
    region: str
    service: str
    action: str
    parameters: Mapping[str, Any]
    protocol: Protocol

    @property
    def name(self) -> str:
        return f"{self.service}:{self.action}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def status_line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"

    @property
    def request_id(self) -> str:
        named = (value for name, value in self.headers if name.lower() == "x-amzn-requestid")
        return next(named, "") or str(uuid.uuid4())

    @property
    def said(self) -> str:
        """ "ok", or the error's code."""
        if self.status < 400:
            return OK
        if found := _CODE.search(self.body):
            return unescape(found[1].decode())
        return _json_code(self.body) or str(self.status)


def read(environ: Environ) -> Request:
    """Parse a WSGI request, leaving its body readable for the next one."""
    body = _body(environ)
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0]
    access_key, _, region, service, _ = (scope.split("/") + ["?"] * 5)[:5]
    protocol = _protocol(environ)
    action, parameters = _asked(protocol, environ, body)
    service = IAM_PREFIXES.get(service, service) or "?"
    return Request(access_key, region, service, action, parameters, protocol)


def error(protocol: Protocol, status: int, code: str, message: str) -> Answer:
    request_id = str(uuid.uuid4())
    headers = [("x-amzn-RequestId", request_id)]
    match protocol:
        case Protocol.JSON:
            body = json.dumps({"__type": code, "message": message}).encode()
            headers.append(("Content-Type", "application/x-amz-json-1.1"))
        case Protocol.CBOR:
            body = _cbor_map({"__type": code, "message": message})
            headers += [
                ("Content-Type", "application/cbor"),
                ("smithy-protocol", "rpc-v2-cbor"),
                ("x-amzn-query-error", f"{code};Sender"),
            ]
        case Protocol.QUERY | Protocol.REST:
            body = _xml_error(protocol, code, message, request_id)
            headers.append(("Content-Type", "text/xml"))
    return Answer(status, [*headers, ("Content-Length", str(len(body)))], body)


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`Tags.Tag.1.Key=…` as lists and dicts, `true` and `false` as booleans; numbers stay text."""
    tree: dict[str, Any] = {}
    for path, value in pairs:
        *parents, last = path.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[last] = {"true": True, "false": False}.get(value, value)
    return {name: _listed(value) for name, value in tree.items()}


def _body(environ: Environ) -> bytes:
    """Chunked bodies have no length, but an end that werkzeug vouches for."""
    source = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    chunked = not length and environ.get("wsgi.input_terminated")
    body: bytes = source.read() if chunked else source.read(int(length or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _protocol(environ: Environ) -> Protocol:
    if environ.get("HTTP_SMITHY_PROTOCOL"):
        return Protocol.CBOR
    if environ.get("HTTP_X_AMZ_TARGET"):
        return Protocol.JSON
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    return Protocol.QUERY if form else Protocol.REST


def _asked(protocol: Protocol, environ: Environ, body: bytes) -> tuple[str, dict[str, Any]]:
    match protocol:
        case Protocol.JSON:
            action = environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2]
            return action, json.loads(body or b"{}")
        case Protocol.CBOR:
            return environ["PATH_INFO"].rpartition("/")[2], {}
        case Protocol.QUERY:
            said = nested(parse_qsl(body.decode(), keep_blank_values=True))
            said.pop("Version", None)
            return said.pop("Action", "?"), said
        case Protocol.REST:
            return environ["REQUEST_METHOD"], {"Path": environ["PATH_INFO"]}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if all(name.isdigit() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    inner = {name: _listed(one) for name, one in value.items()}
    only = next(iter(inner.values()))
    return only if len(inner) == 1 and isinstance(only, list) else inner


def _json_code(body: bytes) -> str | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return str(said["__type"]).rpartition("#")[2] if "__type" in said else None


def _xml_error(protocol: Protocol, code: str, message: str, request_id: str) -> bytes:
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if protocol is Protocol.REST:
        return f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>".encode()
    return (
        f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()


def _cbor_map(said: Mapping[str, str]) -> bytes:
    words = (word for pair in said.items() for word in pair)
    return bytes([0xA0 + len(said)]) + b"".join(_cbor_text(word) for word in words)


def _cbor_text(text: str) -> bytes:
    said = text.encode()
    return b"\x79" + len(said).to_bytes(2, "big") + said
