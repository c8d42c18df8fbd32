"""Every setting, read once from the environment and `.env`; the rest of the code gets plain values."""

from enum import Enum
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.limits import Networks, networks_from


class Env(Enum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SmsProvider(Enum):
    NONE = "none"
    LOG = "log"
    TENCENT = "tencent"
    ALIYUN = "aliyun"


class Storage(Enum):
    DISK = "disk"
    COS = "cos"
    S3 = "s3"


class LogFormat(Enum):
    CONSOLE = "console"
    JSON = "json"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="WELLMATE_", env_file=".env", env_ignore_empty=True, extra="ignore")

    env: Env = Field(default=Env.DEVELOPMENT, description="`production` refuses to start with a missing or weak secret")
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 lets the system choose")
    data_dir: Path = Field(
        default=Path("data"), description="Folder of the embedded database, generated secrets and local files"
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL 14+, `postgresql://user:password@host/name`; without it an embedded one is started",
    )
    database_replica_url: SecretStr | None = Field(
        default=None, description="A read replica, which serves batched reads to whoever has not written of late"
    )
    redis_url: SecretStr | None = Field(default=None, description="Needed as soon as more than one process serves")
    drain_seconds: float = Field(
        default=20.0, ge=0, le=600, description="How long a server that is stopped lets its replies run on, in seconds"
    )
    first_word_seconds: float = Field(
        default=30.0, gt=0, le=600, description="From a question to the first word of its answer, over all providers"
    )
    provider_concurrency: int = Field(
        default=32, ge=1, description="How many questions one provider gets at once from each process"
    )
    history_cache_seconds: int = Field(
        default=600, ge=0, description="How long Redis keeps what was said last, for the next question; 0: not at all"
    )
    jwt_secret: SecretStr | None = Field(
        default=None,
        description="Signs access tokens; 32 characters or more. Newest first, by commas: old ones are believed",
    )
    data_keys: SecretStr | None = Field(
        default=None,
        description="Encryption keys of data at rest, newest first, separated by commas; old ones still decrypt",
    )
    access_token_seconds: int = Field(default=86_400, ge=60, description="Life of an access token")
    refresh_token_seconds: int = Field(
        default=2_592_000, ge=600, description="Life of a refresh token that is not used"
    )
    wechat_app_id: str | None = Field(default=None, description="AppID of the mini-program")
    wechat_app_secret: SecretStr | None = Field(default=None, description="AppSecret of the mini-program")
    wechat_url: str = Field(default="https://api.weixin.qq.com", description="WeChat's server")
    sms_provider: SmsProvider | None = Field(
        default=None, description="`tencent`, `aliyun`, `none`, or `log` (development's default: codes go to the log)"
    )
    sms_key_id: str | None = Field(default=None, description="SecretId at Tencent Cloud, AccessKey id at Aliyun")
    sms_key_secret: SecretStr | None = Field(default=None, description="The key's secret")
    sms_app_id: str | None = Field(default=None, description="SmsSdkAppId at Tencent Cloud; Aliyun has none")
    sms_sign_name: str | None = Field(default=None, description="The approved signature")
    sms_template: str | None = Field(default=None, description="Id of the approved template for codes")
    sms_template_says_minutes: bool = Field(
        default=False, description="Whether the template has the minutes as its second parameter (Aliyun: `minutes`)"
    )
    sms_url: str | None = Field(default=None, description="Another address than the vendor's own")
    phone_regions: str = Field(
        default="CN", description="Regions whose mobile numbers get codes, ISO 3166, separated by commas: `CN,HK,MO`"
    )
    trusted_proxies: str = Field(
        default="", description="Addresses or networks of proxies whose X-Forwarded-For is believed, by commas"
    )
    allowed_origins: str = Field(
        default="https://servicewechat.com,http://127.0.0.1:*,http://localhost:*",
        description="Web pages of other addresses that may call, by commas, `*` as a wildcard; the default lets in "
        "mini-programs and their devtools. What is no browser sends no Origin and is let in anyway",
    )
    shared_networks: str = Field(
        default="", description="Networks with many people behind one address, by commas: 50 times as much is allowed"
    )
    admin_username: str = Field(default="admin", description="Name of the first superadmin")
    admin_password: SecretStr | None = Field(
        default=None, description="Password of the first superadmin; in development one is generated and shown once"
    )
    fastgpt_base_url: str | None = Field(
        default=None, description="FastGPT, e.g. `http://host:3000/api`; fills an api_config at first start"
    )
    fastgpt_api_key: SecretStr | None = Field(default=None, description="Key of one FastGPT app")
    step_base_url: str | None = Field(default=None, description="StepFun, e.g. `https://api.stepfun.com/v1`")
    step_api_key: SecretStr | None = Field(default=None, description="StepFun key")
    step_model: str | None = Field(default=None, description="Vision model at StepFun")
    openai_base_url: str | None = Field(
        default=None, description="Any OpenAI-compatible server, e.g. `http://host:11434/v1`"
    )
    openai_api_key: SecretStr | None = Field(default=None, description="Key of that server; local ones ignore it")
    openai_model: str | None = Field(default=None, description="Model at that server")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+/?$",
        description="Where phones reach this server, `https://api.example.cn`; else links to files repeat the address "
        "that was asked",
    )
    storage: Storage = Field(
        default=Storage.DISK,
        description="Where files are kept: `disk` (one machine), `cos` (Tencent) or `s3` (Sealos, MinIO and the like)",
    )
    cos_bucket: str | None = Field(default=None, description="Bucket with its number, `wellmate-1250000000`")
    cos_region: str | None = Field(default=None, description="Region of the bucket, `ap-guangzhou`")
    cos_secret_id: str | None = Field(default=None, description="SecretId that may read, write and delete in it")
    cos_secret_key: SecretStr | None = Field(default=None, description="Its SecretKey")
    cos_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+/?$",
        description="An address of one's own for the bucket, `https://files.example.cn`",
    )
    s3_url: str | None = Field(
        default=None, pattern=r"^https?://[^/?#\s]+/?$", description="Where this server reaches the store"
    )
    s3_public_url: str | None = Field(
        default=None, pattern=r"^https?://[^/?#\s]+/?$", description="Where phones reach it, when that differs"
    )
    s3_bucket: str | None = Field(default=None, description="Bucket")
    s3_region: str = Field(default="us-east-1", description="Region; MinIO's and Sealos' is the default")
    s3_access_key: str | None = Field(default=None, description="Key that may read, write and delete in the bucket")
    s3_secret_key: SecretStr | None = Field(default=None, description="Its secret")
    max_image_bytes: int = Field(
        default=10_485_760, ge=102_400, le=20_971_520, description="Largest picture that is taken; it is made smaller"
    )
    max_paper_bytes: int = Field(
        default=20_971_520, ge=102_400, le=104_857_600, description="Largest PDF that is taken; it is kept as it is"
    )
    compiled_queries: bool = Field(
        default=True, description="Run queries as compiled functions; `false` leaves everything to graphql-core"
    )
    documents: Path | None = Field(
        default=None,
        description="More operations that clients may send by hash, a JSON object of SHA-256 to text; "
        "those of the mini-program's client are known without it",
    )
    open_documents: bool = Field(default=True, description="`false` refuses every other operation from all but admins")
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Bearer token of `/metrics`; without it the route is there in development only, for this machine",
    )
    otel_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^?#\s]+$",
        description="OpenTelemetry collector that takes spans by OTLP over HTTP, `http://127.0.0.1:4318`; needs "
        "`pip install --require-hashes -r requirements-otel.lock`",
    )
    log_days: int = Field(default=180, ge=1, description="Days that log entries are kept, by whole months")
    ai_content_days: int = Field(
        default=30, ge=1, description="Days that the contents of questions to AI providers are kept for admins"
    )
    event_days: int = Field(default=7, ge=1, description="Days that a client may be away and still catch up by events")
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR"
    )
    log_format: LogFormat = Field(default=LogFormat.CONSOLE, description="`console` for people, `json` for machines")

    @property
    def phones_of(self) -> frozenset[str]:
        return frozenset(region.strip().upper() for region in self.phone_regions.split(",") if region.strip())

    @field_validator("trusted_proxies", "shared_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks_from(text)
        return text

    @property
    def networks(self) -> Networks:
        return Networks(networks_from(self.shared_networks), networks_from(self.trusted_proxies))

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(origin.strip() for origin in self.allowed_origins.split(",") if origin.strip())

    @property
    def files_dir(self) -> Path:
        """Where uploaded files lie when storage is this disk."""
        return self.data_dir / "files"

    @property
    def in_production(self) -> bool:
        return self.env is Env.PRODUCTION


def revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
