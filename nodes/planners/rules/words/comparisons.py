"""Comparisons that choose a stem: 'the louder of the two', 'the first of the two', 'the highest one'."""

from __future__ import annotations

from ensemble.band.instruments import resolve
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import find, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, Mark, tokens, word_set

_ASKING = word_set("what which who is are does how why")
_ORDERED = (
    (("the first of the two", "the first of them", "the first of these"), 0),
    (("the second of the two", "the second of them", "the last of the two", "the latter", "the last of them"), -1),
)


_POINTED = (("that", "one"), ("this", "one"), ("it",), ("that",))
_MOST = {"louder": "the loudest", "loudest": "the loudest", "quieter": "the quietest", "quietest": "the quietest", "softer": "the quietest", "softest": "the quietest"}  # fmt: skip


def _asked_first(message: Clause, scene: Scene) -> Clause:
    """'Which of the two is the louder one? Make that one quieter' -> 'make the piano quieter'."""
    stop = next((at for at, word in enumerate(message.words) if word in {"?", "."}), 0)
    asked, rest = message.part(0, stop), message.part(stop + 1)
    how = next((_MOST[word] for word in asked.words if word in _MOST), None)
    if not rest.words or how is None or asked.words[0] not in {"which", "what", "what's", "who", "who's", "which's"}:
        return message
    target = find(Clause(*tokens(how)), scene)
    for words in _POINTED:
        for at in range(1, len(rest.words)):
            if rest.words[at : at + len(words)] == words and len(target.stems) == 1:
                return rest.replaced(at, at + len(words), f"the {target.stems[0]}")
    return message


def settled(message: Clause, scene: Scene) -> Clause | str:
    """The message with a comparison of named stems settled before it is split at its 'and': 'the louder of the keys and
    the bass'."""
    message = _asked_first(message, scene) if scene.exists else message
    mark = _comparison(message)
    if (
        mark is None
        or not scene.exists
        or message.words[mark.end : mark.end + 1] != ("of",)
        or _names_after(message, mark, scene) == mark.end
    ):
        return message
    after = chosen(message.part(mark.start), scene)
    return after if isinstance(after, str) else message.part(0, mark.start).joined(after)


def chosen(clause: Clause, scene: Scene) -> Clause | str:
    """The clause with a comparison replaced by the stem that it chooses; a question where it chooses none.

    Without this the comparison's own word would be taken for the verb: 'make the louder of the two quieter'.
    """
    if not scene.exists or len(scene.players) < 2 or clause.words[0] in _ASKING:
        return clause
    mark = _comparison(clause) or _ordered(clause)
    if mark is None or any(mention.end <= mark.start for mention in mentions(clause, scene)):
        return clause
    if (
        mark.kind.startswith("extreme")
        and mark.end == len(clause.words)
        and mark.start > 1
        and clause.words[0] == "make"
    ):
        return clause  # 'make it the loudest'
    end = _names_after(clause, mark, scene)
    if mark.kind in {"extreme_loud", "extreme_quiet"}:
        target = find(clause.part(mark.start), scene)
        name = target.unclear or (target.stems[0] if target.stems else None)
        if target.unclear:
            return target.unclear
    else:
        name = _by_place(clause.part(mark.start, end), mark, scene)
    if name is None:
        return clause
    words, raw = tokens(f"the {name}")
    before, after = clause.part(0, mark.start), clause.part(end)
    return before.joined(Clause(words, raw, clause.titles)).joined(after)


_BARE = word_set("the my that this those these of two one ones as for about and , both part track stem line") | BREAKS


def fronted(part: Clause, after: Clause, scene: Scene) -> bool:
    """'the louder of the two, (bring it down)': an object before its verb is what 'it' and 'them' mean in the next clause."""
    if not after.has("pronoun") and not set(after.words) & {"him", "her"}:
        return False
    clause = chosen(part, scene)
    target = find(clause, scene) if isinstance(clause, Clause) else None
    if target is None or not target.stems or target.pronoun or not isinstance(clause, Clause):
        return False
    named_at = {at for start, end in target.spans for at in range(start, end)}
    if {word for at, word in enumerate(clause.words) if at not in named_at} - _BARE:
        return False
    scene.focus = scene.spoken = target.stems
    return True


_HEIGHTS = {"higher": "extreme_high", "highest": "extreme_high", "lower": "extreme_low", "lowest": "extreme_low", "deeper": "extreme_low", "deepest": "extreme_low"}  # fmt: skip


def _comparison(clause: Clause) -> Mark | None:
    """'the louder', 'the highest one'; 'the higher' only where it chooses 'of' some, since it is a direction too."""
    marks = clause.marks("extreme_loud", "extreme_quiet", "extreme_high", "extreme_low")
    for at, word in enumerate(clause.words[:-1]):
        end = at + 2 if clause.words[at + 1] in {"pitched", "sounding", "one"} else at + 1
        if word in _HEIGHTS and at and clause.words[at - 1] == "the" and clause.words[end : end + 1] == ("of",):
            marks.append(Mark(_HEIGHTS[word], at - 1, end, " ".join(clause.words[at - 1 : end])))
    return min(marks, key=lambda mark: (mark.start, -mark.end)) if marks else None


def _ordered(clause: Clause) -> Mark | None:
    for phrases, place in _ORDERED:
        for phrase in phrases:
            sought = tuple(phrase.split())
            for at in range(len(clause.words) - len(sought) + 1):
                if clause.words[at : at + len(sought)] == sought:
                    return Mark("first" if place == 0 else "last", at, at + len(sought), phrase)
    return None


def _names_after(clause: Clause, mark: Mark, scene: Scene) -> int:
    """The end of the comparison with the stems that it compares: 'the louder of the keys and the bass'."""
    end = mark.end
    beside = next((mention for mention in mentions(clause, scene) if mention.start == mark.end), None)
    if beside is not None:
        return beside.end  # 'the louder of the two guitars'
    for mention in mentions(clause, scene):
        if (
            clause.words[mark.end : mark.end + 1] == ("of",)
            and mention.start >= end
            and mention.start <= end + 3
            and named(mention.words, scene)
        ):
            end = mention.end
    return end


def _by_place(part: Clause, mark: Mark, scene: Scene) -> str | None:
    names = [name for mention in mentions(part, scene) for name in named(mention.words, scene)]
    if len(names) == 1:
        return names[0]
    pool = names if names else list(scene.focus) if len(scene.focus) > 1 else scene.names
    if mark.kind in {"first", "last"}:
        return pool[0 if mark.kind == "first" else -1]
    pitched = [player for player in scene.players if player.name in pool and not player.is_drum]
    heights = {
        player.name: choice.instrument.low + choice.instrument.high
        for player in pitched
        if (choice := resolve(player.instrument))
    }
    if not heights:
        return None
    return (
        max(heights, key=lambda name: heights[name])
        if mark.kind == "extreme_high"
        else min(heights, key=lambda name: heights[name])
    )
