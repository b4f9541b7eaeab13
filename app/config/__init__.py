"""The settings: what there is, what each may be, where each value comes from. The modules here are its inside."""

from app.config.exposure import exposed
from app.config.secrets import masked
from app.config.settings import Acknowledge, Limits, Loaded, SessionSettings, Settings, Tls, flat, names
from app.config.sources import load
from app.config.yaml_file import ConfigError

__all__ = [
    "Acknowledge",
    "ConfigError",
    "Limits",
    "Loaded",
    "SessionSettings",
    "Settings",
    "Tls",
    "exposed",
    "flat",
    "load",
    "masked",
    "names",
]
