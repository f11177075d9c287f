"""One stem against another: 'tuck it under the piano', 'the guitar should be louder than the piano'."""

from __future__ import annotations

from nodes.planners.rules.ask import which
from nodes.planners.rules.edits.levels import bounded, compares_levels
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amount
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause

_TIMBRES = ("timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy", "timbre_thin", "timbre_mids", "timbre_scoop")


def tuck(clause: Clause, scene: Scene) -> Outcome | None:
    """'tuck it under the piano', 'sit the pad behind the keys', 'the guitar louder than the piano': above or below another stem."""
    if compares_levels(clause):
        return _level_with(clause, scene)
    place, under = _than(clause) or _beside(clause) or (0, False)
    if not place:
        return None
    other = find(clause.part(place), scene)
    mine = find(clause.part(0, place), scene)
    if clause.has("half_time", "double_time", "swing", "straight"):
        return None  # 'a half-time feel would sit better under the keys'
    if not other.stems or (mine.missing and not mine.stems):
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


def _level_with(clause: Clause, scene: Scene) -> Outcome | None:
    """'make the bass as loud as the drums', 'the bass and the drums equally loud': the levels of the table made one."""
    at = next((at for at in range(1, len(clause.words) - 1) if clause.words[at : at + 2] == ("loud", "as")), 0)
    other = find(clause.part(at), scene).stems if at else find(clause, scene).stems[:1]
    mine = find(clause.part(0, at), scene).stems if at else find(clause, scene).stems[1:]
    told = clause.says("is", "are", "sounds", "sound", "seem", "seems") and not clause.says("should", "must")
    if told or not other or not (mine or scene.focus):
        return None
    aim = next(player.gain_db for player in scene.players if player.name == other[0])
    apart = {p.name: bounded(aim - p.gain_db) for p in scene.players if p.name in (mine or scene.focus)}
    steps = [step("adjust_track", stems=[name], gain_db=change) for name, change in apart.items() if change]
    same = f"The faders of the {' and the '.join((other[0], *apart))} stand at the same level already. Which should be louder, and by how many dB?"
    return do(*steps) if steps else ask(same)


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
