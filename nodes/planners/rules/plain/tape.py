"""The pitch beside a change of speed: 'half speed, so the pitch drops as well' is a tape's, 'slower, but the pitch must not drop' is not."""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import places, text_of
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.speech import BREAKS, Clause

_THE = r"(?:the |its |your |that )?(?:original |natural )?(?:whole |overall )?(?:pitch|tuning)"
_MOVES = (
    r"(?:drops?|dropping|falls?|falling|goes|go|going|sinks?|sinking|rises?|rising|climbs?|climbing|follows?|following|changes?|changing|shifts?|shifting|moves?|moving|"
    r"slides?|sags?|lowers|raises|dips?|comes? down|comes? up)(?: (?:up|down|lower|higher|deeper|along|with it|with the (?:speed|tempo)|as well|too|accordingly|together|also|the same way))*"
)
_MAY = r"(?: (?:should|can|could|may|must|will|has to|is to|is allowed to|to|might|also|then|just|even|is free to|needs to|ought to))*"
_FALLS = re.compile(
    rf"(?:(?:and |so |so that |with |let |letting |where |i want |i'd like |have |make |making |it's fine if |it's ok if |it's okay if |i don't mind if |i don't care if |fine if |ok if |that |until |causing |which makes |lowering |which lowers )*"
    rf"(?:{_THE}{_MAY} {_MOVES}|{_THE} (?:included|include|includes|too|as well|and all|together|with it|along)))"
    rf"|(?:don't|do not|without|not|no need to|never|no) (?:keep|keeping|preserve|preserving|hold|holding|correct|correcting|maintain|maintaining|lock|locking|compensate for|compensating|fix|fixing|care about|bother with|worry about) {_THE}(?: \w+){{0,2}}"
    rf"|(?:without|no) (?:pitch (?:correction|preservation|lock|compensation)|time ?stretch(?:ing)?|stretching)"
    rf"|(?:{_MOVES.split('(?: ')[0]} )?(?:in pitch|in tune) (?:too|as well|also|with it|along)|(?:change|lower|raise|drop|slow) {_THE} (?:too|as well|along|with it|together with it|also)"
    rf"|(?:both )?(?:speed|tempo) and pitch(?: together| both| at once)?|pitch and (?:speed|tempo)(?: together| both| at once)?"
    rf"|(?:like|as on|as with) (?:a |an |the )?(?:\w+ )?(?:slowed down |slowed |sped up |slowing |dying |old |worn |warped )*(?:tape|cassette|vinyl|record|turntable|walkman|record player)(?: \w+ing)?(?: (?:down|up))?(?: (?:on|at) the wrong speed)?"
    rf"|(?:slowed |sped up )?(?:chipmunk|tape|vinyl|varispeed|old school sampler|sampler|turntable|cassette)(?: speed)? (?:style|effect|sound|stop|mode)"
)  # fmt: skip
_STAYS = re.compile(
    rf"(?:(?:and|but|while|with|without|so|just|only|please) )*(?:"
    rf"(?:don't|do not|never|not) (?:let|letting|have|make|allow) {_THE}(?: to)? \w+(?: (?:with it|up|down|along|too|as well|though))*"
    rf"|{_THE} (?:must|should|may|can|shall|does|do|has)(?:n't| not|not) (?:to )?(?:be )?(?:\w+)(?: \w+){{0,2}}?"
    rf"|(?:without|not|never|don't|do not) (?:changing|touching|affecting|altering|shifting|moving|lowering|raising|losing|change|touch|affect|alter|shift|move|lower|raise) {_THE}"
    rf"|(?<!don't )(?<!not )(?<!without )(?<!never )(?:keep|keeping|preserve|preserving|hold|holding|maintain|maintaining|leave|leaving|retain|retaining) {_THE}(?: (?:as it is|where it is|the same|as is|intact|unchanged|constant|alone|untouched|like it is))?"
    rf"|(?:at |in )?(?:the )?same pitch|(?:with )?{_THE} (?:stays|staying|remains|kept|unchanged|untouched|intact|preserved)(?: \w+){{0,3}}?)(?= [.,;!?]| and | please|$)"
)


_LOVED = re.compile(r"\b(?:love|like|adore|miss|enjoy|dig|fan of|into|about|reminds me of)(?: \w+){0,4} ?$")
"""'I love that old (tape sound)': no order."""
_FACTORS = frozenset({"times", "percent"})


def with_the_speed(message: Clause) -> Clause:
    """The message with 'like tape' for whatever says that the pitch goes with the speed, and nothing for its opposite."""
    if not message.has("faster", "slower", "tempo") and not any(said.unit in _FACTORS for said in amounts(message)):
        return message
    text = text_of(message)
    if (stays := _STAYS.search(text)) is not None:
        start, end = places(text, *stays.span())
        left = message.without([(start, end)])
        return left if left.has("faster", "slower", "tempo") else message
    found = [said for said in _FALLS.finditer(text) if not _LOVED.search(text[: said.start()])]
    if not found:
        return message
    left = message.without(places(text, *said.span()) for said in found)
    if not left.has("faster", "slower", "tempo") and not amounts(left):
        return message
    start, end = places(text, *found[0].span())
    for said in reversed(found[1:]):
        message = message.without([places(text, *said.span())])
    while start and message.words[start - 1] in BREAKS | {"and", "so", "but", "with", "then"}:
        start -= 1
    about = message.without([(start, end)])
    speed = "" if about.has("faster", "slower", "tempo") else "speed "
    if start:
        return message.replaced(start, end, f"{speed}like tape")
    close = next((at for at, word in enumerate(about.words) if at and word in BREAKS - {","}), len(about.words))
    return about.replaced(close, close, f"{speed}like tape").bare()
