"""What people read in Slack, with its secrets masked, whoever wrote it and whatever shows it."""

import json
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.masking import mask

#: Where messages, forms and files hold what is read. Ids, values and states stand elsewhere.
READ = frozenset(("text", "fallback", "alt_text", "alt_txt", "title", "initial_comment"))
#: What the SDK sends as JSON in a string where a method takes no JSON itself.
ENCODED = frozenset(("files", "blocks", "attachments", "view"))


class MaskedClient(AsyncWebClient):
    """The one way to Slack's Web API: what passes is masked on the way."""

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        held = {name: arguments[name] for name in ("json", "data", "params") if name in arguments}
        return await super().api_call(api_method, **{**arguments, **discreet(held)})


def discreet(payload: Any) -> Any:
    """A message, form or block, masked where it is read."""
    match payload:
        case dict():
            return {name: _under(name, inner) for name, inner in payload.items()}
        case list() | tuple():
            return [discreet(inner) for inner in payload]
        case _:
            return payload


def _under(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return discreet(value)
    if name in ENCODED:
        return _encoded(value)
    return mask(value) if name in READ else value


def _encoded(value: str) -> str:
    try:
        return json.dumps(discreet(json.loads(value)))
    except ValueError:
        return mask(value)
