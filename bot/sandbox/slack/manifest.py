"""Installing an app from its manifest: it gets what the manifest asks for, and no more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.sandbox.slack.workspace import App, Command, Shortcut


def installed_app(manifest: Mapping[str, Any], app: App | None = None) -> App:
    """The app with the scopes, commands, shortcuts, events and tabs of a parsed manifest; its ids
    and tokens are those of `app`."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    home = features.get("app_home", {})
    return replace(
        app or App(),
        name=features.get("bot_user", {}).get(
            "display_name", manifest["display_information"]["name"]
        ),
        scopes=tuple(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        commands=tuple(
            Command(
                it["command"],
                it.get("should_escape", False),
                it.get("description", ""),
                it.get("usage_hint", ""),
            )
            for it in features.get("slash_commands", ())
        ),
        shortcuts=tuple(
            Shortcut(it["name"], it["type"], it["callback_id"], it.get("description", ""))
            for it in features.get("shortcuts", ())
        ),
        events=tuple(settings.get("event_subscriptions", {}).get("bot_events", ())),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", False),
        messages_tab_read_only=home.get("messages_tab_read_only_enabled", False),
    )
