"""What Slack answers when it does not do what was asked: one class for each family of its words.

SlackApiError                of the SDK
└── RefusalError             a word that no family knows: this message's or this place's fault
    ├── UnansweredError      trouble of Slack's, or nothing readable: the same may pass later
    │   └── RateLimitedError it says how long to wait
    ├── TokenError           the whole app: nothing passes until its installation is mended
    ├── ScopeError           the app may do nothing of this kind
    ├── ContentError         not this message as it is; a plainer one may pass
    ├── VanishedError        the message that should be changed is not there
    │   └── SealedError      it is there, and Slack lets nobody change it any more
    ├── ThreadError          the thread does not take it; its channel may
    ├── PlaceError           the conversation is not there for the bot
    ├── PersonError          nobody is there under that id
    └── FileError            the file is not there, or Slack will not take it

Only the first two families and TokenError may be waited for. The words are those of
https://docs.slack.dev/reference/methods; all others stay RefusalError, so a new one is no reason to
wait.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

import aiohttp
from slack_sdk.errors import SlackApiError

#: Seconds at most that a wish of Slack's to be left alone is followed.
LONGEST_WAIT = 3600.0


class RefusalError(SlackApiError):
    """``word`` is Slack's own for why; empty where it gave none that can be read."""

    errors: ClassVar[tuple[str, ...]] = ()

    def __init__(self, message: str, response: Any, word: str) -> None:
        super().__init__(message, response)  # type: ignore[no-untyped-call]
        self.word = word

    @property
    def why(self) -> str:
        """For a log or a sentence: never empty."""
        return self.word or "no answer"

    @classmethod
    def heard(cls, error: SlackApiError, word: str) -> Self:
        return cls(str(error), error.response, word)


class UnansweredError(RefusalError):
    errors: ClassVar[tuple[str, ...]] = (
        "internal_error", "fatal_error", "service_unavailable", "request_timeout",
        "team_added_to_org", "external_channel_migrating", "fetch_members_failed",
        "message_limit_exceeded",
    )  # fmt: skip


class ViewChangedError(UnansweredError):
    """Somebody has shown another view there since: https://docs.slack.dev/surfaces/modals"""

    errors = ("hash_conflict",)


class RateLimitedError(UnansweredError):
    errors = ("ratelimited", "rate_limited")

    @property
    def seconds(self) -> float:
        """A second where Slack does not say, in digits, how many."""
        said = _headers(self.response).get("Retry-After", "1")
        try:
            seconds = float(said)
        except ValueError:
            return 1.0
        return min(max(seconds, 1.0), LONGEST_WAIT) if math.isfinite(seconds) else 1.0


class TokenError(RefusalError):
    errors = (
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
        "not_allowed_token_type", "org_login_required", "ekm_access_denied",
        "team_access_not_granted", "two_factor_setup_required", "app_missing_action_url",
        "invalid_token", "app_uninstalled", "team_disabled", "missing_authentication",
    )  # fmt: skip


class ScopeError(RefusalError):
    errors = ("missing_scope",)


class ContentError(RefusalError):
    errors = (
        "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long",
        "too_long", "block_mismatch", "invalid_attachments", "too_many_attachments", "no_text",
        "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large",
        "markdown_text_conflict",
    )  # fmt: skip


class VanishedError(RefusalError):
    errors: ClassVar[tuple[str, ...]] = ("message_not_found",)


class SealedError(VanishedError):
    errors = ("cant_update_message", "edit_window_closed", "update_failed")


class ThreadError(RefusalError):
    errors = (
        "thread_not_found", "thread_locked", "cannot_reply_to_message",
        "restricted_action_non_threadable_channel",
    )  # fmt: skip


class PlaceError(RefusalError):
    errors = (
        "channel_not_found", "not_in_channel", "is_archived", "is_inactive", "restricted_action",
        "no_permission",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
        "posting_to_general_channel_denied", "posting_to_channel_denied", "cannot_dm_bot",
        "messages_tab_disabled", "not_enabled", "as_user_not_supported",
        "method_not_supported_for_channel_type", "channel_is_limited_access", "is_locked",
        "invalid_channel", "channel_type_not_supported",
    )  # fmt: skip


class PersonError(RefusalError):
    errors = (
        "user_not_found", "users_not_found", "user_not_visible", "user_disabled",
        "user_not_in_channel", "invalid_user_id",
    )  # fmt: skip


class FileError(RefusalError):
    errors = (
        "file_not_found", "file_deleted", "access_denied", "blocked_file_type", "upload_failed",
        "file_uploads_disabled", "file_uploads_except_images_disabled", "length_mismatch",
        "file_upload_size_restricted", "storage_limit_reached", "file_update_failed",
    )  # fmt: skip


#: Nothing came back.
SILENCE = (aiohttp.ClientError, OSError, TimeoutError)
#: Slack says no, or says nothing.
UNANSWERED = (SlackApiError, *SILENCE)


def _families(of: type[RefusalError]) -> Iterator[type[RefusalError]]:
    """All there are, so that none is forgotten in a list."""
    for one in of.__subclasses__():
        yield one
        yield from _families(one)


_FAMILY = {
    word: family for family in _families(RefusalError) for word in vars(family).get("errors", ())
}


def heard(error: SlackApiError) -> RefusalError:
    """The same as one of the families above; what is one already comes back as it is."""
    if isinstance(error, RefusalError):
        return error
    word, status = _word(error.response), _status(error.response)
    if status == 429:
        return RateLimitedError.heard(error, word or RateLimitedError.errors[0])
    if status >= 500 or not word:
        return UnansweredError.heard(error, word)
    return _FAMILY.get(word, RefusalError).heard(error, word)


#: What helps where a picture cannot be shown, by Slack's word.
ADVICE = {
    "missing_scope": "Whoever runs me adds the permissions that rds-bot check names.",
    "file_uploads_disabled": "An admin of this workspace can allow apps to upload files.",
    "file_uploads_except_images_disabled": "An admin of this workspace can allow file uploads.",
    "storage_limit_reached": "The workspace's file storage is full: an admin can make room.",
    "not_in_channel": "I'm not in this channel any more: /invite me.",
    "channel_not_found": "I can't see this channel any more: /invite me.",
    "is_archived": "The channel is archived: ask me in another.",
    "is_inactive": "The channel is archived: ask me in another.",
}


def why(error: Exception) -> str:
    """In one word where Slack has one."""
    if isinstance(error, SlackApiError):
        return heard(error).why
    return str(error) or type(error).__name__


def _word(response: Any) -> str:
    """Empty where the answer is no JSON object, as when Slack is in trouble."""
    data = getattr(response, "data", response)
    word = data.get("error") if isinstance(data, Mapping) else None
    return word if isinstance(word, str) else ""


def _status(response: Any) -> int:
    """As the SDK or aiohttp name it; 200 where the answer is only its JSON."""
    found = getattr(response, "status_code", None) or getattr(response, "status", None)
    return found if isinstance(found, int) else 200


def _headers(response: Any) -> Mapping[str, str]:
    return getattr(response, "headers", None) or {}
