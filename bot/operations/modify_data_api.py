from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from bot.operation import Setting, Topic, Wanted
from bot.params import Choice, Cluster, OnOff
from bot.values import Assessment, Call, Database, Risk

State = Annotated[
    OnOff,
    Choice(
        "Data API",
        "on|off",
        "On: SQL can be sent over HTTPS.",
        options=("on", "off"),
        also=("HttpEndpointEnabled", "EnableHttpEndpoint"),
    ),
]


class ModifyDataAPI(Setting):
    """Turn the Data API of an Aurora cluster on or off.

    On, whoever has the permission and the secret sends SQL over HTTPS, past the network in which
    the cluster stands.
    """

    verb, name = "data-api", "modify_data_api"
    topic = Topic.ACCESS
    called = "Data API"
    risk = Risk.HIGH
    because = "it opens a way to the data over HTTPS, past its network"
    horizon = timedelta(minutes=30)
    permissions = ("rds:DescribeDBClusters", "rds:DisableHttpEndpoint", "rds:EnableHttpEndpoint")
    needless = (("ApplyImmediately", "The Data API changes at once in any case."),)
    example = "data-api shop-staging on --reason 'the new jobs have no network to it'"
    synonyms = "http+endpoint"

    target: Cluster
    state: State

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        return (Wanted("Data API", "data_api", "HttpEndpointEnabled", self.state == "on", "state"),)

    def effect(self, database: Database) -> str:
        return f"Turn the Data API of {database.name} {self.state}"

    def call(self, database: Database) -> Call:
        action = "EnableHttpEndpoint" if self.state == "on" else "DisableHttpEndpoint"
        return Call(action=f"rds:{action}", arguments={"ResourceArn": database.arn})

    def own_risk(self, database: Database) -> Assessment:
        if self.state == "off":
            reasons = ("whatever sends SQL over HTTPS is refused then",)
            return Assessment(risk=Risk.MEDIUM, reasons=reasons)
        return super().own_risk(database)

    def cannot(self, database: Database) -> Mapping[str, str]:
        if not database.is_aurora:
            return {
                "target": f"{database.name} is a Multi-AZ DB cluster: the Data API is for Aurora "
                "alone. Connect to its endpoint instead."
            }
        return {}

    def warnings(self, database: Database) -> Iterator[str]:
        if self.state == "on":
            yield "Security groups do not hold for the Data API: only permissions of IAM do."
        else:
            yield "The query editor and all jobs that use the Data API stop working."
