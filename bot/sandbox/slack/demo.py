"""The workspace of the demo and of the tests: two developers, two DBAs and the difficult ones."""

from collections.abc import Callable

from bot.sandbox.slack.workspace import App, Channel, Group, Person, Workspace

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
)

DEVELOPER, DBA = "Developer", "Database administrator"
PEOPLE = (
    Person("U0ANA00001", "ana", "Ana Lima", "ana@example.com", "Europe/Lisbon", title=DEVELOPER),
    Person("U0BEN00001", "ben", "Ben Okafor", "ben@example.com", "Europe/London", title=DEVELOPER),
    Person("U0DORA0001", "dora", "Dora Weiss", "dora@example.com", "Europe/Berlin", title=DBA),
    Person("U0EMIL0001", "emil", "Emil Sato", "emil@example.com", "Asia/Tokyo", title=DBA),
    Person(
        "U0PAT00001",
        "pat",
        "Pat Novak",
        "pat@example.com",
        "America/New_York",
        is_admin=True,
        title="Platform engineer",
    ),
    Person(
        "U0GIL00001",
        "gil",
        "Gil Guest",
        "gil@partner.example",
        "Asia/Kolkata",
        is_restricted=True,
        title="Contractor",
    ),
    Person(
        "U0EVE00001",
        "eve",
        "Eve External",
        "eve@other.example",
        "America/Los_Angeles",
        team_id="T0OTHER001",
        title="Developer at another company",
    ),
    Person("U0FLOW0001", "workflow", "Deploy Workflow", is_bot=True),
    Person("U0ZOE00001", "zoe", "Zoe Former", "zoe@example.com", deleted=True),
)


def demo_workspace(app: App | None = None) -> Workspace:
    """`app` is the one that is installed; without it, one that has every scope it could need.

    Ana and Ben develop, Dora and Emil are DBAs, Pat runs the platform; Gil is a guest, Eve works
    for another company, Zoe has left (and is still listed among the DBAs, as Slack does)."""
    app = app or App(scopes=SCOPES)
    workspace = Workspace(app=app)
    workspace.add(*PEOPLE, _bot(app, workspace))
    workspace.add(*_groups(workspace), *_channels(workspace))
    return workspace


def _bot(app: App, workspace: Workspace) -> Person:
    return Person(app.user_id, app.name, "RDS Ops Bot", is_bot=True, team_id=workspace.team_id)


def _groups(workspace: Workspace) -> tuple[Group, ...]:
    ids = _ids(workspace)
    return (
        Group("S0DBAS0001", "dbas", "Database administrators", ids("dora", "emil", "zoe")),
        Group("S0DEVS0001", "developers", "Developers", ids("ana", "ben")),
        Group("S0PLAT0001", "platform-admins", "Platform administrators", ids("pat")),
    )


def _channels(workspace: Workspace) -> tuple[Channel, ...]:
    ids, app = _ids(workspace), workspace.app.user_id
    staff = ids("ana", "ben", "dora", "emil", "pat", "workflow") | {app}
    return (
        Channel("C0DATABASE", "databases", staff | ids("gil")),
        Channel("C0APPROVAL", "rds-approvals", ids("dora", "emil", "pat") | {app}),
        Channel("C0CLOUDOPS", "cloudops", staff),
        Channel("C0INCIDENT", "database-incidents", staff),
        Channel("C0RANDOM01", "random", staff - {app}),
        Channel("C0SECRET01", "dba-only", ids("dora", "emil") | {app}, is_private=True),
        Channel(
            "C0PARTNER1",
            "partner-shared",
            ids("ana", "dora", "eve") | {app},
            is_shared=True,
            is_ext_shared=True,
        ),
    )


def _ids(workspace: Workspace) -> Callable[..., frozenset[str]]:
    return lambda *names: frozenset(workspace.person(name).id for name in names)
