from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import Choice, OnOff, Target
from bot.values import Assessment, Database, Risk

#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
ENGINES = ("aurora-mysql", "aurora-postgresql", "mariadb", "mysql", "postgres")
State = Annotated[
    OnOff,
    Choice(
        "IAM authentication",
        "on|off",
        "On: a login with a token of IAM is possible.",
        options=("on", "off"),
        also=("EnableIAMDatabaseAuthentication",),
    ),
]


class ModifyIAMAuth(Setting):
    """Turn logins with tokens of IAM on or off.

    Passwords work as before. Who logs in with a token also needs a user of the database that is
    made for it, and the permission rds-db:connect.
    """

    verb, name = "iam-auth", "modify_iam_auth"
    topic = Topic.ACCESS
    called = "IAM logins"
    risk = Risk.LOW
    because = "logins with a password work as before"
    immediately = True
    of_cluster = True
    horizon = timedelta(minutes=60)
    permissions = MODIFY
    needless = (("ApplyImmediately", "It is always said: AWS would wait for the window else."),)
    example = "iam-auth orders-test on --reason 'no passwords in the jobs'"
    synonyms = "iam+login iam+authentication"

    target: Target
    state: State

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        what, argument = "IAM authentication", "EnableIAMDatabaseAuthentication"
        pending = "IAMDatabaseAuthenticationEnabled"
        return (Wanted(what, "iam_auth", argument, self.state == "on", "state", pending=pending),)

    def own_risk(self, database: Database) -> Assessment:
        if self.state == "off":
            reasons = ("whoever logs in with a token of IAM gets in no more",)
            return Assessment(risk=Risk.MEDIUM, reasons=reasons)
        return super().own_risk(database)

    def cannot(self, database: Database) -> Mapping[str, str]:
        if database.engine not in ENGINES:
            return {
                "target": f"{database.name} runs {database.engine}: logins with tokens of IAM are "
                "for MySQL, MariaDB and PostgreSQL, and for Aurora."
            }
        return {}

    def warnings(self, database: Database) -> Iterator[str]:
        if self.state == "off":
            yield "New connections with a token are refused; those that are open stay open."
