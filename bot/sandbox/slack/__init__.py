"""A Slack workspace on loopback that speaks Slack's own protocols.

It knows nothing of any bot: `SlackSandbox` is the server, `Member` a person at Slack's client,
`faults` what can go wrong in between.
"""

from bot.sandbox.slack.cards import card
from bot.sandbox.slack.demo import demo_workspace
from bot.sandbox.slack.envelopes import Delivery
from bot.sandbox.slack.errors import ImpossibleError
from bot.sandbox.slack.faults import (
    Faults,
    Garbled,
    Hang,
    Lost,
    RateLimited,
    Refused,
    Reset,
    ServerError,
    Slow,
)
from bot.sandbox.slack.feed import Entry, Kind, SeenMessage, SeenView
from bot.sandbox.slack.forms import Submission
from bot.sandbox.slack.journal import Call
from bot.sandbox.slack.manifest import installed_app
from bot.sandbox.slack.member import Member
from bot.sandbox.slack.pacing import TIERS, RateLimits
from bot.sandbox.slack.sandbox import SlackSandbox
from bot.sandbox.slack.workspace import (
    App,
    Channel,
    Command,
    Group,
    Person,
    Shortcut,
    Workspace,
)

__all__ = [
    "TIERS",
    "App",
    "Call",
    "Channel",
    "Command",
    "Delivery",
    "Entry",
    "Faults",
    "Garbled",
    "Group",
    "Hang",
    "ImpossibleError",
    "Kind",
    "Lost",
    "Member",
    "Person",
    "RateLimited",
    "RateLimits",
    "Refused",
    "Reset",
    "SeenMessage",
    "SeenView",
    "ServerError",
    "Shortcut",
    "SlackSandbox",
    "Slow",
    "Submission",
    "Workspace",
    "card",
    "demo_workspace",
    "installed_app",
]
