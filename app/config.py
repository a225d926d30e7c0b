"""Every setting: its name in the environment, its default, what it means."""

import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
YES = {"1", "on", "true", "yes"}


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The configuration of the product, from environment variables."""
    instance = Path(environ.get("INSTANCE_PATH", ROOT / "instance"))

    def text(name: str, default: str = "") -> str:
        return environ.get(name, "").strip() or default

    def flag(name: str, default: bool) -> bool:
        return text(name, "on" if default else "off").lower() in YES

    public_url = text("PUBLIC_URL", f"http://{text('HOST', '127.0.0.1')}:{text('PORT', '8000')}").rstrip("/")
    database = text("DATABASE_URL", f"sqlite:///{instance / 'hen.db'}")
    https = public_url.startswith("https://")
    return {
        "INSTANCE_PATH": str(instance),
        # Signs sessions and links. Needed to serve; the demo makes and keeps its own.
        "SECRET_KEY": text("SECRET_KEY") or kept_secret(instance, make=flag("DEMO", False)),
        "SECRET_KEY_FALLBACKS": [key for key in text("SECRET_KEY_FALLBACKS").split(",") if key],
        # Every link in a message is built from this, never from a request's Host header.
        "PUBLIC_URL": public_url,
        "TRUSTED_HOSTS": [host for host in text("TRUSTED_HOSTS").split(",") if host] or None,
        # How many reverse proxies in front may be believed about the client's address.
        "TRUSTED_PROXIES": int(text("TRUSTED_PROXIES", "0")),
        # -- database
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 32,
            "max_overflow": 32,
            "pool_pre_ping": not database.startswith("sqlite"),  # a server's connection may have died since; a file's cannot
            "hide_parameters": True,  # what goes wrong is logged, without the names and phones that went along
        },
        # -- mail: without a server messages are kept and shown in the staff tray
        "MAIL_SERVER": text("MAIL_SERVER"),
        "MAIL_PORT": int(text("MAIL_PORT", "25")),
        "MAIL_USERNAME": text("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": text("MAIL_PASSWORD") or None,
        "MAIL_USE_TLS": flag("MAIL_USE_TLS", False),
        "MAIL_USE_SSL": flag("MAIL_USE_SSL", False),
        "MAIL_CA_FILE": text("MAIL_CA_FILE") or None,
        "MAIL_DEFAULT_SENDER": text("MAIL_DEFAULT_SENDER", "Hẹn <hen@localhost>"),
        "MAIL_TIMEOUT": float(text("MAIL_TIMEOUT", "12")),  # seconds to connect, and again for each message
        "MAIL_EHLO_NAME": text("MAIL_EHLO_NAME") or None,  # how we introduce ourselves; default: the host of PUBLIC_URL
        # -- SMS: a generic HTTP gateway; unset = the staff call list
        "SMS_GATEWAY_URL": text("SMS_GATEWAY_URL"),
        "SMS_GATEWAY_METHOD": text("SMS_GATEWAY_METHOD", "POST"),
        "SMS_GATEWAY_HEADERS": text("SMS_GATEWAY_HEADERS", "Content-Type: application/json"),  # one per line
        "SMS_GATEWAY_BODY": text("SMS_GATEWAY_BODY", '{"to": "{to}", "text": "{text}", "id": "{id}"}'),
        "SMS_GATEWAY_SUCCESS": text("SMS_GATEWAY_SUCCESS", "^2"),  # regex on "STATUS BODY"
        # -- sending
        "SCHEDULER": flag("SCHEDULER", False),  # the heartbeat inside this web process
        "HEARTBEAT_SECONDS": float(text("HEARTBEAT_SECONDS", "5")),
        "LEASE_SECONDS": float(text("LEASE_SECONDS", "20")),  # a message in hand this long: its process is gone
        "RETRY_SECONDS": float(text("RETRY_SECONDS", "60")),  # after the first refusal for now; then doubling
        "SENDING_HOURS": text("SENDING_HOURS", "07:00-20:30"),  # office's zone; for messages nobody asked for just now
        # -- booking
        "HOLD_MINUTES": int(text("HOLD_MINUTES", "10")),
        # -- web
        "RATELIMIT_ENABLED": flag("RATELIMIT_ENABLED", True),
        "RATELIMIT_STORAGE_URI": text("RATELIMIT_STORAGE_URI", "memory://"),
        "RATELIMIT_HEADERS_ENABLED": True,
        "SESSION_COOKIE_NAME": "__Host-hen" if https else "hen",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=180),
        "WTF_CSRF_TIME_LIMIT": None,  # a form left open over lunch is still good
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 300,
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "app" / "translations"),
        "BOOTSTRAP_SERVE_LOCAL": True,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),  # static addresses carry the file's fingerprint
        "COMPRESS_MIN_SIZE": 1000,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "LOG_FORMAT": text("LOG_FORMAT", "console"),  # or "json": one object a line
        # -- whose installation this is, shown beside the mark
        "SITE_NAME": text("SITE_NAME", "Bộ phận Một cửa"),
        "SITE_PLACE": text("SITE_PLACE", "quận Ô Môn, Cần Thơ"),
        "SITE_PHONE": text("SITE_PHONE", "0292 3 000 000"),
        "SITE_HOURS": text("SITE_HOURS", "7:00–17:00"),
    }


def environment() -> dict[str, str]:
    """For programs of others that we start."""
    return dict(os.environ)


def kept_secret(instance: Path, make: bool) -> str | None:
    """The demo's own secret, made once and kept beside its database."""
    kept = instance / "secret.key"
    if not kept.exists() and make:
        instance.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(32))
    return kept.read_text().strip() if kept.exists() else None
