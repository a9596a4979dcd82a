"""After `rds-bot init`: what works with these answers, and what does not yet, and how it will."""

from collections.abc import Iterator, Mapping

Answers = Mapping[str, str]


def summary(answers: Answers, *, observe: bool) -> str:
    """Of what was written alone: what Slack and AWS say to it is for `rds-bot check`."""
    told = [_tokens(answers), *_approvals(answers, observe=observe), *_channels(answers)]
    told += [_admins(answers), _aws(answers)]
    works = [one.removeprefix(YES) for one in told if one.startswith(YES)]
    lacks = [one for one in told if one and not one.startswith(YES)]
    works.append("The audit trail is signed: keep a copy of AUDIT_KEY elsewhere.")
    return "\n".join([*_listed("Works as soon as rds-bot check finds no problem:", works),
                      *_listed("Does not work yet, and how it will:", lacks)])  # fmt: skip


YES = "+ "


def _tokens(answers: Answers) -> str:
    missing = [f"SLACK_{key.upper()}" for key in ("bot_token", "app_token") if not answers.get(key)]
    if missing:
        return f"Slack: put {' and '.join(missing)} into .env (step 1)."
    return f"{YES}Slack: both tokens are in .env."


def _approvals(answers: Answers, *, observe: bool) -> Iterator[str]:
    if observe:
        yield f"{YES}A pilot: every change is answered with its plan, and nothing is sent."
    if not answers.get("approvers"):
        yield (
            "Approvals: nobody may approve, so every change that needs approval is refused. Name "
            "people under access.approvers in rds-bot.yml."
        )
    elif _is_alone(answers["approvers"]):
        yield "Approvals: one person is named, and high risk needs two: name more in rds-bot.yml."
    elif answers.get("approvals_channel"):
        yield f"{YES}Approvals: the cards stand in the approvals channel."
    else:
        yield f"{YES}Approvals: each card stands in the channel where one asks."


def _is_alone(approvers: str) -> bool:
    """Whether it is one person, and no group."""
    return len(approvers.split()) == 1 and not approvers.startswith("S")


def _channels(answers: Answers) -> Iterator[str]:
    if answers.get("incidents_channel"):
        yield f"{YES}Incidents: alarms and events of RDS are told in their channel."
    else:
        yield "Incidents: nobody is told of alarms. Set channels.incidents in rds-bot.yml."
    if answers.get("cloudops_channel"):
        yield f"{YES}CloudOps: what is denied can be handed over in its channel."
    else:
        yield "CloudOps: what is denied has no button. Set channels.cloudops in rds-bot.yml."


def _admins(answers: Answers) -> str:
    if answers.get("admins"):
        return f"{YES}Admins hear of the bot's own troubles."
    return "Admins: nobody hears of the bot's own troubles. Name them under access.admins."


def _aws(answers: Answers) -> str:
    if not answers.get("accounts"):
        return "AWS: the bot works with its own credentials; give it some (step 3)."
    return "AWS: make the role in each account (step 3)."


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    yield title
    yield from (f"  - {line}" for line in lines)
