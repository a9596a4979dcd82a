"""What AWS offers a database to become."""

from bot.values._base import Value

Span = tuple[int, int]


class UpgradeOffer(Value):
    """An engine version that another can be upgraded to."""

    version: str
    is_major: bool = False
    is_automatic: bool = False  #: AWS takes it by itself where minor upgrades are on


class CertificateOffer(Value):
    """By whom a database's certificate can be signed: first whom AWS takes for new databases."""

    authorities: tuple[str, ...] = ()
    in_place: bool | None = None  #: it takes one without a restart; None: AWS does not say


class StorageOffer(Value):
    """What an instance's storage may become, of one kind. Each span from least to most."""

    storage_type: str
    gib: tuple[Span, ...] = ()
    iops: tuple[Span, ...] = ()
    throughput: tuple[Span, ...] = ()  #: MiB a second
    grows_by_itself: bool = False
