"""auth, users, usergroups, team and bots."""

from datetime import UTC, datetime
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.methods.registry import Answer, Arguments, method, page
from bot.sandbox.slack.workspace import Group, Person
from bot.sandbox.slack.world import World


@method("auth.test")
def auth_test(world: World, ask: Arguments) -> Answer:
    workspace = world.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.app.name,
        "team_id": workspace.team_id,
        "user_id": workspace.app.user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


@method("users.info", "users:read")
def users_info(world: World, ask: Arguments) -> Answer:
    return {"user": user_json(world, _person(world, ask.word("user")))}


@method("users.list", "users:read")
def users_list(world: World, ask: Arguments) -> Answer:
    everyone = sorted(world.workspace.people.values(), key=lambda it: it.id)
    members, more = page(everyone, ask, default=1000)
    return {"members": [user_json(world, it) for it in members], **more}


@method("usergroups.list", "usergroups:read")
def usergroups_list(world: World, ask: Arguments) -> Answer:
    groups = [
        it
        for it in world.workspace.groups.values()
        if ask.flag("include_disabled") or not it.disabled
    ]
    return {"usergroups": [_group_json(world, it, ask) for it in groups]}


@method("usergroups.users.list", "usergroups:read")
def usergroups_users_list(world: World, ask: Arguments) -> Answer:
    group = world.workspace.groups.get(ask.word("usergroup"))
    if group is None or (group.disabled and not ask.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": sorted(group.members)}


@method("team.info", "team:read")
def team_info(world: World, ask: Arguments) -> Answer:
    workspace = world.workspace
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.name,
            "domain": workspace.domain,
            "url": f"https://{workspace.domain}.slack.com/",
            "email_domain": "example.com",
            **({"enterprise_id": workspace.enterprise_id} if workspace.enterprise_id else {}),
        }
    }


@method("bots.info", "users:read")
def bots_info(world: World, ask: Arguments) -> Answer:
    app = world.workspace.app
    if ask.get("bot", app.bot_id) != app.bot_id:
        raise SlackError("bot_not_found")
    about = {"id": app.bot_id, "name": app.name, "app_id": app.app_id, "user_id": app.user_id}
    return {"bot": {**about, "deleted": False, "updated": 0, "icons": {}}}


def user_json(world: World, person: Person) -> dict[str, Any]:
    """A deactivated person comes without time zone and flags, as from Slack."""
    user: dict[str, Any] = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": int(world.now()),
        "profile": _profile(world, person),
    }
    if person.enterprise_id:
        user["enterprise_user"] = {"enterprise_id": person.enterprise_id, "id": person.id}
    return user if person.deleted else {**user, **_active(world, person)}


def _zone(world: World, person: Person) -> dict[str, Any]:
    """Nothing for somebody who has never set one; Slack tells any that a client has named."""
    if not person.tz:
        return {}
    offset = datetime.fromtimestamp(world.now(), UTC).astimezone(person.zone).utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    return {"tz": person.tz, "tz_label": person.tz, "tz_offset": seconds}


def _active(world: World, person: Person) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "real_name": person.real_name,
        **_zone(world, person),
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
    }
    external = person.team_id != world.workspace.team_id
    return {**facts, "is_stranger": person.is_stranger} if external else facts


def _profile(world: World, person: Person) -> dict[str, Any]:
    profile = {
        "real_name": person.real_name,
        "display_name": person.name,
        "real_name_normalized": person.real_name,
        "display_name_normalized": person.name,
        "team": person.team_id,
    }
    may_see_email = "users:read.email" in world.workspace.app.scopes
    return {**profile, "email": person.email} if may_see_email else profile


def _group_json(world: World, group: Group, ask: Arguments) -> dict[str, Any]:
    about: dict[str, Any] = {
        "id": group.id,
        "team_id": world.workspace.team_id,
        "is_usergroup": True,
        "handle": group.handle,
        "name": group.name,
        "description": "",
        "date_delete": int(world.now()) if group.disabled else 0,
    }
    if ask.flag("include_users"):
        about["users"] = sorted(group.members)
    return {**about, "user_count": len(group.members)} if ask.flag("include_count") else about


def _person(world: World, user: str) -> Person:
    if user not in world.workspace.people:
        raise SlackError("user_not_found")
    return world.workspace.people[user]
