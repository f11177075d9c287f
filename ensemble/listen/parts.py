"""Which parts sound, came, went or stayed: each function takes (expectation, scene) and returns (status, measured).

A change needs a table before it; without one it is unmeasurable. `measured` is plain JSON.
"""

from __future__ import annotations

from typing import Any

from ensemble.listen import checks
from ensemble.listen.checks import passed
from ensemble.listen.scene import Scene
from ensemble.listen.sound import level_db
from ensemble.listen.stems import matching
from state.verdict import CheckStatus, Expectation

Found = tuple[CheckStatus, Any]

FAITHFUL_DB = -35.0
"""A mix is what its stems make when nothing louder than this is left between them."""
PART_DB = -45.0
"""A stem fainter than this against the mix is not heard in it."""
_UNMEASURABLE: Found = ("unmeasurable", None)
_HEARD_FIELDS = ("audio", "score", "gain_db", "pan", "muted", "effects")


def sounding(item: Expectation, scene: Scene) -> Found:
    """The stem's own take is not silent. `measured`: root mean square, dBFS."""
    sound = scene.heard(item.stem).sound
    return passed(not sound.silent), round(sound.rms_db, 1)


def has(item: Expectation, scene: Scene) -> Found:
    """A part of that name sounds in the mix: as a stem of the table where one is meant, else by listening to the mix."""
    word = str(item.value)
    found = [stem for stem in matching(word, scene.after.stems) if not stem.muted]
    if found:
        levels = {stem.name: scene.share_db(stem.name) for stem in found}
        loudest = max(levels.values())
        return passed(loudest > PART_DB), {name: round(level, 1) for name, level in levels.items()}
    if any(stem.instrument.endswith("recording") for stem in scene.after.stems):
        # An upload may hold anything: only listening can tell.
        return checks.has(word, scene.heard())
    return "failed", None


def lacks(item: Expectation, scene: Scene) -> Found:
    """No part of that name sounds in the mix."""
    status, measured = has(item, scene)
    turned: dict[CheckStatus, CheckStatus] = {"passed": "failed", "failed": "passed", "unmeasurable": "unmeasurable"}
    return turned[status], measured


def preserved(item: Expectation, scene: Scene) -> Found:
    """The named stems are what they were: the same samples, notes, level, place and effects."""
    if scene.before is None:
        return _UNMEASURABLE
    names = [str(name) for name in item.value or ()]
    kept = []
    for name in names:
        old, new = scene.before.stem(name), scene.after.stem(name)
        if old is not None and new is not None and all(getattr(old, f) == getattr(new, f) for f in _HEARD_FIELDS):
            kept.append(name)
    return passed(kept == names), kept


def unchanged(item: Expectation, scene: Scene) -> Found:
    """The named fields of the table are what they were."""
    before, after = scene.before, scene.after
    if before is None:
        return _UNMEASURABLE
    names = [str(name) for name in item.value or ()]
    kept = [name for name in names if hasattr(before, name) and getattr(before, name) == getattr(after, name)]
    return passed(kept == names), kept


def added(item: Expectation, scene: Scene) -> Found:
    """The stem was not there, sounds, and the mix is what the stems with it make."""
    if scene.before is None:
        return _UNMEASURABLE
    name = str(item.stem or item.value)
    if scene.before.stem(name) is not None or scene.after.stem(name) is None:
        return "failed", None
    residual = scene.residual_db()
    level = scene.share_db(name)
    return passed(level > PART_DB and residual < FAITHFUL_DB), {
        "level_db": round(level, 1),
        "residual_db": round(residual, 1),
    }


def removed(item: Expectation, scene: Scene) -> Found:
    """The stem is not in the table, and nothing but the remaining stems is in the mix."""
    if scene.before is None:
        return _UNMEASURABLE
    names = (
        [str(name) for name in item.value] if isinstance(item.value, list | tuple) else [str(item.value or item.stem)]
    )
    if any(scene.after.stem(name) is not None or scene.before.stem(name) is None for name in names):
        return "failed", None
    residual = scene.residual_db()
    return passed(residual < FAITHFUL_DB), {"residual_db": round(residual, 1)}


def muted(item: Expectation, scene: Scene) -> Found:
    """The stem is not heard (value false: is heard), and the mix is what the stems make."""
    assert item.stem is not None
    wanted = item.value is not False
    level = level_db(scene.rendered(item.stem))
    residual = scene.residual_db()
    silent = level < -100
    return passed(silent == wanted and residual < FAITHFUL_DB), {
        "level_db": round(level, 1),
        "residual_db": round(residual, 1),
    }
