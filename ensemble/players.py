"""Who plays what in a conversation: the models that a strategy seats, loaded on first use, unloaded when memory is short."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from ensemble.capabilities import CAPABILITIES, PROTOCOLS, Capability, Model
from ensemble.registry import Entry, able, entry_of
from state.errors import ModelUnavailable, SetupError, StrategyError
from state.seating import Ensemble, Seat
from state.settings import Settings


class Players:
    """The seats of one strategy. One model object serves every seat that names the same weights."""

    def __init__(self, ensemble: Ensemble, settings: Settings) -> None:
        """Raises StrategyError for a seat that names no model, or one that cannot do what it is seated for; SetupError
        when a model's package or worker is not there and the strategy lets nobody stand in."""
        self._settings = settings
        self._loaded: OrderedDict[Seat, Model] = OrderedDict()
        """In order of use, the least recently used first."""
        self._sizes: dict[Seat, int] = {}
        """Bytes that the models held when they were loaded last: better known than the registry's word."""
        self._seats: dict[Capability, Seat] = {}
        self.cancelled: Callable[[], bool] = lambda: False
        """Whether the person stopped the work; set anew for each turn, and asked by models also while they load."""
        self.fallback = ensemble.fallback
        """Whether the band may stand in where a model cannot play."""
        self.missing: dict[Capability, str] = {}
        """What the band stands in for, and why, each a full sentence."""
        for capability in CAPABILITIES:
            seat = ensemble.seat(capability)
            if seat is not None:
                self._take(capability, seat, fallback=ensemble.fallback)

    def _take(self, capability: Capability, seat: Seat, *, fallback: bool) -> None:
        field = f"ensemble.{capability}"
        entry = entry_of(seat.model, field=field)
        if capability not in entry.capabilities:
            can = ", ".join(other.name for other in able(capability))
            raise StrategyError(f"{seat.model} cannot {capability}; {can} can", field=field)
        reason = self._absent(entry) or (None if self._elsewhere(entry) else _no_weights(seat))
        if reason is None:
            alike = (other for other in self._seats.values() if self._place(other) == self._place(seat))
            self._seats[capability] = next(alike, seat)
        elif fallback:
            self.missing[capability] = reason
        else:
            raise SetupError(
                f"{reason} `loopcopilot doctor` says how to get it; or set ensemble.fallback: true", field=field
            )

    def _place(self, seat: Seat) -> tuple[str, ...]:
        """What is loaded, and where: equal for seats that name the same in other words, such as a path written another way."""
        weights = seat.weights or entry_of(seat.model, field="ensemble").weights
        with suppress(OSError, RuntimeError, ValueError):  # a name at a hub
            weights = str(Path(weights).expanduser().resolve(strict=True))
        return seat.model, weights, seat.device or self._settings.device, seat.precision

    def _elsewhere(self, entry: Entry) -> bool:
        """Whether Ray places its worker: environment and weights are looked for, the first also built, on that machine."""
        return self._settings.worker_placement == "ray" and entry.environment is not None and not entry.here

    def _absent(self, entry: Entry) -> str | None:
        if self._elsewhere(entry):
            return None
        if entry.environment is not None and not entry.here:
            from ensemble.worker.environments import python_of

            if python_of(entry.environment, self._settings) is None:
                return f"{entry.name} is not here: its environment {entry.environment!r} is not built."
            return None
        return None if entry.here else f"{entry.name} is not here: {' and '.join(entry.packages)} must be installed."

    def get(self, capability: Capability) -> Any | None:
        """The model seated for `capability`, as its protocol (such as `Generate`); None where the band plays. It loads
        itself when it is called, and only then others are unloaded when memory is short."""
        seat = self._seats.get(capability)
        if seat is None:
            return None
        model = self._loaded.pop(seat, None) or self._made(seat)
        self._loaded[seat] = model
        # Its methods alone: isinstance() would read the properties too, and `sources` may load the weights.
        methods = [name for name, one in vars(PROTOCOLS[capability]).items() if callable(one) and name[0] != "_"]
        if not all(hasattr(model, name) for name in methods):
            raise StrategyError(f"{seat.model} has no {capability}", field=f"ensemble.{capability}")
        return model

    def stand_in(self, failure: ModelUnavailable) -> bool:
        """Let the band play from now on for the model that cannot be loaded; False where the strategy does not let it."""
        gone = [
            capability
            for capability, seat in self._seats.items()
            if (seat.model, seat.weights or entry_of(seat.model, field="ensemble").weights)
            == (failure.model, failure.weights)
        ]
        if not self.fallback or not gone:
            return False
        for capability in gone:
            model = self._loaded.pop(self._seats.pop(capability), None)
            if model is not None:
                model.unload()
            self.missing[capability] = f"{failure.message}."
        return True

    def scorer(self) -> Model | None:
        """The model that scores audio against text, if one is seated."""
        return cast("Model | None", self.get("score"))

    def close(self) -> None:
        """Unload everything; workers end."""
        for model in self._loaded.values():
            model.unload()
        self._loaded.clear()

    def _made(self, seat: Seat) -> Model:
        model = self._adapter(seat)
        model.make_room = partial(self._make_room, seat)
        model.cancelled = lambda: self.cancelled()
        return model

    def _adapter(self, seat: Seat) -> Model:
        entry = entry_of(seat.model, field="ensemble")
        weights = seat.weights or entry.weights
        device = seat.device or self._settings.device
        if entry.environment is not None and not entry.here:
            from ensemble.worker.client import WorkerModel
            from ensemble.worker.placing import start_of

            settings, start = self._settings, start_of(entry, device, self._settings)
            return WorkerModel(entry, weights, device=device, precision=seat.precision, settings=settings, start=start)
        module, _, name = entry.adapter.partition(":")
        adapter = getattr(import_module(module), name)
        model: Model = adapter(weights, device=device, precision=seat.precision)
        return model

    def _make_room(self, seat: Seat) -> None:
        """Unload the least recently used until the model of `seat`, which is about to load, fits the budget."""
        budget = self._settings.model_memory_gb
        if budget is None:
            return
        others = {other: model for other, model in self._loaded.items() if other != seat and model.memory_bytes}
        self._sizes |= {other: model.memory_bytes for other, model in others.items()}
        need = self._sizes.get(seat) or entry_of(seat.model, field="ensemble").memory_gb * 1e9
        for model in others.values():
            if sum(other.memory_bytes for other in others.values()) + need <= budget * 1e9:
                return
            model.unload()


def _no_weights(seat: Seat) -> str | None:
    """What is wrong with weights that can only be a place on this machine, and are not there."""
    weights = seat.weights
    if weights is None or not weights.startswith(("/", "./", "../", "~")) or Path(weights).expanduser().exists():
        return None
    return f"{seat.model}'s weights {weights!r} are not here: there is no such file or folder."
