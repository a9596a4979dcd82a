"""What people read in Slack, with its secrets masked, whoever wrote it and whatever shows it."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.masking import mask

#: Where messages, forms and files hold what is read. Ids, values and states stand elsewhere.
READ = frozenset(("text", "fallback", "alt_text", "title", "initial_comment"))


class DiscreetClient(AsyncWebClient):
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
    return mask(value) if name in READ and isinstance(value, str) else discreet(value)
