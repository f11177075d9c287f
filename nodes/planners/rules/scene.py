"""The scene: what the planner knows of the loop, kept up to date through the steps of one message.

A forecast, not a promise: it holds just enough of the table for later words of a message to refer to what earlier
words will have made ('add a shaker, then pan it left').
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ensemble.band.instruments import resolve, unique_stem
from nodes.planners.planner import PlanRequest
from state.gat import GlobalAttributeTable, Stem, loop_seconds
from state.plan import Step

CREATING = frozenset({"text_to_music", "drum_to_music", "impression_to_music"})


@dataclass(frozen=True)
class Player:
    """One stem as far as the grammar needs it."""

    name: str
    instrument: str
    role: str
    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    effects: tuple[str, ...] = ()

    @property
    def is_drum(self) -> bool:
        return self.role in {"drums", "percussion"}


@dataclass
class Scene:
    """The forecast table. `focus` holds the stems that 'it' means; empty: the whole loop."""

    request: PlanRequest
    exists: bool = False
    open: bool = False
    """True when the band will choose stems that cannot be foreseen."""
    players: list[Player] = field(default_factory=list)
    bpm: float | None = None
    key: str | None = None
    bars: int | None = None
    seconds: float = 0.0
    time_signature: str = "4/4"
    genre: str | None = None
    mix_effects: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    newest: tuple[str, ...] = ()
    began: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Focus and newest stems at the start of the message."""
    fresh: bool = False
    """True once a step of this message has set the focus."""
    spoken: tuple[str, ...] = ()
    """Stems that a remark of this message speaks of."""
    protected: tuple[str, ...] = ()
    """Stems that this message says must not be touched."""
    steps: list[Step] = field(default_factory=list)

    @classmethod
    def of(cls, request: PlanRequest) -> Scene:
        """The scene at the start of a message."""
        scene = cls(request)
        if request.gat is not None:
            scene._take(request.gat)
            scene.began = scene.focus, scene.newest = _focus(request)
            scene.spoken = _asked_about(request, request.gat)
        return scene

    def anew(self) -> Scene:
        """The scene as it was at the start of this message."""
        scene = Scene(self.request)
        if self.request.gat is not None:
            scene._take(self.request.gat)
            scene.began = scene.focus, scene.newest = self.began
        return scene

    def _take(self, gat: GlobalAttributeTable) -> None:
        self.exists, self.open = True, False
        self.players = [_player(stem) for stem in gat.stems]
        self.bpm, self.key, self.bars, self.seconds = gat.bpm, gat.key, gat.bars, gat.duration_seconds
        self.time_signature, self.genre = gat.time_signature, gat.genre
        self.mix_effects = tuple(effect.kind for effect in gat.mix_effects)

    @property
    def goes_on(self) -> bool:
        """Whether the message goes on with what the turn before changed: 'and make it louder'."""
        return self.request.text.lower().startswith(("and ", "also "))

    @property
    def names(self) -> list[str]:
        return [player.name for player in self.players]

    def player(self, name: str) -> Player | None:
        return next((player for player in self.players if player.name == name), None)

    def present(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of `names` that are in the scene, in its order."""
        wanted = set(names)
        return tuple(name for name in self.names if name in wanted)

    def after(self, step: Step) -> None:
        """Foresee one step."""
        self.steps.append(step)
        arguments = step.arguments
        if step.tool in CREATING or step.tool == "rearrange":
            self._remade(step)
        elif step.tool == "add_track":
            self._added(arguments["instrument"])
        elif step.tool == "remove_track":
            gone = set(arguments.get("stems") or [n for n in self.names if n not in arguments.get("keep", [])])
            self.players = [player for player in self.players if player.name not in gone]
            self._look_at(())
        elif step.tool == "extract_track":
            self.players = [player for player in self.players if player.name in arguments["stems"]] or self.players
            self._look_at(())
        elif step.tool == "replace_track":
            self._replaced(arguments["stem"], arguments["instrument"])
        elif step.tool == "adjust_track":
            self._adjusted(arguments)
        elif step.tool == "add_effect":
            self._effected(arguments)
        elif step.tool == "change_speed":
            if self.bpm:
                self.bpm = arguments.get("bpm") or self.bpm * (arguments.get("factor") or 1.0)
                self._measure()
            self._look_at(())
        elif step.tool in {"vary", "regenerate_span", "shift_pitch"}:
            if arguments.get("bars"):
                self.bars = arguments["bars"]
                self._measure()
            self.key = arguments.get("to_key") or self.key
            self._look_at(arguments.get("stems", ()))
        elif step.tool in {"set_chords", "undo"}:
            self.key = arguments.get("key") or self.key
            if step.tool == "undo":
                self._went_back(arguments)
            self._look_at(())

    def _measure(self) -> None:
        if self.bars and self.bpm:
            self.seconds = loop_seconds(self.bars, self.bpm, self.time_signature)

    def _look_at(self, names: Iterable[str]) -> None:
        self.focus, self.fresh = self.present(names), True

    def _remade(self, step: Step) -> None:
        arguments = step.arguments
        creating = step.tool in CREATING
        self.genre = arguments.get("genre") or (None if creating else self.genre)
        self.key = arguments.get("key") or (None if creating else self.key)
        self.bpm = arguments.get("bpm") or (None if creating else self.bpm)
        self.bars = arguments.get("bars") or (4 if creating else self.bars)
        self.time_signature = arguments.get("time_signature") or ("4/4" if creating else self.time_signature)
        words = list(arguments.get("instruments") or [])
        if creating:
            self.players, self.mix_effects = [], ()
        if creating or words:
            self.players = []
        solo = arguments.get("solo")
        for word in [*words, solo] if solo and solo not in words else words:
            self._added(word)
        self.exists, self.open = True, creating or not words
        self.seconds = 0.0
        self._measure()
        self._look_at(())

    def _added(self, word: str) -> None:
        choice = resolve(word, self.genre)
        name = unique_stem(choice.stem if choice else word, self.names)
        instrument = choice.instrument.name if choice else "recording"
        role = choice.instrument.role if choice else "lead"
        self.players.append(Player(name, instrument, role))
        self._look_at((name,))
        self.newest = (name,)

    def _replaced(self, stem: str, word: str) -> None:
        choice = resolve(word, self.genre)
        if choice is None or self.player(stem) is None:
            return
        name = unique_stem(choice.stem, [n for n in self.names if n != stem])
        self.players = [
            Player(name, choice.instrument.name, choice.instrument.role, player.gain_db, player.pan)
            if player.name == stem
            else player
            for player in self.players
        ]
        self._look_at((name,))

    def _adjusted(self, arguments: dict[str, object]) -> None:
        stems = arguments.get("stems") or ()
        names = set(stems) if isinstance(stems, Sequence) else set()
        gain, pan, mute = arguments.get("gain_db"), arguments.get("pan"), arguments.get("mute")
        changed = []
        for player in self.players:
            if player.name in names:
                changed.append(
                    replace(
                        player,
                        gain_db=player.gain_db + (gain if isinstance(gain, float) else 0.0),
                        pan=pan if isinstance(pan, float) else player.pan,
                        muted=mute if isinstance(mute, bool) else player.muted and not arguments.get("solo"),
                    )
                )
            else:
                changed.append(replace(player, muted=player.muted or bool(arguments.get("solo"))))
        self.players = changed
        self._look_at(names)

    def _effected(self, arguments: dict[str, object]) -> None:
        stems, effects, remove = (
            arguments.get("stems") or (),
            arguments.get("effects") or (),
            arguments.get("remove") or (),
        )
        names = set(stems) if isinstance(stems, Sequence) else set()
        added = tuple(str(effect["kind"]) for effect in effects) if isinstance(effects, Sequence) else ()
        gone = set(remove) if isinstance(remove, Sequence) else set()

        def chain(before: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(dict.fromkeys([kind for kind in before if kind not in gone] + list(added)))

        if names:
            self.players = [
                replace(player, effects=chain(player.effects)) if player.name in names else player
                for player in self.players
            ]
        else:
            self.mix_effects = chain(self.mix_effects)
        self._look_at(names)

    def _went_back(self, arguments: dict[str, object]) -> None:
        lineage = self.request.revisions.lineage()
        steps, revision = arguments.get("steps"), arguments.get("revision")
        if revision is None and isinstance(steps, int) and steps < len(lineage):
            revision = lineage[steps]
        gat = self.request.revisions.revision(revision) if isinstance(revision, int) else None
        if gat is not None:
            self._take(gat)


def _player(stem: Stem) -> Player:
    choice = resolve(stem.instrument) or resolve(stem.name)
    role = "drums" if stem.instrument == "drum recording" else choice.instrument.role if choice else "lead"
    kinds = tuple(effect.kind for effect in stem.effects)
    return Player(stem.name, stem.instrument, role, stem.gain_db, stem.pan, stem.muted, kinds)


def changed_stems(before: GlobalAttributeTable, after: GlobalAttributeTable) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names of stems that are new in `after`, names of stems that both have and that differ)."""
    old = {stem.name: stem for stem in before.stems}
    new = tuple(stem.name for stem in after.stems if stem.name not in old)
    changed = tuple(stem.name for stem in after.stems if stem.name in old and old[stem.name] != stem)
    return new, changed


_LOOK_BACK = 8
"""Revisions that are read to find what was added last: a turn late in a session costs what an early one does."""


def _newest(request: PlanRequest, gat: GlobalAttributeTable) -> tuple[str, ...]:
    """The stems that were added last, of those still there; further back than `_LOOK_BACK`, the last that was added."""
    after: GlobalAttributeTable | None = gat
    for _ in range(_LOOK_BACK):
        before = request.revisions.revision(after.parent) if after is not None and after.parent else None
        if after is None or before is None:
            return ()
        new = tuple(name for name in after.stem_names if not before.stem(name) and gat.stem(name))
        if new and len(new) < len(gat.stems):
            return new
        after = before
    added = [stem.name for stem in gat.stems if stem.tool == "add_track"]
    return tuple(added[-1:])


def _asked_about(request: PlanRequest, gat: GlobalAttributeTable) -> tuple[str, ...]:
    """The one stem that the question of the turn before was about: '(is the fiddle on the left?) I'd like it on the right'."""
    last = request.history[-1] if request.history else None
    if last is None or last.status != "done" or last.steps or "?" not in last.request:
        return ()
    said = f" {' '.join(re.findall(r'[a-z]+', last.request.lower()))} "
    found = tuple(name for name in gat.stem_names if f" {name} " in said)
    return found if len(found) == 1 else ()


def _focus(request: PlanRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what 'it' means after the earlier turns, the newest stems)."""
    gat = request.gat
    if gat is None:
        return (), ()
    newest = _newest(request, gat)
    if asked := _asked_about(request, gat):
        return asked, newest
    past = [turn for turn in request.history if turn.steps and turn.status in {"done", "partial"}]
    if not past or past[-1].steps[-1].tool in {"undo", "text_to_music", "impression_to_music", "rearrange"}:
        return (), newest
    parent_number = gat.parent
    before = request.revisions.revision(parent_number) if parent_number else None
    if before is None:
        return (), newest
    new, changed = changed_stems(before, gat)
    focus = new or changed
    return (focus if len(focus) < len(gat.stems) or len(gat.stems) == 1 else ()), newest
