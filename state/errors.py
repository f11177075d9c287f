"""Every error that this project raises on purpose.

LoopCopilotError
|-- InputError               what a person or a file handed in cannot be used           exit status 2
|   |-- UploadError          an attached file is not usable audio
|   |-- DialogueError        a dialogue file is not in the documented form
|   `-- StrategyError        a strategy's name or file is not usable
|-- Refusal                  an understood request that cannot be carried out: ask the user
|-- ToolError                a tool was well called and still failed                    turn "failed"
|   `-- ModelUnavailable     a seated model cannot be loaded: trying again is no use
|-- PlannerError             a planner gave nothing that can be used                     turn "failed" or "partial"
|-- BudgetSpent              a limit of the turn was reached                             turn "failed" or "partial"
|-- ReplayError              a replayed turn asks a language model what was not asked    `replay`: exit status 1
|-- Cancelled                the person stopped the work                                turn "failed"
`-- InfrastructureError      the disk, database or environment failed                   exit status 3
    |-- ArtifactMissing      an artifact's file is gone
    |-- ArtifactCorrupt      an artifact's content is not what its id says
    |-- SessionBusy          another process is at work in this session
    |-- SessionUnreadable    what is stored of this session is in no form that is known
    |-- ServerTimeout        the language model's server gave no answer in time: a ServerError
    |-- ServerError          the language model's server is away, refuses or answers nothing usable
    `-- SetupError           a package, data file or setting that is needed is not there
"""

from __future__ import annotations


class LoopCopilotError(Exception):
    """Base of the tree. `field` names what was wrong; the message says what would be right, in one line."""

    kind = "error"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class InputError(LoopCopilotError):
    """What was handed in cannot be used; nothing was changed."""

    kind = "input"


class UploadError(InputError):
    """An attached file is missing, unreadable, silent, too long or not audio."""

    kind = "upload"


class DialogueError(InputError):
    """A dialogue file is not in the documented form."""

    kind = "dialogue"


class StrategyError(InputError):
    """A strategy's name is unknown or its file is not in the documented form."""

    kind = "strategy"


class Refusal(LoopCopilotError):
    """An understood request that cannot be carried out on this table.

    `message` is a question or statement fit to be shown to the user; it says what would work instead.
    """

    kind = "refusal"


class ToolError(LoopCopilotError):
    """A tool was well called and failed while it worked."""

    kind = "tool"


class ModelUnavailable(ToolError):
    """A model that the strategy seats cannot be loaded, with these weights, on this machine; another attempt would not help.

    `model` and `weights` are those of the seat.
    """

    kind = "unavailable"

    def __init__(self, message: str, *, field: str | None = None, model: str, weights: str) -> None:
        super().__init__(message, field=field)
        self.model = model
        self.weights = weights


class PlannerError(LoopCopilotError):
    """A planner gave nothing that can be used, even when it was told what was wrong."""

    kind = "planner"


SECONDS = "budget.seconds"
"""The field of a BudgetSpent after which nothing more may be done, not even what is planned already."""


class BudgetSpent(LoopCopilotError):
    """A limit of the turn was reached; `message` is a full sentence fit for the reply."""

    kind = "budget"


class ReplayError(LoopCopilotError):
    """A replayed turn asks a language model something else than was recorded, or once more."""

    kind = "replay"


class Cancelled(LoopCopilotError):
    """The person stopped the work."""

    kind = "cancelled"


class InfrastructureError(LoopCopilotError):
    """The disk, the database or the environment failed."""

    kind = "infrastructure"


class ArtifactMissing(InfrastructureError):
    """An artifact's file is gone."""

    kind = "artifact_missing"


class ArtifactCorrupt(InfrastructureError):
    """An artifact's content is not what its id says."""

    kind = "artifact_corrupt"


class SessionBusy(InfrastructureError):
    """Another process is at work in this session."""

    kind = "session_busy"


class SessionUnreadable(InfrastructureError):
    """What is stored of a session is in no form that this version knows."""

    kind = "session_unreadable"


class ServerError(InfrastructureError):
    """The language model's server is away, refuses the request, or gives no answer in time."""

    kind = "server"


class ServerTimeout(ServerError):
    """The language model's server gave no answer in the time that it had."""


class SetupError(InfrastructureError):
    """A package, data file or setting that is needed is not there."""

    kind = "setup"
