"""Settings: the only place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from state.errors import InputError
from state.home import home_of


class LlmSettings(BaseModel):
    """Where a language model is reached. Any server that speaks OpenAI's chat completions will do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str | None = Field(
        None,
        description="LOOPCOPILOT_LLM_BASE_URL, else OPENAI_BASE_URL: e.g. http://127.0.0.1:11434/v1; default OpenAI's",
    )
    model: str | None = Field(None, description="LOOPCOPILOT_LLM_MODEL: the model of strategies that name none")
    api_key: SecretStr | None = Field(
        None, description="LOOPCOPILOT_LLM_API_KEY, else OPENAI_API_KEY; local servers need none"
    )
    timeout_seconds: float = Field(
        60.0, gt=0, le=3600, description="LOOPCOPILOT_LLM_TIMEOUT: longest wait for an answer"
    )
    retries: int = Field(
        2, ge=0, le=10, description="LOOPCOPILOT_LLM_RETRIES: more attempts when the server is busy or away"
    )


class Settings(BaseModel):
    """Where things lie and what is allowed. Each field can be set by the variable named in its description."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(description="LOOPCOPILOT_HOME: everything that is kept; default the platform's data directory")
    tracking_uri: str = Field(description="MLFLOW_TRACKING_URI: the MLflow store; default sqlite under home")
    tracking: bool = Field(True, description="LOOPCOPILOT_TRACKING: 'off' logs nothing to MLflow")
    soundfont: Path | None = Field(None, description="LOOPCOPILOT_SOUNDFONT: a .sf2 in place of the built-in one")
    max_upload_seconds: float = Field(
        600.0, gt=0, le=3600, description="LOOPCOPILOT_MAX_UPLOAD_SECONDS: the longest upload that is taken"
    )

    device: str = Field("auto", description="LOOPCOPILOT_DEVICE: where models run; auto: an accelerator, else the CPU")
    model_memory_gb: float | None = Field(
        None, gt=0, description="LOOPCOPILOT_MODEL_MEMORY_GB: what loaded models may hold together; default: no limit"
    )
    worker_timeout_seconds: float = Field(
        900.0,
        gt=0,
        le=86400,
        description="LOOPCOPILOT_WORKER_TIMEOUT_SECONDS: longest silence of a worker in a call; a first call may download weights",
    )
    worker_placement: Literal["here", "ray"] = Field(
        "here", description="LOOPCOPILOT_WORKER_PLACEMENT: where workers start; ray: on a machine of its cluster"
    )
    ray_address: str = Field("auto", description="RAY_ADDRESS: Ray's cluster; auto: the one that runs on this machine")
    threads: int | None = Field(
        None, ge=1, description="OMP_NUM_THREADS: threads of a model on the CPU, as PyTorch reads it; recorded, not set"
    )
    llm: LlmSettings = LlmSettings()

    @property
    def artifacts(self) -> Path:
        return self.home / "artifacts"

    @property
    def sessions(self) -> Path:
        return self.home / "sessions"

    @property
    def database(self) -> Path:
        """SQLite: sessions, turns and revisions."""
        return self.home / "sessions.sqlite"

    @property
    def checkpoints(self) -> Path:
        """SQLite: LangGraph's checkpoints."""
        return self.home / "checkpoints.sqlite"

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, *, home: Path | None = None) -> Settings:
        """Settings from the environment; `home`, when given, wins. Raises InputError naming the variable."""
        env = os.environ if environment is None else environment
        if home is None:
            home = home_of(env)
        home = home.absolute()
        values: dict[str, object] = {
            "home": home,
            "tracking_uri": env.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home / 'mlflow.db'}",
            "tracking": env.get("LOOPCOPILOT_TRACKING", "on").lower() not in {"off", "0", "false", "no"},
        }
        if env.get("LOOPCOPILOT_SOUNDFONT"):
            values["soundfont"] = Path(env["LOOPCOPILOT_SOUNDFONT"]).expanduser()
        if env.get("LOOPCOPILOT_MAX_UPLOAD_SECONDS"):
            values["max_upload_seconds"] = env["LOOPCOPILOT_MAX_UPLOAD_SECONDS"]
        if env.get("LOOPCOPILOT_DEVICE"):
            values["device"] = env["LOOPCOPILOT_DEVICE"]
        if env.get("LOOPCOPILOT_MODEL_MEMORY_GB"):
            values["model_memory_gb"] = env["LOOPCOPILOT_MODEL_MEMORY_GB"]
        if env.get("LOOPCOPILOT_WORKER_TIMEOUT_SECONDS"):
            values["worker_timeout_seconds"] = env["LOOPCOPILOT_WORKER_TIMEOUT_SECONDS"]
        if env.get("LOOPCOPILOT_WORKER_PLACEMENT"):
            values["worker_placement"] = env["LOOPCOPILOT_WORKER_PLACEMENT"]
        if env.get("RAY_ADDRESS"):
            values["ray_address"] = env["RAY_ADDRESS"]
        # OpenMP's, one number for each level of nesting; what is none OpenMP passes over, and so do we.
        threads = env.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
        if threads.isdecimal() and int(threads):
            values["threads"] = int(threads)
        values["llm"] = {
            name: env[variable] for name, variables in _LLM.items() for variable in variables if env.get(variable)
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            place = [str(part) for part in first["loc"]]
            variable = _LLM[place[1]][-1] if place[0] == "llm" else f"LOOPCOPILOT_{place[0].upper()}"
            raise InputError(f"{first['msg']}, got {first['input']!r}", field=variable) from None


_LLM = {
    "base_url": ("OPENAI_BASE_URL", "LOOPCOPILOT_LLM_BASE_URL"),
    "model": ("LOOPCOPILOT_LLM_MODEL",),
    "api_key": ("OPENAI_API_KEY", "LOOPCOPILOT_LLM_API_KEY"),
    "timeout_seconds": ("LOOPCOPILOT_LLM_TIMEOUT",),
    "retries": ("LOOPCOPILOT_LLM_RETRIES",),
}
"""Fields of `LlmSettings` and the variables that set them; a later one wins."""
