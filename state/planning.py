"""The planner of a strategy, as declared: one section a kind, so that a field which a kind does not have is refused."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator

from state.numbers import Numbers
from state.references import located
from state.text import unkept


class _Section(Numbers):
    # Such numbers become null when they are written; a bound on text has it checked for what cannot be written.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_max_length=1_000_000)


def _written(value: dict[str, Any]) -> dict[str, Any]:
    if (unfit := unkept(value)) is not None:
        raise ValueError(unfit)
    return value


Written = Annotated[dict[str, Any], AfterValidator(_written)]
"""A mapping that is the same when it is read back from where it is kept."""


class _Planner(_Section):
    kind: str
    sees_gat: bool = Field(True, description="whether the planner is shown the table; an ablation")
    history: int = Field(8, ge=0, le=50, description="past turns that the planner is shown")


class RulesChoice(_Planner):
    """The built-in rules."""

    kind: Literal["rules"] = "rules"


class _Model(_Planner):
    """What every planner that asks a language model has, one from outside too."""

    model: str | None = Field(None, description="the model's name at the server; default: LOOPCOPILOT_LLM_MODEL")
    temperature: float = Field(0.0, ge=0, le=2)
    max_tokens: int = Field(1024, ge=16, le=32_768, description="longest answer of one call")
    history: int = Field(4, ge=0, le=50, description="past turns that the planner is shown")


class _Prompted(_Model):
    """What the planners have that are asked with a prompt of ours."""

    prompt: str = Field("v1", description="version of the shipped prompt, or a prompt's text; in a file {file: PATH}")
    examples: bool = Field(True, description="whether the prompt shows worked examples")
    repairs: int = Field(1, ge=0, le=5, description="times an unusable answer goes back to the model with the error")

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, prompt: str) -> str:
        if not prompt.strip():
            raise ValueError("is empty; it is a version such as 'v1', a text, or {file: PATH}")
        return prompt


class _Formed(_Prompted):
    """What the planners have that ask for a whole plan at once."""

    structured: Literal["auto", "json_schema", "function_calling", "json_mode", "text"] = Field(
        "auto", description="how a plan's form is asked for; auto: the best that the server takes"
    )


class SingleShotChoice(_Formed):
    """One structured plan, executed blind."""

    kind: Literal["single_shot"]


class PlanExecuteChoice(_Formed):
    """A plan, and another one with the verifier's evidence when a step fails (see retry.kind: replan)."""

    kind: Literal["plan_execute"]


class ReactChoice(_Prompted):
    """The paper's loop: thought, action, observation, one tool at a time, in text."""

    kind: Literal["react"]


class ReactToolsChoice(_Prompted):
    """The same loop on native tool calls."""

    kind: Literal["react_tools"]


class ReflectChoice(_Formed):
    """A plan that is criticised once before it runs."""

    kind: Literal["reflect"]


class VoteChoice(_Formed):
    """Several plans; the one that the others agree with most is run."""

    kind: Literal["vote"]
    votes: int = Field(3, ge=2, le=15)
    temperature: float = Field(0.8, ge=0, le=2)


class HybridChoice(_Formed):
    """Rules when they are sure, the language model otherwise."""

    kind: Literal["hybrid"]


class _Blind(_Section):
    """A planner that looks at nothing: neither `sees_gat` nor `history` would change what it does."""

    kind: str
    sees_gat: ClassVar[bool] = True
    history: ClassVar[int] = 0


class DoNothingChoice(_Blind):
    """Changes nothing, says nothing: the floor of every study."""

    kind: Literal["do_nothing"]


class LiarChoice(_Blind):
    """Claims success and changes nothing."""

    kind: Literal["liar"]


class RandomToolChoice(_Planner):
    """One tool drawn at random with valid arguments, by the conversation's seed."""

    kind: Literal["random_tool"]


class PlannedStep(_Section):
    """A step that a dialogue expects."""

    tool: str
    arguments: Written = Field(default_factory=dict)


class OracleChoice(_Blind):
    """Plays the plans that the dialogue expects."""

    kind: Literal["oracle"]
    plans: tuple[tuple[PlannedStep, ...] | None, ...] | None = Field(
        None, description="by turn; `play` fills it from the dialogue. An input, not part of the strategy's hash"
    )


class Rates(_Section):
    """How often a plan is spoilt in each way, each drawn by itself for every turn (0 never, 1 always)."""

    drop_step: float = Field(0.0, ge=0, le=1)
    wrong_tool: float = Field(0.0, ge=0, le=1)
    wrong_argument: float = Field(0.0, ge=0, le=1)
    invented_stem: float = Field(0.0, ge=0, le=1)
    swapped_order: float = Field(0.0, ge=0, le=1)


class NoisyChoice(_Section):
    """Another planner whose plans are spoilt at known, seeded rates."""

    kind: Literal["noisy"]
    planner: PlannerChoice
    rates: Rates = Rates()

    @property
    def sees_gat(self) -> bool:
        return self.planner.sees_gat

    @property
    def history(self) -> int:
        return self.planner.history


class OwnChoice(_Model):
    """A planner from outside: 'module:attribute' or an entry point of the group loopcopilot.planners."""

    kind: str = Field(description="'module:attribute' or an entry point")
    options: Written = Field({}, description="handed to the planner as keyword arguments")

    @field_validator("kind")
    @classmethod
    def _is_somewhere(cls, kind: str) -> str:
        if located(kind, "planners") is None:
            raise ValueError(
                f"there is no planner {kind!r}; there are {', '.join(KINDS)}, 'module:attribute', or an entry point of"
                " loopcopilot.planners"
            )
        return kind


KINDS: dict[str, type[BaseModel]] = {
    "rules": RulesChoice,
    "single_shot": SingleShotChoice,
    "plan_execute": PlanExecuteChoice,
    "react": ReactChoice,
    "react_tools": ReactToolsChoice,
    "reflect": ReflectChoice,
    "vote": VoteChoice,
    "hybrid": HybridChoice,
    "do_nothing": DoNothingChoice,
    "liar": LiarChoice,
    "random_tool": RandomToolChoice,
    "oracle": OracleChoice,
    "noisy": NoisyChoice,
}

ModelChoice = _Model
"""Every section with a language model is one of these."""

PromptedChoice = _Prompted
FormedChoice = _Formed

MAY_REPLAN = frozenset({"plan_execute", "react", "react_tools"})
"""Shipped kinds that read the evidence of a failed step; one from outside is taken at its word."""


def _kind(value: Any) -> str:
    kind = value.get("kind", "rules") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) and kind in KINDS else "own"


def _named(value: Any) -> Any:
    """'planner: react' is short for 'planner: {kind: react}'."""
    return {"kind": value} if isinstance(value, str) else value


PlannerChoice = Annotated[
    Annotated[RulesChoice, Tag("rules")]
    | Annotated[SingleShotChoice, Tag("single_shot")]
    | Annotated[PlanExecuteChoice, Tag("plan_execute")]
    | Annotated[ReactChoice, Tag("react")]
    | Annotated[ReactToolsChoice, Tag("react_tools")]
    | Annotated[ReflectChoice, Tag("reflect")]
    | Annotated[VoteChoice, Tag("vote")]
    | Annotated[HybridChoice, Tag("hybrid")]
    | Annotated[DoNothingChoice, Tag("do_nothing")]
    | Annotated[LiarChoice, Tag("liar")]
    | Annotated[RandomToolChoice, Tag("random_tool")]
    | Annotated[OracleChoice, Tag("oracle")]
    | Annotated[NoisyChoice, Tag("noisy")]
    | Annotated[OwnChoice, Tag("own")],
    Discriminator(_kind),
    BeforeValidator(_named),
]

NoisyChoice.model_rebuild()
