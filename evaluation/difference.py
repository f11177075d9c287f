"""What changed in the table from one revision to another, in words and numbers fit to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from state.gat import GlobalAttributeTable, Stem

_FIELDS = (
    "bpm",
    "key",
    "time_signature",
    "bars",
    "duration_seconds",
    "genre",
    "mood",
    "chords",
    "description",
    "mix_effects",
    "master_gain_db",
)
_UNITS = {"bpm": "bpm", "duration_seconds": "s", "master_gain_db": "dB", "gain_db": "dB"}


@dataclass(frozen=True)
class Change:
    """One attribute, before and after; `stem` names whose it is, None for the loop's own."""

    attribute: str
    before: str
    after: str
    source: str = ""
    stem: str | None = None


@dataclass(frozen=True)
class Difference:
    """Everything that differs, and the stems that provably do not (equal in every field, artifact id included)."""

    changes: tuple[Change, ...]
    added: tuple[Stem, ...]
    removed: tuple[Stem, ...]
    untouched: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not (self.changes or self.added or self.removed)


def difference(before: GlobalAttributeTable | None, after: GlobalAttributeTable) -> Difference:
    """From `before` (None: there was no loop) to `after`."""
    changes = []
    for name in _FIELDS:
        new = getattr(after, name)
        old = None if before is None else getattr(before, name)
        if old != new and not (before is None and new in (None, (), "", 0.0)):
            changes.append(Change(name, shown(name, old), shown(name, new), after.sources.get(name, "")))
    old_stems = {} if before is None else {stem.name: stem for stem in before.stems}
    new_stems = {stem.name: stem for stem in after.stems}
    for name, stem in new_stems.items():
        if name in old_stems and old_stems[name] != stem:
            changes += _stem_changes(old_stems[name], stem)
    return Difference(
        changes=tuple(changes),
        added=tuple(stem for name, stem in new_stems.items() if name not in old_stems),
        removed=tuple(stem for name, stem in old_stems.items() if name not in new_stems),
        untouched=tuple(name for name, stem in new_stems.items() if old_stems.get(name) == stem),
    )


def changed_stems(before: GlobalAttributeTable | None, after: GlobalAttributeTable) -> list[Stem]:
    """Stems of `after` that are new or differ in any field."""
    return [stem for stem in after.stems if before is None or before.stem(stem.name) != stem]


def shown(name: str, value: Any) -> str:
    """A table value as a person reads it; '-' for what is not set."""
    if value is None or value in ((), ""):
        return "-"
    if isinstance(value, tuple):
        return ", ".join(_effect(item) if hasattr(item, "kind") else str(item) for item in value)
    text = f"{value:g}" if isinstance(value, float) and name != "duration_seconds" else str(value)
    if name == "duration_seconds":
        text = f"{value:.3f}"
    unit = _UNITS.get(name)
    return f"{text} {unit}" if unit else text


def _stem_changes(before: Stem, after: Stem) -> list[Change]:
    changes = [
        Change(name, shown(name, getattr(before, name)), shown(name, getattr(after, name)), stem=after.name)
        for name in ("instrument", "gain_db", "pan", "muted", "effects")
        if getattr(before, name) != getattr(after, name)
    ]
    if before.audio != after.audio:
        same_notes = before.score is not None and before.score == after.score
        changes.append(
            Change(
                "take",
                before.audio[:8],
                after.audio[:8] + (" (same notes)" if same_notes else ""),
                f"by {after.tool}",
                after.name,
            )
        )
    elif before.score != after.score:
        changes.append(Change("score", (before.score or "-")[:8], (after.score or "-")[:8], stem=after.name))
    return changes


def _effect(effect: Any) -> str:
    values = effect.model_dump(exclude={"kind"})
    return f"{effect.kind} (" + ", ".join(f"{name} {value:g}" for name, value in values.items()) + ")"
