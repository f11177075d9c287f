"""Wishes of the very polite in the plainer words of others: 'I should like' and 'I would very much like' are 'I would like',
'might I have' is 'can I have'."""

from __future__ import annotations

import re
from functools import cache

from nodes.planners.rules.plain.purposes import PERSON
from nodes.planners.rules.plain.rewording import choice, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, clause

_DEGREES = r"(?:very much|quite|really|rather|dearly|also|so|ideally|particularly|perhaps|then|now|just|actually|still|certainly)"
_BEFORE_A_QUESTION = (
    r"(?:(?:just |i have |i've got |i had |here's )?(?:a |an |one |my |another |two )?(?:more |quick |small |little |short |simple |stupid |silly |dumb |random |brief |last )*"
    r"(?:questions?|query|q)(?: for you| first| about (?:it|this))?|(?:just )?(?:out of (?:curiosity|interest)|(?:i'm |just )*curious|i was wondering|just wondering|"
    r"(?:just )?(?:to check|checking|to be sure|making sure)|for (?:my notes|the record|reference)|before (?:i|we) \w+(?: (?:on|anything|it|recording))?|one thing|while (?:i|we)'re (?:here|at it)))"
)
_ASKING = r"(?:is|are|was|were|does|do|did|has|have|what|what's|which|how|who|who's|where|when|why|am)"
_VERB = rf"(?:{'|'.join(sorted(verb for verb in OPENERS if verb.isalpha()))})\b"
TAG = r"(?:don't|do not|wouldn't|won't) you (?:think|say|agree|reckon|find)(?: so)?|(?:is|are|was|were|has|have|does|do|did|could|would|should)n't (?:it|they|that|he|she|there|we|i|you)|(?:is|are|does|do|has|have|did) (?:it|they|that|he|she|we) not|(?<=, )(?:is|are|was|were|does|do|did|has|have) (?:it|they|that|he|she|we|there)(?= \?)|am i right|if you ask me|know what i mean|if you know what i mean"
_LEAD = r"(?:^|(?<=[.,;!?:] )|(?<=\b(?:and|but) )|(?<=\bso ))"
_MANNERS = r"(?:soft|softly|quiet|quietly|loud|loudly|gentle|gently|delicate|busy|sparse|simple|low|high|deep|mellow|heavy|subtle)"
_FAULT = (
    r"(?:loud|quiet|soft|fast|slow|high|low|busy|sparse|bright|dark|dry|wet|boomy|muddy|thin|long|short|harsh|heavy)"
)
_BIT = r"(?:a (?:bit|little|tad|touch)|bit|kinda|kind of|sort of|rather|pretty|quite|slightly|somewhat|awfully)"
_WHO = r"(?:(?:the|my|our|that|this|those) \w+(?: and (?:the |my )?\w+)?|it|this|that|they)"
_UNSURE = r"(?:(?:i'm |i am )?not (?:quite |entirely |really )?(?:sure|certain)|i'm no \w+|call me \w+|no idea|hard to say|maybe it's just me|it's just me|it might just be me|could be just me|i may be wrong|i might be wrong|this may sound \w+|sounds \w+)"
_ONLY_THOUGHT = r"(?:i'd say|i would say|i'd have said|part of me wants|i was (?:thinking (?:of|about)|going to|about to|tempted to)|i thought (?:about|of)|i considered|i'd (?!like|love|prefer|rather|be|want|appreciate|better)\w+)"
_BAD = rf"(?:{choice('wishes.yaml', 'unwanting')}|kill me|kill us|hate (?:it|me|that)|laugh|complain|never forgive)"
_GLAD = r"(?:then )?(?:i'd|i would|we'd|we would|that'd|that would|it'd|it would) (?:be|make (?:my|our) day|really help|help)"
_STARTS = r"(?:^|(?<=[.;!?] ))"
_ONLY_SAID = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_STARTS}{_ONLY_THOUGHT} [^.;!?]+? but [^.;!?]*?{_BAD}\b[^.;!?]*?(?:[.;!?-] |, (?=so ))(?P<anew>(?:so )?make (?:it|that) (?=an? ))?(?=\w)",
        rf"{_STARTS}i (?:thought|expected|feared|was afraid|figured|assumed)(?: that)? [^.,;!?]+? (?:would|might|could) (?:be|sound|feel) [^.;!?]+?,? but ",
        r"(?:^|(?<=[.,;!?] ))(?P<said>\w+(?: \w+)+)[.,!]+ (?=(?P=said)\b)",
        r"(?:^|(?<=[.,;!?] ))(?P<idea>\w+(?: \w+)*)[.,!?]+ (?:h+m+[.,]* )?(?:yes|yeah|yep|right),? (?=(?P=idea)\b)",
        r"^(?:o+h+|a+h+|w?hoa|wow|m+)[,.!]* (?=(?:nice|yes|yeah|ok|okay|i|that|this|lovely|love|cool|great|the|it)\b)",
        rf"{_STARTS}(?:i'm|i am|we're|we are) (?:torn|undecided|wavering|split) between [^.;!?]+[.;!?-] (?=\w)",
        rf"{_STARTS}(?:i|we)(?: just)? (?:want to|wanna|need to|have to|would like to|'d like to) (?:hear|see|check|know|find out) (?:how|what|whether|if|why)(?:(?! (?:with|without|as|at|in|would|could|an?|like) )[^.;!?,])*(?:[.;!?]|, (?=so ))",
    )
)  # fmt: skip
_COURTESIES = (
    (re.compile(rf"{_LEAD}what i (?:meant|mean|wanted|really want)(?: to say)? (?:was|is) (?:: |that |just )?(?=\w)"), ""),
    (re.compile(rf"{_LEAD}(?:isn't|aren't) (?P<who>(?:the|my|our) \w+) (?P<doing>(?!playing\b)\w+ing) (?=with|against|in|on|over|too|into)"), "{who} is {doing} "),
    (re.compile(rf"{_LEAD}(?:down|up) to (?=\d\d+(?: bpm)? ?(?:[.,;!?]|please|$))"), "make it "),
    (re.compile(rf"{_LEAD}(?:sadly|unfortunately|luckily|thankfully|frankly|personally|admittedly|obviously|clearly|alas|regrettably|strangely|funnily|oddly) (?:enough )?(?:, )?(?=\w)"), ""),
    (re.compile(r"(?<=[.!?;] )(?:next|secondly|thirdly|lastly|finally|another thing|one more thing) [,:] (?=\w)"), ""),
    (re.compile(r"\b(?:turn|switch|take|put) (?P<what>the \w+(?: \w+)?) off on (?=(?:the|my|our|it|them)\b)"), "turn off {what} on "),
    (re.compile(r"\b(?:everything|everybody|everyone|all) (?:around|behind|besides|beside|under|next to|other than) (?:it|him|them)\b"), "everything else"),
    (re.compile(r"\b(?:i|we)(?:'d like| would like| need| want|'ll need) (?:it|this|that)(?: (?:one|loop|song|tune|track|piece))? (?:at|around) (?=\d\d)"), "make it "),
    (re.compile(rf"{_LEAD}is it (?:just )?me or (?:is|are|does|do) (?P<who>{_WHO})(?: (?:sound|feel|seem))?(?: {_BIT}| too| really)* (?P<fault>{_FAULT})(?= ?[.?!,])"), "{who} is too {fault}"),
    (re.compile(r"(?P<well>\b(?:fine|good|nice|ok|okay|right|great|perfect|lovely)) (?:just )?(?:as|the way|how|where) (?:it|they|that) (?:is|are)(?= ?[.,;!?])"), "{well}"),
    (re.compile(rf"{_LEAD}(?:(?:it|this|that)(?: is|'s)? |it's |that's )?{_BIT} (?P<fault>{_FAULT})(?= ?,? ?(?:{TAG}|no|innit|right|eh|though)\b(?! \w))"), "it is too {fault}"),
    (re.compile(rf"{_LEAD}(?:compared (?:to|with)|unlike|next to|against|in comparison (?:to|with)|beside|other than) (?:the|my|our) \w+ (?:, )?(?=(?:the|my|our|it|they)\b)"), ""),
    (re.compile(rf"{_LEAD}(?:it's|it is) (?P<who>(?:the|my|our) \w+) (?:that's|who's|(?:that|which|who) (?:is|are)) "), "{who} is "),
    (re.compile(rf"{_LEAD}(?:it's|it is) (?P<who>(?:the|my|our) \w+) (?:that|which|who) (?=needs?|wants?|should|could|has|have|sounds?|feels?)"), "{who} "),
    (re.compile(rf"{_LEAD}what (?:\w+ )?(?:bugs|bothers|annoys|worries|disturbs|irritates) me (?:\w+ ){{0,2}}?is (?P<who>(?:the|my|that) (?:[\w]+ ){{0,2}}(?:bars?|half|section|ending|bit|part))(?= ?[.;!?]|$)"), "i don't like {who}"),
    (re.compile(rf"{_LEAD}what (?:\w+ )?(?:bugs|bothers|annoys|worries|disturbs|irritates) me (?:\w+ ){{0,2}}?is (?P<who>(?:the|my|that) [\w ]+?)(?= ?[.;!?]|$)"), "{who} bothers me"),
    (re.compile(rf"{_LEAD}what (?:\w+ )?(?:bugs|bothers|annoys|worries|disturbs|irritates) me (?:\w+ ){{0,2}}?is (?:that )?(?=\w)"), ""),
    (re.compile(rf"{_LEAD}{_UNSURE}(?: (?:though|yet|if|whether)(?: (?:it|this|that)[\w' ]+)?)? (?:, )?but "), ""),
    (re.compile(rf"{_LEAD}(?:let's (?:say|call it)|(?<=\b(?:faster|slower) [.,] )(?:say|so|around|like)) (?:about |around |roughly )?(?=\d\d+(?: bpm)? ?(?:[.,;!?]|$))"), "make it "),
    (re.compile(r"(?<=, )(?:the |my )?(?P<who>\w+(?: and (?:the )?\w+)?) (?:can |may |should |must |just )*stays?(?: put| the same| as (?:is|it is|they are))?(?= ?[.,;!?]|$)"), "leave the {who} alone"),
    (re.compile(rf"{_LEAD}(?P<count>\d+|[a-z]+) (?P<unit>bars|bpm) (?:would|might|could|may) be (?:\w+ )?(?:better|nicer|cooler|best|enough|ideal|perfect)(?: than [\w ]+)?"), "make it {count} {unit}"),
    (re.compile(rf"{_LEAD}why (?P<be>is|are|must|does|do) (?P<who>{_WHO}) (?:have to be |sound |feel |be )?so (?P<fault>{_FAULT}) \?(?= \w)"), "{who} is too {fault} ."),
    (re.compile(rf"{_LEAD}if (?:you|we) (?:could|can|would|might) (?P<wish>(?:please |just |maybe )*{_VERB}[^.;!?]+?)(?: ,)? {_GLAD}\b[^.;!?]*"), "{wish}"),
    (re.compile(rf"{_LEAD}(?:(?:i|we)(?:'m| am| was| were|'re|'ve been| have been)?(?: {_DEGREES}| only)* )?wonder(?:ing|ed)? (?:if|whether) (?=(?:[\w']+ ){{1,8}}?(?:could|can|might|would|should|may)(?! (?:it|this|that) be (?:that|because)) )"), ""),
    (re.compile(
        rf"{_LEAD}(?:(?:though|however|still) ,? ?)?(?:my|our|the|one) (?:(?:only|one|main|biggest|slight|small|little|other|single|sole|real) )*(?:worry|worries|concern|quibble|complaint|gripe|niggle|reservation|trouble|problem|issue|thing|snag|objection|criticism|doubt|fear|regret|thought|feeling)"
        r"(?: (?:i|we)(?:'ve| have| had|'d)(?: got)?)?(?: (?:here|now|so far|(?:with|about) (?:it|this|that)))? (?:is|was|would be)(?: just| really| perhaps)? that (?=\w)"
    ), ""),
    (re.compile(
        rf"{_LEAD}(?:it|this|that|this one|the (?:loop|tempo|song|track|tune|piece|groove|beat|whole thing))(?:'s| is| really| probably| just)* (?:wants? to|needs? to|ought to|should|has to|could) (?:be|sit|run|go|move|live|come in|land|settle)(?: \w+ly| more)* (?:at )?(?:about|around|near|nearer|closer to|roughly|somewhere (?:around|near)|at)"
        r" (?P<pace>[4-9]\d|1\d\d|2[0-3]\d)(?= ?[.,;!?]| bpm| or (?:so|thereabouts)|$| please)"
    ), "make it {pace}"),
    (re.compile(
        rf"{_LEAD}(?:(?:it|this|that)(?: would| might| could| will|'d|'ll)? (?:{_DEGREES} |probably )*(?:suits?|fits?|helps?|sits? better for|(?:be )?(?:work|better|easier|kinder|gentler|nicer|happier|best|more comfortable) (?:for|to|on|with)|works? better for) (?:(?:my|our|the|his|her|their|all|most of) ){{1,2}}(?:\w+ )?{PERSON}(?: (?:better|more|best|well|nicely|much|a lot|far|if it (?:was|were)))*"
        rf"|(?:(?:my|our|the|his|her|their|all|most of) ){{1,2}}(?:\w+ )?{PERSON} (?:would|might|could|will) (?:{_DEGREES} |probably |all )*(?:be|feel|sound|sing|find it) (?:(?:much|far|a lot|a bit|rather) )?(?:happier|better|more comfortable|easier|safer|best|more at home|at home))"
        r" (?=(?:in|at|up|down|an?) )(?!.* there\b)(?!an? (?:bit|little|lot)\b)(?:at (?=\w+ (?:higher|lower|up|down)))?"
    ), "make it "),
    (re.compile(rf"{_LEAD}(?P<key>[a-g](?: flat| sharp|#)?(?: major| minor)?) (?:would|might|could|will) (?:{_DEGREES} |probably )*(?:suit|fit|be (?:much |far |a bit )?(?:better|easier|kinder|gentler|nicer|safer|best|more comfortable) (?:for|to|on|with)) (?:me|us|(?:my|our|the|his|her|their) (?:\w+ )?{PERSON})(?: (?:better|more|best|well|nicely|much|a lot|far))*"), "make it in {key}"),
    (re.compile(
        rf"{_LEAD}(?:(?:(?:i'm|i am|we're) )?(?:(?:so|very|terribly|awfully|really) )*sorry (?:to|for|about) (?:be|being|bother|bothering|keep|keeping|trouble|troubling|ask|asking|nag|nagging|interrupt|interrupting|come back|coming back)\b[\w' ]*?"
        r"|(?:i|we) (?:do |really |just )?hope (?:that )?(?:you (?:don't|do not|won't) mind|(?:this|that|it|i)(?:'s|'m| is| am)?(?: (?:isn't|not|won't be))? (?:a |an |any |too |much |of a |being |asking )*(?:bother|trouble|nuisance|imposition|inconvenience|pain|bore|pest|to ask|much|difficult|fussy|awkward|all right|ok|okay|alright))[\w' ]*?) ?[,.;:-] (?:but |and )?(?=\w)"
    ), ""),
    (re.compile(r"(?P<fault>\b(?:loud|bright|boomy|quiet|busy|harsh|strong|heavy|bassy|fast|dry|wet)) for (?:my|our|the|such a|a|this|his|her|their) (?:\w+ )?(?:hall|room|church|chapel|kitchen|studio|garage|space|cafe|café|venue|marquee|theatre|theater|house|flat|ward|library|cave)(?= ?[.,;!?]|$| so | please)"), "{fault}"),
    (re.compile(rf"{_LEAD}let me (?:explain|tell you(?: why)?|put it (?:this way|differently|another way)) ?[:,.;-] "), ""),
    (re.compile(rf"{_LEAD}(?:(?:is there|there's|would there be) (?:any|a|some) (?:chance|way|possibility|hope)|any (?:chance|hope|possibility)|(?:do|would) you (?:suppose|reckon|think)|i don't suppose)(?: that)? (?=(?:the|my|it|this|that) (?:[\w']+ ){{0,3}}?(?:could|can|might|may)\b)"), ""),
    (re.compile(r"(?<=, )which is why (?=(?:i|we|i'd|we'd|it|the) )"), ""),
    (re.compile(rf"{_LEAD}(?:(?:may|might|could|can) (?:i|we) (?:just |please |perhaps )*(?:ask|enquire|inquire)(?: you)?|if (?:i|we) (?:may|might) ask ,?) (?=(?:what|which|how|who|where|when|why)\b)"), "tell me "),
    (re.compile(r"\b(?P<said>(?:there's|there is|there are|it has|it's got) no (?:\w+ ){0,2}?\w+) (?:yet|so far|as yet|at present|at the moment)(?= ?[.,;!?] )"), "{said}"),
    (re.compile(r"\b(?:i|we|they|he|she)(?:'d| would) (?:much |far )?(?:rather|prefer it if|prefer if|prefer that) (?:you|we) left "), "leave "),
    (re.compile(r"\b(?:i|we|they|he|she)(?:'d| would) (?:much |far )?(?:rather|prefer it if|prefer if|prefer that) (?:you|we) kept "), "keep "),
    (re.compile(r"\b(?:i'd|we'd|i would|we would) (?:much |far )?(?:rather|prefer) not (?:to )?(?:have|hear|include|use) (?=(?:the|any|a|an|those|that)\b)(?!.*\b(?:so|too|as|that loud)\b)"), "remove "),
    (re.compile(rf"{_LEAD}(?:just )?(?:as|like) (?:(?:i|we)(?:'ve| have|'d| had)? )?(?:just )?(?:discussed|said|mentioned|agreed|explained|told you|talked about|wrote|promised|arranged|requested)(?: (?:it|this|that|to you|you))?(?: (?:(?:on|over|in|at|by|during) (?:the|my|our|an?) (?:\w+ )?(?:phone|telephone|radio|call|meeting|email|mail|letter|note|chat|show|cafe|hall|rehearsal|message)|by (?:phone|telephone|email|mail|letter)|earlier|before|yesterday|last (?:week|night|time)|this morning))+(?: ,)?(?= ?\w| ?[.?!]|$)"), ""),
    (re.compile(r"\b(?P<who>i'd|we'd|i would|we would) (?:much |far )?sooner\b"), "{who} rather"),
    (re.compile(r"\b(?:i|we|it|that)(?:'d| would) be (?:[\w']+ ){1,4}?if (?=(?:it|the|my|our|this|everything)\b(?: \w+){0,2} (?:was|were|had|got|went|sounded|came)\b)"), "i wish "),
    (re.compile(r"\b(?P<said>(?:we're|we are|it's|it is|that's|that is|this is|there's|there is) [^?.,]*?)(?: ,)? (?:right|correct|innit|yeah|eh)(?= \?)"), "{said}"),
    (re.compile(rf"(?<= )(?:, )?(?:{TAG})(?: \?|(?= [,.!;]))"), "."),
    (re.compile(
        r"\b(?:(?:i'm |i am )?(?:just )?(?:curious|i wonder|wondering) )?(?:what|how) (?:(?:it|this|that)(?:'d| would| might)|(?:would|might) (?:it|this|that)) (?:be|sound|feel|go|work)(?: like)? "
        r"(?=(?:at )?(?:twice|half|double|three times) |an octave|a (?:fourth|fifth|third|tone|step|semitone|whole tone|minor third) |(?:a bit |a little |much |a lot )?(?:faster|slower|higher|lower|louder|quieter|softer|darker|brighter)\b)"
    ), "make it "),
    (re.compile(r"(?<= ), (?:(?:is|are|was|were|do|does|did|has|have|had|would|could|can)(?:n't)?|ain't) (?:it|there|they|we|you|i|he|she) \?(?= \w)"), "."),
    (re.compile(
        r"(?P<new>\b(?:add|bring in|put|have|throw in|layer|hear|get|with|include|use|try) [^.;!?]*?\w)(?: ,)?(?: (?:just|every bit|about|that's|that is|which is|nearly|almost|exactly|equally|playing|and|quite))* as "
        rf"(?P<how>{_MANNERS}) as (?:the|my|our|that) \w+(?: \w+)?(?: is| are| does| do)?(?= ?[.,;!?]|$)"
    ), "{new} , {how}"),
    (re.compile(rf"\b(?P<who>i|we) (?:should|would|had) (?:{_DEGREES} )*(?P<verb>like|love|appreciate|enjoy|prefer)\b(?! to (?:know|ask|hear what))"), "{who} would {verb}"),
    (re.compile(rf"\b(?P<who>i'd|we'd) (?:{_DEGREES} )+(?P<verb>like|love|prefer)\b"), "{who} {verb}"),
    (re.compile(
        rf"\b(?:what|all) (?P<who>i|we|it|this|the (?:loop|track|song|mix))(?:'d| would|'m|'s| is| am)? (?:{_DEGREES} )*(?:needs?|wants?|like|love|after|looking for|missing|lacks|lacking|misses) (?:here |now |right now )?(?:is|would be|was)(?: to have| to hear| for you to)? (?=an? |some |the |more )"
    ), "i want "),
    (re.compile(r"\b(?:i|we)(?:'m| am|'re| are) (?:kinda |sort of |kind of |really |just |now |already |also )*(?:hearing|imagining|picturing|envisioning|envisaging|thinking of|craving|fancying) (?=an? (?!bit|lot|little|click|hum|buzz)|some )"), "i want "),
    (re.compile(r"\b(?:i|we|you)(?:'d| had) better (?=(?:just |maybe )?\w)"), ""),
    (re.compile(r"(?<= )(?:just )?(?:in order )?to (?:make|leave|give|create|get)(?: \w+)?(?: some| more| a bit of| a bit more| enough)? (?:room|space)(?: for [^.,;!?]*| in the mix)?(?= ?[.,;!?]|$)"), ""),
    (re.compile(rf"\b(?:(?:i|we)(?:'d| would)|it would|it'd|that would) (?:{_DEGREES} )*(?:be|make (?:me|us)) (?:(?:so|very|really|most|quite|extremely|ever|awfully|terribly|truly|much) )*(?:happy|happier|glad|grateful|thankful|delighted|pleased|obliged) if (?:you|we) (?:(?:could|can|would|might) (?:please |just |maybe )*|(?={_VERB}))"), ""),
    (re.compile(r"\b(?:might|may|could|can) (?P<who>i|we) (?:perhaps |possibly |please |just |maybe )*(?P<verb>have|get|hear)\b"), "can {who} {verb}"),
    (re.compile(r"\bwhile (?:you're|we're|you are|we are|i'm) (?:at it|about it|there|in there|on it)\b(?: ,)?"), "also"),
    (re.compile(
        r"(?:^|(?<=[.,!?:;] ))(?:(?:ok|so|well|i think|i guess|i'd say) ,? ?)*(?:it's|that's|this is|that is|it is|it sounds|this sounds|we're) (?:good|close|nice|fine|near|tight|ready|clean|decent|great) enough"
        r"(?: (?:for|to|as) [^.,;!?]*?)?(?: , i (?:think|guess|reckon))? ?[.,;!-] (?:so )?(?=\w)"
    ), ""),
    (re.compile(r"\bif so ,?(?= ?(?:please )?\w)|\bif (?:yes|it does|it would|it works|you think so|you agree|that works|it fits) ,? ?(?=(?:please )?(?:add|put|do|make|use|include|try|go))"), ""),
    (re.compile(
        r"(?:^|(?<=[,.!?:;] ))(?:isn't|aren't|ain't|doesn't|don't) (?P<what>(?:the|my|that|this) \w+|it|they|this|that)(?: (?:sound|feel|seem|sit|run|go))? (?:a bit|a little|rather|somewhat|kind of|too|a bit too|a little too|a tad|awfully|terribly|slightly|very|quite|so|way too) "
        r"(?P<fault>loud|quiet|soft|fast|slow|high|low|busy|sparse|bright|dark|dry|wet|boomy|muddy|thin|long|short)(?= ?[.?!,;]|$)"
    ), "{what} is too {fault}"),
    (re.compile(rf"(?:^|(?<=[,.!?:;] )){_BEFORE_A_QUESTION} ?[:,.;-] ?(?={_ASKING}\b)"), ""),
)  # fmt: skip


_MINDING = re.compile(
    r"\b(?:(?:would|do) you (?:terribly |awfully |at all )?mind(?: (?:just|terribly|maybe))*|(?:what|how) about|(?:would|could) you (?:consider|try)|(?:do you )?fancy|any chance of(?: you)?|is there any chance of(?: you)?|i was thinking of|i'm thinking of|let's try|try) (?P<doing>\w+ing)\b"
)


@cache
def _doings() -> dict[str, str]:
    """'making' -> 'make', 'cutting' -> 'cut'."""
    verbs = {verb for verb in OPENERS if verb.isalpha() and len(verb) > 2}
    found = {f"{verb}ing": verb for verb in verbs}
    found |= {f"{verb}{verb[-1]}ing": verb for verb in verbs}
    return found | {f"{verb.removesuffix('e')}ing": verb for verb in verbs if verb.endswith("e")}


def _ordered(message: Clause) -> Clause:
    """'would you mind making the violin softer' -> 'make the violin softer'."""
    text = " ".join(message.words)
    found = _MINDING.search(text)
    verb = _doings().get(found["doing"]) if found is not None else None
    if found is None or verb is None:
        return message
    start = text[: found.start()].count(" ")
    return message.replaced(start, start + found[0].count(" ") + 1, verb)


_MODAL = (
    r"(?:can|could|may|might|should|must|would|shall|ought to|needs to|need to|has to|have to|wants to|is to|are to)"
)
NEVER = r"(?:shouldn't|should not|mustn't|must not|shan't|ought not to|oughtn't to|should never|must never)"
SUBJECT = r"(?:(?:the|my|that|this|those|these|our|bars?)(?: (?!(?:and|is|are|was|were|sounds?|feels?|too) )[\w'-]+){1,7}?(?: and (?:the |my )?[\w-]+){0,2}?|it|they|everything|both|all of it|that|this)"
_TO_BE = re.compile(
    rf"(?:^|(?<=[,.!?:;] )|(?<=\b(?:and|but) )|(?<=\bso )|(?<=\b(?:then|just) )|(?<=\bthink ))(?:{_MODAL} (?P<asked>{SUBJECT})|(?P<told>{SUBJECT}) (?:{_MODAL}|(?P<never>{NEVER}))) (?:please |just |perhaps |maybe |also |all )*be (?:please |just |all )*"
    r"(?P<done>written (?:anew|afresh|again|differently|over)|done (?:anew|afresh|again|over)|[a-z]+)(?! by an?\b)(?= |$)"
)
_IRREGULAR = {
    "rewritten": "rewrite", "redone": "redo", "undone": "undo", "taken": "take", "brought": "bring", "cut": "cut", "put": "put", "made": "make",
    "thrown": "throw", "left out": "leave out", "sent": "send", "reworked": "rework", "lost": "lose", "regenerated": "regenerate", "reharmonised": "reharmonise",
}  # fmt: skip


@cache
def _dones() -> dict[str, str]:
    """'muted' -> 'mute', 'swapped' -> 'swap', 'taken' -> 'take'."""
    verbs = {verb for verb in OPENERS if verb.isalpha() and len(verb) > 2}
    found = {f"{verb}{verb[-1]}ed": verb for verb in verbs} | {f"{verb}ed": verb for verb in verbs}
    found |= {f"{verb[:-1]}ied": verb for verb in verbs if verb.endswith("y")}
    return found | {f"{verb}d": verb for verb in verbs if verb.endswith("e")} | _IRREGULAR


def _active(message: Clause) -> Clause:
    """'could the cello be taken down' -> 'take the cello down', 'bar 2 ought to be rewritten' -> 'rewrite bar 2'."""
    text = " ".join(message.words)
    found = _TO_BE.search(text)
    verb = None if found is None else "rewrite" if " " in found["done"] else _dones().get(found["done"])
    if found is None or verb is None:
        return message
    if found["never"]:
        verb = "unmute" if verb == "mute" else f"don't {verb}"
    what = (found["asked"] or found["told"]).replace("they", "them")
    start = text[: found.start()].count(" ")
    return message.replaced(start, start + found[0].count(" ") + 1, f"{verb} {what}")


_PROXY = re.compile(
    r"(?:^|(?<=[,.!?:;] )|(?<=\b(?:and|but) )|(?<=\bso ))(?P<who>he|she|they|(?:my|our|the|his|her|their) (?!(?:bass|drums|keys|piano|guitar|loop|track|song|beat|mix|whole)\b)\w+)(?:'s| is|'d| would)? "
    r"(?:really |just |now |also |still )*(?:wants?|needs?|like|love|asks for|asked for|asking for|looking for|after|requests|requested|insists on|ordered) (?=an? |some |something |anything )"
)


def by_proxy(message: Clause) -> Clause:
    """'she wants something slow and lonely' -> 'i want something slow and lonely': for whom it is changes nothing."""
    text = " ".join(message.words)
    found = _PROXY.search(text)
    if found is None:
        return message
    start = text[: found.start()].count(" ")
    return message.replaced(start, start + found[0].strip().count(" ") + 1, "i want")


def decided(text: str, scene: Scene) -> str:
    """What is said without what its speaker thought of and thinks no more: 'I'd say double it, but they'd kill me. Up to 92.'"""
    for pattern in _ONLY_SAID:
        if (found := pattern.search(text)) is None:
            continue
        anew, left = found.groupdict().get("anew"), text[found.end() :]
        told = mentions(clause(found[0]), scene) if scene.exists else []
        players = list(dict.fromkeys(name for mention in told for name in named(mention.words, scene)))
        if len(players) == 1 and not mentions(clause(left), scene):
            left = re.sub(r"\b(?:it|them)\b", f"the {players[0]}", left, count=1)  # '..., so just turn them down'
        text = f"{text[: found.start()]}{'add ' if anew else ''}{left}"
    return text


def courteous(message: Clause) -> Clause:
    """The message with each courtesy in plain words."""
    message = _active(_ordered(message))
    text = text_of(message)
    for pattern, plain in _COURTESIES:
        found = pattern.search(text)
        if found is None or text[found.start() : found.end()] == plain:
            continue
        start, count = text[: found.start()].count(" "), found[0].strip().count(" ") + 1
        message = message.replaced(start, start + count, plain.format(**found.groupdict()))
        text = text_of(message)
    return message
