"""A key told with an order over drums that have none: 'put a guitar and a bass on this groove, key of E minor'.

Drums alone have no key to move; what is to be played over them is made around them, in that key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.speech import Clause

_KEY_ONLY = re.compile(
    r"(?:and |but |all |everything |so |make sure |please |it's |it is |with )*(?:(?:the |in the |in |a )?(?:key|scale|tonality)(?: (?:of|is|should be|must be|=|:|to be|in))*|(?:it |everything |all |they |both |this )?"
    r"(?:is |are |should be |must be |has to be |make it |play it |play them |keep it |stay )?(?:in|in the key of)|make it(?: in)?)? ?[a-g](?:#|b)?(?: (?:flat|sharp))?(?: (?:major|minor|maj|min|dorian|phrygian|lydian|mixolydian))?(?: please)?"
)
_LAYING = re.compile(
    r"^(?:put|lay|wrap|spin|throw|drop|layer|do|stick|weave|lay down|play|add|build|build me|get) (?:down |me )?(?:a|an|some) "
)


def told_key(left: Sequence[Clause], scene: Scene) -> int:
    """How many clauses speak of players over drums without a key, and of the key that they are to play in; 0 for none."""
    if (
        scene.key is not None
        or not scene.players
        or not all(player.is_drum or player.instrument == "drum recording" for player in scene.players)
    ):
        return 0
    first = left[0]
    reading = read(first.text)
    opens = (
        first.begins("add", "create") is not None
        or first.words[0] in {"lay", "a", "an", "some", "jam"}
        or bool(reading.instruments and reading.instruments[0].span[0] < 3)
    )
    if not opens or not any(not mention.choice.instrument.is_drum for mention in reading.instruments):
        return 0
    if first.has("remove", "mute", "solo", "faster", "slower", "instead") or first.words[0] in {
        "replace",
        "swap",
        "switch",
        "change",
    }:
        return 0
    used = 1
    keyed = bool(reading.key)
    while used < len(left) and not keyed:
        said = read(left[used].text)
        if said.key and _KEY_ONLY.fullmatch(" ".join(left[used].words).lower().split(" ,")[0]):
            keyed = True
        elif not said.instruments or left[used].begins("remove", "replace", "mute", "louder", "quieter"):
            return 0
        else:
            keyed = bool(said.key)  # 'add a pad, and a bass line in E minor'
        used += 1
    return used if keyed else 0


def laid(clause: Clause) -> bool:
    """'put a dark techno track (around my beat)': a loop is to be made, although it opens like an addition."""
    said = read(clause.text)
    pitched = [mention for mention in said.instruments if not mention.choice.instrument.is_drum]
    return (
        bool((said.genre or said.mood) and said.whole)
        and not pitched
        and _LAYING.match(" ".join(clause.words)) is not None
    )
