"""What the environment says; read when a run starts, never at import."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """IGNYTE_* variables. The embedded default needs none of them."""

    model_config = SettingsConfigDict(env_prefix="IGNYTE_", frozen=True)

    home: Path = Path(".ignyte")
    database_url: SecretStr | None = None
    kms: Literal["local", "aws"] = "local"
