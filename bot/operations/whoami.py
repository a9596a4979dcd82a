from bot.operation import Desk, Query, Topic
from bot.values import Answer, Code, Facts, Mention, Person

WORDS = {
    "viewer": "look",
    "requester": "ask for changes",
    "approver": "approve and reject",
    "admin": "administer the bot",
}
UNKNOWN = ", as your Slack profile names none that I know"
NOTHING = "nothing here; ask a full member of this workspace"


class WhoAmI(Query):
    """Show who I take you for and what you may do."""

    verb, name = "whoami", "whoami"
    topic = Topic.ADMINISTRATION
    example = "whoami"
    synonyms = "whoami permission rights allowed role roles"

    async def answer(self, desk: Desk, person: Person) -> Answer:
        roles = await desk.roles(person)
        allowed = [WORDS[role] for role, held in roles.items() if held]
        unsure = [WORDS[role] for role, held in roles.items() if held is None]
        untold = f"whether you may {' or '.join(unsure)}: ask again in a minute"
        agrees = roles["approver"] is not False
        unknown = (("Slack does not tell me now", (untold,)),) if unsure else ()
        return Answer(
            title=f"You are {person.name}",
            parts=(
                Facts(
                    pairs=(
                        ("Person", (Mention(person=person.id), f" ({person.id})")),
                        ("Time zone", (person.timezone + UNKNOWN * (not person.has_timezone),)),
                        ("You may", (", ".join(allowed) or ("-" if unsure else NOTHING),)),
                        *unknown,
                        *((("You may never", ("approve your own request",)),) * agrees),
                    )
                ),
            ),
            hint=("What you can type: ", Code(text="/rds help")),
        )
