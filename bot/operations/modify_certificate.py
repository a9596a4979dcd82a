from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, PrivateAttr

from bot.aws import AWS
from bot.errors import PreflightError
from bot.operation import MODIFY_INSTANCE, Setting, Topic, Wanted
from bot.params import Instance, Parameter
from bot.values import Database, Risk

Authority = Annotated[
    str,
    Parameter(
        "Authority",
        "CA",
        "For example rds-ca-rsa2048-g1. Left out: AWS's own choice for new databases.",
        also=("CACertificateIdentifier",),
    ),
]


class ModifyCertificate(Setting):
    """Give an instance a certificate of another authority; left out, of AWS's current one.

    Clients that verify the certificate need that authority in their bundle first. The card says
    whether the engine restarts for it.
    """

    verb, name = "certificate", "modify_certificate"
    topic = Topic.UPGRADES
    risk = Risk.MEDIUM
    because = "clients that verify the certificate must know the new authority"
    immediately = True
    horizon = timedelta(hours=1)
    permissions = (*MODIFY_INSTANCE, "rds:DescribeCertificates", "rds:DescribeDBEngineVersions")
    needless = (
        ("ApplyImmediately", "It is always said: AWS would wait for the window else."),
        ("CertificateRotationRestart", "AWS restarts where its engine needs that; the card says."),
    )
    example = "certificate orders-test rds-ca-rsa4096-g1 --reason 'longer keys'"
    synonyms = "ca authority tls ssl rotate+certificate renew+certificate"

    target: Instance
    authority: Authority | None = Field(default=None, json_schema_extra={"positional": True})
    #: Whether it restarts for it, once AWS was asked; None: AWS does not say.
    _restarts: bool | None = PrivateAttr(default=None)

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        what, argument = "Certificate authority", "CACertificateIdentifier"
        return (Wanted(what, "certificate", argument, self.authority, "authority"),)

    async def completed(self, aws: AWS, database: Database) -> Self:
        offer = await aws.certificates(database)
        chosen = self.authority or next(iter(offer.authorities), "")
        if chosen not in offer.authorities:
            known = ", ".join(offer.authorities) or "none that I can see"
            raise PreflightError(
                f"AWS signs certificates of {database.name} by {known}, not by {chosen!r}.",
                "authority",
            )
        complete = self.model_copy(update={"authority": chosen})
        complete._restarts = None if offer.in_place is None else not offer.in_place
        return complete

    def downtime_of(self, database: Database) -> str:
        if self._restarts is None:
            return "perhaps one to two minutes: AWS does not say whether it restarts"
        if self._restarts:
            return "one to two minutes; connections drop while it restarts"
        return "none; new connections get the new certificate"

    def warnings(self, database: Database) -> Iterator[str]:
        yield f"Clients that verify it and do not know {self.authority} cannot connect any more."
