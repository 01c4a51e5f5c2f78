"""What the environment says; read when it is asked for, never at import."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from resources.errors import Stop
from resources.platform import App
from resources.secret import Secret


def _database(url: SecretStr | None) -> SecretStr | None:
    if url and not url.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("use sqlite:///<file> or postgresql+psycopg://…")
    return url


def _loopback(address: str) -> str:
    host, _, port = address.rpartition(":")
    if not (ipaddress.ip_address(host.strip("[]")).is_loopback and port.isdigit()):
        raise ValueError("the sandbox listens on a loopback address, given as HOST:PORT")
    return address


def _secret(name: str) -> Secret | None:
    """A secret in the environment, or in the file that NAME_FILE names there: the environment is seen by others."""
    if said := os.environ.get(name):
        return Secret(said)
    file = os.environ.get(f"{name}_FILE")
    return Secret(Path(file).read_text(encoding="utf-8").strip()) if file else None


class _SandboxApp(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client_id: str
    client_secret: SecretStr
    developer_token: SecretStr | None = None

    @property
    def app(self) -> App:
        token = self.developer_token
        return App(
            client_id=self.client_id,
            client_secret=Secret(self.client_secret.get_secret_value()),
            developer_token=Secret(token.get_secret_value()) if token else None,
        )


class Sandbox(BaseModel):
    """Where the pretend platforms are: an address on loopback, and the CA that vouches for them."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    address: Annotated[str, AfterValidator(_loopback)]
    ca: Path
    apps: dict[str, _SandboxApp] = Field(default_factory=dict)


class Settings(BaseSettings):
    """IGNYTE_* variables. The embedded default needs none of them."""

    model_config = SettingsConfigDict(env_prefix="IGNYTE_", frozen=True, hide_input_in_errors=True)

    home: Annotated[Path, AfterValidator(Path.absolute)] = Field(default=Path(".ignyte"), validate_default=True)
    database_url: Annotated[SecretStr | None, AfterValidator(_database)] = None
    region: str = Field(default="eu-central-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")  # where this machine stands
    kms: Literal["local", "aws"] = "local"
    kms_credentials_key: str | None = None
    kms_data_key: str | None = None
    aws_endpoint_url: str | None = None
    vault_access: Literal["all", "data"] = "all"  # a process that only queries gets "data"
    audit_checkpoints: str | None = None  # a folder or s3://<bucket>/<prefix>; at best out of this machine's reach
    smtp_url: SecretStr | None = None  # smtps://user:password@host, or smtp:// with STARTTLS
    smtp_from: str = ""
    smtp_ca: Path | None = None
    backups: str | None = None  # a folder or s3://<bucket>/<prefix>; at best out of this machine's reach
    backup_keys: str | None = None  # the same, but apart from `backups`: what opens them never lies beside them
    backup_days: int = Field(default=30, ge=1)  # the promised 30 days are the longest, whatever is said here
    query_memory_limit: str = Field(default="1GB", pattern=r"^\d+(\.\d+)?(KB|MB|GB|KiB|MiB|GiB)$")
    query_threads: int = Field(default=2, ge=1)
    query_seconds: float = Field(default=60, gt=0)

    @property
    def control_plane_url(self) -> SecretStr:
        return self.database_url or SecretStr(f"sqlite:///{self.home}/control.db")

    @property
    def data_root(self) -> Path:
        return self.home / "data"

    @property
    def keys_dir(self) -> Path:
        return self.home / "keys"

    @property
    def audit_dir(self) -> Path:
        return self.home / "audit"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def sandbox_file(self) -> Path:
        return self.home / "sandbox.json"

    @property
    def sandbox(self) -> Sandbox | None:
        """The sandbox that this home talks to, and to nothing else; None for a live home.

        Raises:
            Stop: the file that says so can't be read.
        """
        if not self.sandbox_file.exists():
            return None
        try:
            return Sandbox.model_validate_json(self.sandbox_file.read_bytes())
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise Stop(
            f"{where}: {fault['msg']}.", to=f"sandbox file {self.sandbox_file}", do_next="Start the sandbox again."
        )

    def app(self, platform: str) -> App | None:
        """Our registration at a platform, or None if there is none. A sandbox home never sees a live one."""
        if sandbox := self.sandbox:
            pretend = sandbox.apps.get(platform)
            return pretend.app if pretend else None
        prefix = f"IGNYTE_{platform.upper()}_"
        client_id, secret = os.environ.get(f"{prefix}CLIENT_ID"), _secret(f"{prefix}CLIENT_SECRET")
        if client_id is None or secret is None:
            return None
        return App(client_id=client_id, client_secret=secret, developer_token=_secret(f"{prefix}DEVELOPER_TOKEN"))

    def prepare(self) -> None:
        """Makes the home and its folders, open to their owner only."""
        for folder in (self.home, self.data_root, self.keys_dir, self.dagster_home):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
