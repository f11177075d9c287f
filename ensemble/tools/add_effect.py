from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import listed, named, verb
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.effects import Effect, EffectKind
from state.errors import Refusal
from state.gat import GlobalAttributeTable
from state.take import Take
from state.verdict import Check, Expectation

_STRONGER = {"wet": (0.15, 1.0), "depth": (0.2, 1.0), "room_size": (0.15, 1.0), "drive_db": (6.0, 40.0)}
"""Setting -> (step, most) of one repair."""
_CALLED = {"lowpass": "low-pass", "highpass": "high-pass", "eq": "EQ"}
_OTHERWISE: dict[EffectKind, str] = {
    "reverb": "more or less of it, or a larger or smaller room",
    "delay": "more or less of it, or longer or shorter echoes",
    "chorus": "a deeper or lighter one",
    "phaser": "a deeper or lighter one",
    "tremolo": "a deeper or lighter one, or a faster or slower one",
    "lowpass": "a lower or higher cutoff",
    "highpass": "a lower or higher cutoff",
    "eq": "more or less of the lows, mids or highs",
    "compressor": "more or less of it",
    "distortion": "more or less drive",
    "bitcrush": "fewer or more bits",
}
"""Kind -> what else may be meant by asking for what is there."""


class AddEffectArguments(Arguments):
    """Arguments of `add_effect`."""

    effects: list[Effect] = Field(
        default_factory=list,
        description="effects to put on, last in the chain; one of a kind already there is replaced in its place",
        json_schema_extra=briefly("put on"),
    )
    remove: list[EffectKind] = Field(
        default_factory=list, description="kinds to take off", json_schema_extra=briefly("take off")
    )
    stems: list[str] = Field(
        default_factory=list,
        description="names of the stems; empty for the mix",
        json_schema_extra=briefly("default the mix"),
    )

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if not self.effects and not self.remove:
            raise ValueError("give effects to put on, such as [{'kind': 'reverb'}], or kinds to remove")
        return self


class AddEffect(Tool[AddEffectArguments]):
    """Typed effects on the mix or on stems, put on or taken off."""

    name = "add_effect"
    paper_task = "add sound effects"
    summary = (
        "Put effects (reverb, delay, chorus, filters, EQ, compressor, distortion ...) on the mix or stems, or off."
    )
    brief = "Effects on or off, for stems or the mix."
    arguments = AddEffectArguments
    contract = Contract(
        changes="the effect chain of the named stems or of the mix",
        preserves="every take, level and position; stems that are not named, whole",
    )

    def repair(self, arguments: AddEffectArguments, failed: list[Check]) -> AddEffectArguments:
        """An effect that could not be heard is made stronger."""
        if not any(check.name == "effect" for check in failed):
            return arguments
        return arguments.model_copy(update={"effects": [_stronger(effect) for effect in arguments.effects]})

    def foresee(
        self, arguments: AddEffectArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "put effects on")
        if not arguments.stems:
            _must_be_there(arguments.remove, [loop.mix_effects], "the mix")
            chain = _chain(loop.mix_effects, arguments)
            if chain == loop.mix_effects:
                raise _already("The mix has", arguments.effects)
            return unmixed(loop.revised(mix_effects=chain))
        stems = named(loop, arguments.stems)
        _must_be_there(arguments.remove, [stem.effects for stem in stems], listed([stem.name for stem in stems]))
        draft = loop
        for stem in stems:
            draft = draft.with_stem(stem.model_copy(update={"effects": _chain(stem.effects, arguments)}))
        if draft.stems == loop.stems:
            names = [stem.name for stem in stems]
            raise _already(f"The {listed(names)} {verb(names, 'has', 'have')}", arguments.effects)
        return unmixed(draft)

    def perform(self, arguments: AddEffectArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "put effects on")
        made = mixed(self.foresee(arguments, loop, stage), stage)
        touched = [stem.name for stem in named(loop, arguments.stems)]
        chains: dict[str | None, tuple[Effect, ...]] = {
            stem.name: stem.effects for stem in named(loop, arguments.stems)
        }
        # What stands in a chain as it is asked for changes nothing there that could be heard.
        own = [
            Expectation(name="effect", value=effect.kind, stem=stem)
            for stem, present in (chains or {None: loop.mix_effects}).items()
            for effect in arguments.effects
            if effect not in present
        ]
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, touched=touched),
            backend=stage.band.name,
            seed=stage.seed,
            notes=lowered(loop, made),
        )


def _stronger(effect: Effect) -> Effect:
    """The same effect where it could not be heard: more of what its listener hears."""
    fields = effect.model_dump()
    for name, (step, most) in _STRONGER.items():
        if name in fields:
            fields[name] = min(most, fields[name] + step)
    return type(effect).model_validate(fields)


def _chain(present: tuple[Effect, ...], arguments: AddEffectArguments) -> tuple[Effect, ...]:
    """Kinds taken off first; a new one stands where one of its kind stood, else last."""
    chain = [effect for effect in present if effect.kind not in arguments.remove]
    for effect in arguments.effects:
        place = next((index for index, old in enumerate(chain) if old.kind == effect.kind), None)
        if place is None:
            chain.append(effect)
        else:
            chain[place] = effect
    return tuple(chain)


def _already(owner: str, effects: list[Effect]) -> Refusal:
    """The refusal to put on what is on already, and what may be meant instead."""
    names = listed([_CALLED.get(effect.kind, effect.kind) for effect in effects])
    return Refusal(f"{owner} that {names} already; {_OTHERWISE[effects[0].kind]}?", field="effects")


def _must_be_there(kinds: list[EffectKind], chains: list[tuple[Effect, ...]], where: str) -> None:
    there = list(dict.fromkeys(effect.kind for chain in chains for effect in chain))
    for kind in kinds:
        if kind not in there:
            has = f"only {listed([_CALLED.get(one, one) for one in there])}" if there else "there are no effects there"
            raise Refusal(f"There is no {_CALLED.get(kind, kind)} on {where}; {has}.", field="remove")
