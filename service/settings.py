"""Every setting, read once at the edge and passed on as a value.

Each comes from ``REASONANCE_<NAME>`` in the environment; a name that is not known is refused. They are listed in
``docs/settings.md``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_config_path, user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.errors import SettingsInvalid

PREFIX = "REASONANCE_"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=lambda: user_data_path("reasonance"))
    """Everything at rest, but for the master key."""
    model_dir: Path = Field(default_factory=lambda: user_data_path("reasonance") / "models")
    master_key_file: Path = Field(default_factory=lambda: user_config_path("reasonance") / "master.key")
    """Opens the inbox; made at first start, kept outside the data directory. Without it accepted originals are lost."""
    database_url: SecretStr | None = None
    """PostgreSQL ≥ 15 with pgvector; none: an embedded one in the data directory."""
    blob_url: str | None = None
    """Any fsspec URL for kept files; none: a folder in the data directory."""
    demo_dir: Path | None = None
    """Where ``demo`` keeps everything of its own; none: the folder ``demo`` in the data directory."""

    host: str = "127.0.0.1"
    port: int = Field(8321, ge=1, le=65535)
    """The first port tried; the next free one is taken where it is busy."""
    upload_max_bytes: int = Field(512 * 2**20, ge=1)
    audio_max_s: float = Field(24 * 3600, gt=0)
    vcon_keys_file: Path | None = None
    """PEM certificates or public keys of those whose signed vCons are taken; none: signatures are not checked."""

    asr_model: str = "auto"
    """``auto``, a bundled name (base, tiny.en), a path, or any Hugging Face name that is on this machine."""
    asr_hours_per_day: float | None = Field(None, gt=0)
    """Hours of recordings a day; ``auto`` then takes the most accurate model that was measured to keep up with them."""
    asr_device: Literal["auto", "cpu", "cuda"] = "auto"
    asr_compute_type: str = "auto"
    """``auto`` means int8 on a CPU and float16 on a GPU."""
    asr_language: str | None = None
    """BCP-47; none: detected in each recording."""
    asr_window_s: float = Field(600, gt=0)
    """A recording is transcribed in windows of this length; a crash costs one window."""
    embedder: str = "auto"
    """``auto`` (English by one model, other languages by another, in one space), a bundled name, a path, or any Hugging
    Face name that is on this machine."""
    spacy_model: str = "en_core_web_sm"

    value_medium: float = 100.0
    """A customer's value in a year from which on it is medium, in the tenant's currency."""
    value_high: float = 1000.0
    """And from which on it is high."""

    worker_heartbeat_s: float = Field(10, gt=0)
    worker_stalled_s: float = Field(30, gt=0)
    """A worker that is silent for this long has its work taken over."""
    worker_grace_s: float = Field(30, gt=0)
    """How long a worker may finish what it runs after SIGTERM."""
    stage_attempts: int = Field(3, ge=1)
    quarantine_days: float = Field(30, gt=0)
    """How long the original of a contact that could not be analysed is kept, encrypted."""
    stage_timeout_s: float = Field(7200, gt=0)
    """The longest that the transcription of one window may stay silent."""
    child_memory_bytes: int = Field(8 * 2**30, ge=2**28)
    """What the process that decodes and transcribes may allocate."""
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)


def vcon_keys(settings: Settings) -> bytes | None:
    """The trusted keys of signed vCons. Raises SettingsInvalid (permanent): the file cannot be read."""
    if settings.vcon_keys_file is None:
        return None
    try:
        return settings.vcon_keys_file.read_bytes()
    except OSError as error:
        raise SettingsInvalid(f"{PREFIX}VCON_KEYS_FILE: {settings.vcon_keys_file} cannot be read") from error


def load() -> Settings:
    """The settings of this process. Raises SettingsInvalid (permanent) naming every fault at once."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsInvalid("not known: " + ", ".join(unknown))
    try:
        return Settings()
    except ValidationError as error:
        faults = [f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
        raise SettingsInvalid("; ".join(faults)) from error
