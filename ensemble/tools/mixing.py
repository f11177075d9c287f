"""From a draft table's stems to its mix."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from ensemble.protocols import Mixdown, MixStem
from ensemble.tools.tool import PENDING, Stage
from state.artifacts import ArtifactStore
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem

Mastering = Literal["new", "kept", "strict"]
"""new: the master gain is chosen for the loudness of a new loop; kept: as it was, lowered only where peaks would pass
the ceiling; strict: exactly as it was, so that what is outside a span stays the same sample for sample."""

_TOLD_FROM_DB = 1.0
"""A lowering of the master that a listener would notice."""


def mixed(draft: GlobalAttributeTable, stage: Stage, mastering: Mastering = "kept") -> GlobalAttributeTable:
    """`draft` with `mix` and `master_gain_db` of its stems, effects and balance as they stand in it."""
    stage.report("mixing")
    mixdown = mix_down(draft, stage, mastering)
    return draft.revised(mix=stage.store.put_audio(mixdown.mix), master_gain_db=mixdown.master_gain_db)


def mix_down(draft: GlobalAttributeTable, stage: Stage, mastering: Mastering = "strict") -> Mixdown:
    """The rendered stems of `draft` and their mix."""
    stems = mix_stems(draft, stage.store)
    given = None if mastering == "new" else draft.master_gain_db
    return stage.band.mix(stems, draft.bpm, draft.mix_effects, given, strict=mastering == "strict")


def mix_stems(gat: GlobalAttributeTable, store: ArtifactStore) -> list[MixStem]:
    """The table's stems as the mixer takes them."""
    return [
        MixStem(stem.name, store.audio(stem.audio), stem.gain_db, stem.pan, stem.muted, stem.effects)
        for stem in gat.stems
    ]


def stem_file(name: str) -> str:
    """A safe file name for a stem: names are data, only letters, digits and '-' reach the disk."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".wav"


def unmixed(draft: GlobalAttributeTable) -> GlobalAttributeTable:
    """`draft` as a forecast: its mix is not made yet."""
    return draft.revised(mix=PENDING)


def lowered(before: GlobalAttributeTable, after: GlobalAttributeTable) -> tuple[str, ...]:
    """A note for the user when peaks forced the whole mix down by an audible amount."""
    drop = before.master_gain_db - after.master_gain_db
    if drop < _TOLD_FROM_DB:
        return ()
    return (f"To keep the mix from clipping, the whole of it was turned down by {drop:.1f} dB.",)


def without(gat: GlobalAttributeTable, gone: Collection[Stem], verb: str) -> GlobalAttributeTable:
    """A forecast of `gat` without the stems `gone`. Raises Refusal when nothing audible would be left."""
    names = {stem.name for stem in gone}
    left = tuple(stem for stem in gat.stems if stem.name not in names)
    if not left:
        raise Refusal(
            f"To {verb} that would leave nothing of the loop. Keep at least one stem, or ask for a new loop.",
            field="stems",
        )
    if all(stem.muted for stem in left):
        raise Refusal(f"To {verb} that would leave only muted stems. Unmute one of them first.", field="stems")
    return unmixed(gat.revised(stems=left))
