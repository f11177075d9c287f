"""One stem against another: 'tuck it under the piano', 'the guitar should be louder than the piano'."""

from __future__ import annotations

from nodes.planners.rules.ask import which
from nodes.planners.rules.edits.levels import bounded
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amount
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause

_TIMBRES = ("timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy", "timbre_thin", "timbre_mids", "timbre_scoop")


def tuck(clause: Clause, scene: Scene) -> Outcome | None:
    """'tuck it under the piano', 'sit the pad behind the keys', 'the guitar louder than the piano': above or below another stem."""
    place, under = _than(clause) or _beside(clause) or (0, False)
    other = find(clause.part(place), scene)
    mine = find(clause.part(0, place), scene)
    if clause.has("half_time", "double_time", "swing", "straight"):
        return None  # 'a half-time feel would sit better under the keys'
    if not place or not other.stems or (mine.missing and not mine.stems):
        return None
    if under and clause.part(0, place).says("sounds", "is", "are", "sound", "feels", "gets") and clause.has(*_TIMBRES):
        return None  # 'the bass sounds muddy under the keys'
    stems = mine.stems or tuple(name for name in scene.focus if name not in other.stems)
    if not stems:
        return ask(which(scene))
    steps = []
    said = amount(clause.part(0, place), "db")
    for name in stems:
        player, beside = scene.player(name), scene.player(other.stems[0])
        apart = (beside.gain_db if beside else 0.0) - (player.gain_db if player else 0.0)
        if said is not None:
            gain = apart + (-abs(said.value) if under else abs(said.value))
        else:
            gain = min(-3.0, apart - 4.0) if under else max(3.0, apart + 3.0)
        steps.append(step("adjust_track", stems=[name], gain_db=bounded(gain)))
    return do(*steps)


def _than(clause: Clause) -> tuple[int, bool] | None:
    """(where the other stem is named, whether to be below it) of 'louder than the piano'."""
    at = clause.words.index("than") if "than" in clause.words[1:-1] else 0
    how = clause.part(0, at).first("level_louder", "level_quieter")
    if how is None or not mentions(clause.part(at)):
        return None
    return at, how.kind == "level_quieter"


def _beside(clause: Clause) -> tuple[int, bool] | None:
    """The same of 'under the piano', 'behind the keys', 'over the drums'."""
    under = next((m for m in clause.marks("quieter") if m.words in {"under", "underneath", "beneath", "behind"}), None)
    over = None if under else next((i for i, w in enumerate(clause.words) if w in {"over", "above"}), None)
    verb = clause.has("add", "create") and not clause.says(
        "tuck", "sit", "put it", "bring it", "push it", "have it", "make it"
    )
    place = under.start if under else over
    if (
        place is None
        or (verb and not under)
        or (over is not None and not clause.says("sit", "bring", "louder", "push"))
    ):
        return None
    return place, under is not None
