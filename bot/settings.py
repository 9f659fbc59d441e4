"""All settings, from the environment (`SALAMA_…`) and `.env`. docs/operations.md lists them; a test keeps it so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseSettings, Field, SecretStr, ValidationError, root_validator, validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.faults import Fault
from bot.safety.encryption import MIN_SECRET_LENGTH, read_or_create_secret

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Fault):
    """A setting is wrong; the message names it, its value where it is no secret, and the remedy."""


class Settings(BaseSettings):
    """What is in force in this process."""

    var_dir: Path = Field(ROOT / "var", description="where the database, models and the secret live")
    content_dir: Path = Field(ROOT / "content", description="the content that is served and trained from")
    evaluation_dir: Path = Field(ROOT / "evaluation", description="the frozen questions and floors for new models")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in var_dir")
    secret: SecretStr | None = Field(
        None, description="key for contact addresses, at least 32 characters; empty: made and kept in var_dir"
    )
    host: str = Field("127.0.0.1", description="address the gateway listens on")
    port: int = Field(8080, ge=1, le=65535, description="port the gateway listens on")
    public_url: str = Field("", description="address people reach the gateway at, behind a proxy; empty: host and port")
    default_language: str = Field("en", description="spoken until a person's language is known")
    engine_workers: int = Field(1, ge=0, le=64, description="engine processes; each takes a core under load")
    senders: int = Field(1, ge=0, le=16, description="sender processes; more than 1 only on PostgreSQL")
    messages_per_minute: int = Field(20, ge=1, description="of one person that are read; a call for help always is")
    telegram_token: SecretStr | None = Field(
        None, env=["SALAMA_TELEGRAM_TOKEN", "TELEGRAM_TOKEN"], description="the bot's token, from @BotFather"
    )
    twilio_account_sid: str = Field(
        "", env=["SALAMA_TWILIO_ACCOUNT_SID", "TWILIO_ACCOUNT_SID"], description="Twilio's account, AC…"
    )
    twilio_auth_token: SecretStr | None = Field(
        None, env=["SALAMA_TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"], description="its auth token; signs webhooks too"
    )
    twilio_sms_from: str = Field("", description="number (+…) or messaging service (MG…) for SMS; empty: no SMS")
    twilio_whatsapp_from: str = Field("", description="number (+…) or messaging service (MG…); empty: no WhatsApp")
    whatsapp_template: str = Field("", description="content template (HX…) for replies after WhatsApp's 24 hours")
    telegram_api_url: str = Field("https://api.telegram.org", description="for a Bot API server of your own")
    twilio_api_url: str = Field("", description="stands in for Twilio's hosts, for tests; empty: the real ones")
    extra_channels: str = Field("", description="channels of your own: package.module:function, separated by commas")
    content_review: Literal["facts", "always", "never"] = Field(
        "facts", description="facts, always or never: what a second person must look at before it is published"
    )
    smtp_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:587 (or smtps://) for the weekly digest; empty: console only"
    )
    digest_to: str = Field("", description="who gets the weekly digest, separated by commas")
    digest_from: str = Field("", description="its sender's address; empty: the first that gets it")
    fakes: bool = Field(False, description="play Telegram and Twilio here: three phones on the page at port + 1")
    metrics_token: SecretStr | None = Field(
        None, description="bearer token for /metrics; empty: only this machine may read them, not through a proxy"
    )
    handback_minutes: int = Field(
        30, ge=1, description="without a word of the staff, after which the bot takes a conversation back"
    )
    console_idle_minutes: int = Field(60, ge=1, description="after which an unused session of the console ends")
    console_hours: int = Field(12, ge=1, description="after which every session of the console ends")
    keep_texts_days: int = Field(180, ge=0, description="after which texts are erased; rows and figures stay; 0: never")
    log_format: str = Field("text", description="text or json")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    class Config:
        env_prefix = "SALAMA_"
        env_file = ".env"
        env_file_encoding = "utf-8"

    @validator("log_format")
    def _known_format(cls, value: str) -> str:
        if value not in ("text", "json"):
            raise ValueError(f'"{value}" is neither text nor json')
        return value

    @root_validator
    def _fakes_stand_in(cls, values: dict[str, Any]) -> dict[str, Any]:
        """With fakes every channel is there, and talks to them whatever else is set."""
        if values.get("fakes") and "port" in values:
            here = f"http://127.0.0.1:{values['port'] + 1}"
            values |= {
                "telegram_token": SecretStr("1:fake"),
                "twilio_account_sid": "ACfake",
                "twilio_auth_token": SecretStr("fake"),
                "twilio_sms_from": "+10000000001",
                "twilio_whatsapp_from": "+10000000002",
                "telegram_api_url": f"{here}/telegram",
                "twilio_api_url": f"{here}/twilio",
            }
        return values

    @validator("log_level")
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError(f'"{value}" is none of DEBUG, INFO, WARNING, ERROR')
        return value.upper()

    @validator("database_url")
    def _supported_database(cls, value: str) -> str:
        if value:
            try:
                backend = make_url(value).get_backend_name()
            except ArgumentError:
                raise ValueError("not a database address, for instance sqlite:///var/salama.db") from None
            if backend not in ("sqlite", "postgresql"):
                raise ValueError(f'"{backend}" is not supported: use sqlite:/// or postgresql://')
        return value

    @validator("secret")
    def _long_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"shorter than {MIN_SECRET_LENGTH} characters")
        return value

    @property
    def database(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.var_dir / 'salama.db'}"

    @property
    def models_dir(self) -> Path:
        """Where trained models are kept."""
        return self.var_dir / "models"

    @property
    def prepared_dir(self) -> Path:
        """Where processes keep what the next start need not work out again; it may be deleted at any time."""
        return self.var_dir / "prepared"

    @property
    def chat_url(self) -> str:
        """Where the web chat is found."""
        return f"{self.base_url}/chat"

    @property
    def base_url(self) -> str:
        """The address at which people and providers reach the gateway."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def telegram_polls(self) -> bool:
        """Whether Telegram is asked for messages: it calls back only an https address."""
        return self.telegram_token is not None and not self.public_url.startswith("https://")

    def address_secret(self) -> str:
        """The secret for contact addresses, made at the first use when none is set."""
        if self.secret is not None:
            return str(self.secret.get_secret_value())
        self.var_dir.mkdir(parents=True, exist_ok=True)
        return read_or_create_secret(self.var_dir / "secret.key")


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one is wrong; the message is one line a setting.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"SALAMA_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()]
        raise SettingsError("; ".join(lines)) from None
