"""One player's part for another, told otherwise than by replacing: 'score the violin line for oboe', 'keys out, accordion in'."""

from __future__ import annotations

import re

from ensemble.band.instruments import resolve
from nodes.planners.rules.plain.kinds import told_by_kind
from nodes.planners.rules.plain.leaving import named_here
from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import find, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_PART = r"(?: ?'s)?(?: (?:part|line|riff|melody|solo|chords|tune|role|notes|bit|hook|figure|pattern))?"
_OWN = r"(?: ?'s)? (?:part|line|riff|melody|solo|chords|tune|role|notes|bit|hook|figure|pattern)"
_OLD = r"(?:the|my|that|this|those|these|our) (?P<old>\w+(?: \w+){0,1}?)"
_NEW = r"(?:(?:a|an|some|the) )?(?P<new>\w+(?: \w+){0,2}?)"
_END = r"(?: (?:instead|please|now|then|for me|from now on))*(?= [.,;!?]| and |$)"
_ASK = r"(?:(?:can|could|may|might|should) (?:we|you|i) (?:maybe |please |just )?|let's |let me |i'd like to |i want to |we could )?"
_WISH = r"(?:(?:put|i want|we want|i'd like|i would like|i'd love|i'd rather have|let's have|give me|can we have|use|try|have) )?"
_BE = r"(?:(?:should|could|can|must|might|needs to|has to|ought to|gets?|is|are|to) )?(?:be |get |go )?"
_TAKEOVERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{HEAD}(?:re ?)?(?:score|transcribe|write|rewrite|rescore|arrange|rearrange|recast|reassign|orchestrate|reorchestrate|adapt|set) {_OLD}{_PART} (?:out )?(?:for|on|onto) {_NEW}{_END}",
        rf"{HEAD}(?:(?:let|have|get|make|want|i want|i'd like|i'd prefer|i'd rather|i'd love|could|can|maybe)(?: (?:to )?(?:have|hear))? )?{_NEW} (?:to |should |could |can )?(?:takes?|have|do|does|handles?|gets?|plays?|covers?|carry|carries|takes? over|taking|doing|playing|covering|carrying|picks? up|double for|stand in for) {_OLD}{_OWN}{_END}",
        rf"{HEAD}(?:(?:put|move|play|give|hand|pass|have|i want|i'd like|could|can|let's have) )?what(?:ever)? {_OLD} (?:plays?|(?:is|are|was|were) (?:playing|doing)|does|do|has|have)(?: (?:should|could|can|must|has to|needs to))?(?: (?:go|be|be played|sound|move))? (?:over )?(?:on|onto|to|by) (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}{_OLD}{_PART} (?:should|could|can|must|needs to|has to|ought to|might|would) (?:go|move|be given|be handed|be passed|pass|be moved) (?:over )?to (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}{_ASK}(?:put|move|play|place|shift|give|hand|pass|transfer|i want|i'd like|try|have|do|let's have|let's put|let's hear|how about|hear) {_OLD}{_OWN} (?:over )?(?:on|onto|to|over to|by|with) (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}{_OLD}{_OWN} on (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}(?:the |my )?(?P<old>\w+(?: \w+)?) out (?:, |and |, and |; |/ )?(?:a |an |the |some )?(?P<new>\w+(?: \w+){{0,2}}?) in{_END}",
        rf"{HEAD}(?:a |an |the |some )?(?P<new>\w+(?: \w+){{0,2}}?) in (?:, |and |, and |; )?(?:the |my )?(?P<old>\w+(?: \w+)?) out{_END}",
        rf"(?:^|(?<=[.,;!?:&] )|(?<=\band ))(?:the |my )?(?P<old>\w+(?: \w+)?) (?:in)?to (?:an? )?(?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}{_WISH}{_NEW} (?:in |just )?where {_OLD} (?:is|are|was|were|used to be|sits?|plays?|stands?)(?: now)?{_END}",
        rf"{HEAD}{_WISH}{_OLD}{_PART} {_BE}(?:taken over|covered|handled|replaced?|swapped|exchanged?|changed?|switched|traded?)(?: out)? (?:by|with|for|to|into) {_NEW}{_END}",
        rf"{HEAD}{_OLD} (?:should|could|can|must|might|needs to|has to|ought to) (?:become|turn into|change (?:in)?to) {_NEW}{_END}",
        rf"{HEAD}out with (?:the |my )?(?P<old>\w+(?: \w+)?) (?:, |and |, and )?in with {_NEW}{_END}",
        rf"{HEAD}in with {_NEW} (?:, |and |, and )?out with (?:the |my )?(?P<old>\w+(?: \w+)?){_END}",
    )
)  # fmt: skip
_ALSO = re.compile(
    rf"(?<= )(?:and|,) {_OLD} (?:(?:by|with|for|to|into) )?(?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}"
)
"""'(the violin should become an oboe) and the cello a bassoon'."""
_ARTICLES = (["a"], ["an"], ["some"])


def in_the_place(message: Clause, scene: Scene) -> Clause:
    """'remove the guitar, let a mandolin play its part' -> 'replace the guitar with a mandolin'."""
    words = message.words
    taken = [at for at in range(len(words) - 1) if words[at] in _ITS and words[at + 1] in _PLACE]
    taken += [at for at in range(1, len(words) - 1) if words[at - 1] in _PLAY and words[at] == "the"]
    at = next(iter(taken), None)
    if at is None:
        return message
    begin = max((i + 1 for i in range(at) if words[i] in BREAKS | {"and", "then"}), default=0)
    end = next((i for i in range(at, len(words)) if words[i] in BREAKS | {"and", "then"}), len(words))
    first = max((i + 1 for i in range(max(0, begin - 1)) if words[i] in BREAKS | {"and", "then"}), default=0)
    gone, players = message.part(first, max(first, begin - 1)), mentions(message.part(begin, at))
    old = find(gone, scene).stems if gone.words and gone.begins("remove") else ()
    theirs = find(message.part(at, end), scene).stems
    if len(old) != 1 or len(players) != 1 or (theirs and theirs != old) or named(players[0].words, scene):
        return message
    return message.replaced(first, end, f"replace the {old[0]} with a {players[0].words}")


def _rather(message: Clause, scene: Scene) -> Clause:
    """'the keys are boring, how about a harpsichord' -> 'replace the keys with a harpsichord', where one can do what the other did."""
    stops = [-1, *(at for at, word in enumerate(message.words) if word in BREAKS), len(message.words)]
    for first, stop, last in zip(stops, stops[1:], stops[2:], strict=False):
        told, idea = message.part(first + 1, stop), message.part(stop + 1, last)
        owners, players = mentions(told, scene), mentions(idea, scene)
        if len(owners) != 1 or len(players) != 1 or named(players[0].words, scene):
            continue
        stems, choice = named(owners[0].words, scene), resolve(players[0].words, scene.genre)
        player = scene.player(stems[0]) if len(stems) == 1 else None
        head, tail = set(idea.words[: players[0].start]), set(idea.words[players[0].end :])
        words = set(told.words)
        bad = words & _BAD or (words & _NOT and words & _WORKS and owners[0].start <= 2)
        if player is None or choice is None or not bad or not (head <= _IDEA and tail <= _BETTER and head | tail):
            continue
        if choice.instrument.role == player.role or choice.stem == player.name:
            return message.replaced(first + 1, last, f"replace the {stems[0]} with a {players[0].words}")
    return message


_BAD = word_set(
    "boring bores bore bored dull cheap fake wrong bland lame cheesy meh tacky plasticky plastic too nothing tired sick horrible awful cliche corny"
)
_NOT = word_set("not don't doesn't isn't aren't can't cannot never hardly")
_WORKS = word_set("work works working fit fits fitting right it suit suits good great convincing cutting doing")
_IDEA = word_set(
    "a an some how what about maybe perhaps try use let's can could we you i have get me give us hear i'd go for prefer rather like would want please so why not if were"
)
_BETTER = word_set(
    "instead there here maybe please perhaps would might could be better nicer more the thing suit it fit work sound for me us this in its place then much"
)
_ITS = word_set("its it's his her their that the same")
_PLAY = word_set("play take do cover")
_PLACE = word_set("part parts line lines place role job spot seat chair bit")
_LIKENESS = re.compile(
    rf"\bsomething (?:a bit |a little )?(?:more |closer |much more )?(?:like|to|akin to) (?:a|an|some) (?P<new>\w+(?: \w+)??)(?P<maybe> maybe| perhaps)?{_END}"
)
_IT_ON = re.compile(
    rf"{HEAD}(?:(?P<be>(?:can|could|should|might|would) (?:it|that|this) (?:be|become)) |(?:(?:i'd|i would|we'd) )?(?:prefer|try|want|like|have|hear) (?:it|that|this) on )"
    rf"(?:a|an) (?P<new>\w+(?: \w+)?){_END}"
)


def _no_likeness(message: Clause) -> Clause:
    """'something more like an organ maybe' -> 'maybe an organ'; 'can it be a flute', 'I'd prefer it on a flute' -> 'play it on a flute'."""
    for pattern, plain in ((_LIKENESS, "a"), (_IT_ON, "play it on a")):
        found = pattern.search(text_of(message))
        players = (
            mentions(words) if found is not None and (words := Clause(*2 * (tuple(found["new"].split()),))) else []
        )
        if found is not None and players and players[-1].end == len(found["new"].split()):
            ahead = "maybe " if found.groupdict().get("maybe") else ""
            message = reworded(message, found, f"{ahead}{plain} {found['new']}")
    return message


def taken_over(message: Clause, scene: Scene) -> Clause:
    """'score the violin line for oboe instead' -> 'replace the violin with an oboe'."""
    message = _rather(_no_likeness(message), scene)
    told = message
    for pattern in (*_TAKEOVERS, _ALSO):
        found = pattern.search(text_of(message)) if pattern is not _ALSO or message is not told else None
        if found is None or not named_here(found["old"], scene):
            continue
        words = tuple(found["new"].split())
        players = mentions(Clause(words, words))
        bare = found.string[: found.start("new")].split()[-1:] not in _ARTICLES
        if bare and players and named(players[-1].words, scene):
            continue  # 'the bass plays the keys part'
        if (players and players[-1].end == len(words)) or told_by_kind(Clause(("a", *words), ("a", *words))):
            message = reworded(message, found, f"replace the {found['old']} with a {found['new']}")
    return message
