"""The settings: what there is, what each may be, where each value comes from. The modules here are its inside."""

from app.config.exposure import exposed
from app.config.mail_server import MailServer
from app.config.secrets import masked
from app.config.settings import (
    Acknowledge,
    Alerts,
    BackupSettings,
    Limits,
    Loaded,
    MailSettings,
    S3Settings,
    SessionSettings,
    Settings,
    Tls,
    flat,
    names,
)
from app.config.sources import load
from app.config.yaml_file import ConfigError

__all__ = [
    "Acknowledge",
    "Alerts",
    "BackupSettings",
    "ConfigError",
    "Limits",
    "Loaded",
    "MailServer",
    "MailSettings",
    "S3Settings",
    "SessionSettings",
    "Settings",
    "Tls",
    "exposed",
    "flat",
    "load",
    "masked",
    "names",
]
