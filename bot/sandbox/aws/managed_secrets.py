"""The secret in which AWS keeps a master password that it manages."""

from moto.rds import models as moto


class ManagedSecret(moto.MasterUserSecret):
    """Its status changes when it is told to; moto's does whenever somebody looks."""

    def __init__(self, resource: moto.DBCluster | moto.DBInstance, kms_key_id: str | None) -> None:
        super().__init__(resource, kms_key_id)
        self._status = "active"

    @property
    def secret_status(self) -> str:
        """`creating`, `active`, `rotating` or `impaired`."""
        return self._status

    def begin(self, status: str) -> None:
        """`creating` or `rotating`, until it is active or impaired."""
        self._status = status

    def rotate_secret(self) -> None:
        """A newer version is the current one from now on."""
        super().rotate_secret()
        self._status = "active"

    def activate(self) -> None:
        self._status = "active"

    def impair(self) -> None:
        self._status = "impaired"
