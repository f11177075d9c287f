"""Instruments told by their kind beside others: 'the electric one', 'swap the electric for a nylon', 'a distorted one'.

The noun that is left out is the one that the two share: an upright bass takes the place of the electric bass, and a nylon that of
the electric guitar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ensemble.band.instruments import Choice, resolve
from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Player, Scene
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, word_set

_KINDS = word_set(
    """electric acoustic normal regular standard plain clean fingered picked fretted current old existing original usual
    ordinary upright grand electronic nylon steel muted distorted overdriven fretless slap slapped synth synthetic real live
    sampled analog analogue digital modern vintage classical jazz rock country honky tonk tonky toy bright warm soft hard loud
    quiet basic default present first 808 909 new dirty fuzzy"""
)
_ARTICLES = word_set("the a an this that my our some another existing")
_ONES = word_set("one ones version sound kind type sort")
_USUAL = word_set(
    "normal regular standard plain current old existing original usual ordinary basic default present first new"
)


def kind_of(clause: Clause) -> tuple[str, ...]:
    """The words of kind of 'the electric one', 'the electric', 'the regular kit'; none where it says anything else."""
    words = tuple(word for word in clause.words if word not in _ARTICLES)
    while words and words[-1] in _ONES:
        words = words[:-1]
    return words if words and all(word in _KINDS for word in words) else ()


def told_by_kind(clause: Clause) -> bool:
    """Whether a new instrument is told by its kind alone: 'a nylon', 'a distorted one'."""
    return bool(clause.words) and clause.words[0] in {"a", "an", "some", "another"} and bool(kind_of(clause))


def of_that_kind(old: Clause, new: Clause, words: str | None, scene: Scene) -> tuple[str, ...]:
    """The stem that 'the electric one' is; none where it is not told by its kind. `words` name the instrument that is to
    take its place, if it is named in full, and `new` is all that is said of that one."""
    kind = kind_of(old)
    if not kind and old.words and old.words[0] in _ARTICLES and kind_of(old.part(0, -1)):
        noun = resolve(old.words[-1])  # 'the regular kit'
        return scene.present((noun.stem,)) if noun is not None and not mentions(old) else ()
    if not kind or any(named(mention.words, scene) for mention in mentions(old)):
        return ()
    choice = resolve(words, scene.genre) if words else None
    near = [player.name for player in scene.players if choice is None or _kin(player, choice)]
    chosen = [name for name in near if set(kind) <= _USUAL or _is(" ".join(kind), name)] or near
    if words is None:
        chosen = [name for name in chosen if noun_left_out(new, (name,))]
    alike = [name for name in chosen if choice is not None and name == choice.stem]
    chosen = alike or chosen
    return (chosen[0],) if len(chosen) == 1 else ()


def _kin(player: Player, choice: Choice) -> bool:
    own = resolve(player.instrument)
    return player.name == choice.stem or (own is not None and own.instrument.family == choice.instrument.family)


def _is(kind: str, name: str) -> bool:
    """Whether there is such a thing as an 'electric' one of that stem's noun."""
    choice, own = resolve(f"{kind} {name}"), resolve(name)
    return choice is not None and own is not None and choice.instrument.family == own.instrument.family


def noun_left_out(new: Clause, stems: Sequence[str]) -> str | None:
    """'a nylon', 'a distorted one' in the place of the guitar: 'nylon guitar'. None where no such instrument is known."""
    kind = " ".join(kind_of(new))
    if len(stems) != 1 or not told_by_kind(new) or set(kind.split()) <= _USUAL:
        return None
    found, plain = resolve(f"{kind} {stems[0]}"), resolve(stems[0])
    if found is None or plain is None:
        return None
    same = found.stem == plain.stem or found.instrument.family == plain.instrument.family
    return f"{kind} {stems[0]}" if same else None


_USING = word_set("use try get give me us i i'd want like rather have let's go for with")


def used_by_kind(clause: Clause, scene: Scene) -> tuple[str, ...]:
    """'use a fretless', 'get me an upright': the one stem that such a one would take the place of; none where it says anything else."""
    article = next((at for at, word in enumerate(clause.words) if word in {"a", "an", "some"}), 0)
    new = clause.part(article)
    if not article or not set(clause.words[:article]) <= _USING or not told_by_kind(new):
        return ()
    stems = tuple(name for name in scene.names if noun_left_out(new, (name,)))
    return stems if len(stems) == 1 else ()


_PREFER = re.compile(
    rf"{HEAD}(?:i'd prefer|i would prefer|i prefer|we'd prefer|i'd favour|i'd favor|prefer) (?P<new>(?:a|an|some) [\w ]+?) (?:to|over) (?P<old>(?:the|this|that|my) [\w ]+?)(?= [.,;!?]|$)"
)
_BETTER = re.compile(
    rf"{HEAD}(?P<new>(?:(?:a|an|some) [\w ]+?|\w+)) (?:would|might|could)(?: probably| maybe| perhaps| just| really)? (?:be|sound|work|fit|suit|sit|go|do|look|feel|match|serve)(?: \w+){{0,3}}? (?:better|more|nicer|closer|best|cooler|prettier|sweeter|more (?:fun|fitting|interesting|appropriate|suitable|authentic|natural|exciting|beautiful|elegant|romantic|original|magical|like it|my thing|our thing|in style))(?: (?:here|in this|for (?:this|us|me)))? than (?P<old>(?:the|this|that|my) [\w ]+?)(?: (?:here|does|do|in this|there))?(?= [.,;!?]|$)"
)
_FROM = re.compile(
    rf"{HEAD}(?:make|have|let|turn) (?P<old>(?:the|my) \w+) (?:be |into )?(?P<new>(?:a|an) [\w ]+?) (?:instead of|rather than|and not) (?:a |an |the )?(?P<was>[\w ]+?)(?= [.,;!?]|$)"
)


_RATHER = re.compile(
    rf"{HEAD}(?:rather than|instead of|in place of) (?P<old>(?:(?:the|this|that|my) [\w ]+?|\w+)) ?,? (?:use|try|have|give me|play|put in|go for|let's have|let's use|i want|i'd like|i'd prefer|we could use|bring in) (?P<new>(?:(?:a|an|some) [\w ]+?|\w+))(?= [.,;!?]|$)"
)
_NOT = re.compile(
    rf"{HEAD}(?:use|go for|go with|try|take|pick|choose|give me|i want|i'd like|we want|have|i'd go for|i meant|should be) (?P<new>(?:a|an|some) [\w ]+?) ?,? (?:and |but )?not (?P<old>(?:the|this|that|my) [\w ]+?)(?= [.,;!?]|$)"
)


_SUCH_AS = re.compile(
    r"(?<!the )(?<!my )\b(?P<kind>(?:(?:some|an?|any) )?(?:percussion|brass|strings?|woodwinds?|winds?|horns?|synths?|keyboards?)(?: instruments?)? ?"
    r"(?:[,:-] ?)?(?:maybe|perhaps|possibly|say|like|such as|for example|for instance) )(?=(?:an? |some )?(?P<one>\w+))"
)


def compared(message: Clause) -> Clause:
    """'I'd prefer an acoustic guitar to the electric' -> 'replace the electric with an acoustic guitar'; 'some percussion, maybe
    congas' -> 'congas'."""
    such = _SUCH_AS.search(text_of(message))
    if such is not None and mentions(Clause((such["one"],), (such["one"],))):
        message = reworded(message, such, "", "kind")
    for pattern in (_PREFER, _BETTER, _FROM, _RATHER, _NOT):
        found = pattern.search(text_of(message))
        if found is not None and (pattern is not _RATHER or mentions(Clause(*2 * (tuple(found["new"].split()),)))):
            message = reworded(message, found, f"replace {found['old']} with {found['new']}")
    return message
