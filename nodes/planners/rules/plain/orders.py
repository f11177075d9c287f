"""Wishes in the words of an order: 'I want the bass and drums as wavs for my DAW' and 'can I have the midi' -> 'export ...';
'let a cello play what the guitar is playing' and 'have a flute take over from the guitar' -> 'replace the guitar with a flute'."""

from __future__ import annotations

import re
from collections.abc import Callable

from nodes.planners.rules.plain.rewording import text_of
from nodes.planners.rules.words.speech import Clause

_WISH = (
    r"(?:(?:i|we)(?: just| only| also| really)? (?:want|need|wanna have|will need|would like|would love)|(?:i'd|we'd) (?:like|love)|"
    r"(?:i|we)'ll (?:need|take|have)|(?:(?:can|could|will|would) you )?(?:please )?(?:give|send|get|hand|pass|bring|gimme)(?: me| us| over)?|"
    r"(?:can|could|may) (?:i|we) (?:please )?(?:have|get|grab)|let me have|let us have|i could use)"
)
_FORMAT = (
    r"(?:(?:its|their) own (?:audio )?files?|(?:single |separate )?files?|wavs?|waves|midis?|mid|mp3s?|flacs?|aiffs?|oggs?|stems|audio|multitracks?|"
    r"(?:wav|wave|midi|audio|separate|individual|single|mp3) (?:wav |midi |audio )?(?:files?|stems|tracks|clips?))"
)
_END = r"(?!\w| keyboard)"
_NO_MORE = r"(?= (?:please|for|of|so|now|and|too|thanks|tho)(?!\w)| ?[.,;!?]|$)"  # not 'get the stems panned wide'
_THE = r"(?:the|my) \w+(?: (?:part|line|riff|melody|solo|chords|guitar|piano|bass))?"
_NEW = r"(?P<new>(?:a|an|some) \w+(?: \w+){0,2}?)"
_HEAD = r"(?:^|(?<=[.,;!?:&] )|(?<=\band )|(?<=\bthen )|(?<=\bnow )|(?<=\bplease )|(?<=\bmaybe )|(?<=\bjust )|(?<=\bbut )|(?<=\bok )|(?<=\bso )|(?<=\byou )|(?<=\bum )|(?<=\buh )|(?<=\boh )|(?<=\bhey )|(?<=\bhmm )|(?<=\bwell )|(?<=\bokay )|(?<=\balright )|(?<=\bactually )|(?<=\bthink ))"
_LETTING = r"(?:(?:let|have|get|make|use|i want|i'd like|i'd prefer|i'd rather|i'd love|i prefer|we want|i would like|i would prefer|could|can|bring in|how about|what if|let's try|try)(?: to)? (?:(?:have|hear|get|try|use) )?)?"
_MAY = r"(?: (?:should|could|can|to|will|must|would|might|and let it))?"
_PLAYING = r"(?:plays?|playing|takes?|taking|does|do|doing|double|handles?|handling)(?: exactly| just)?"
_PLAYED = r"(?:has been|have been|is|was|are|were|does|do|did|plays?|played|has|had)(?: playing| doing)?(?: now| right now)?(?!\w)"

_EXCEPT = r"(?:except for|except|but for|apart from|other than|aside from|besides|save for|but)"
_EVERYTHING = r"(?:everything|everybody|everyone|all the (?:instruments|stems|parts|tracks|others)|all of (?:it|them)|all|every (?:instrument|stem|part|track))"
_CAN = (
    r"(?:can|may|should|must|could|might|shall|ought to|has to|have to|needs to|need to|is to|are to|gotta|has got to)"
)
_GONE = r"(?:go|leave|go away|be (?:removed|dropped|cut|deleted|taken out|left out|scrapped|binned|omitted)|come out|drop out|disappear|get out|get lost|vanish)"
_STAYING = r"(?:remain|stay|be kept|be left|be heard|survive|stay in|be left over|be there|play|be playing)"

_BARS = r"(?:the )?(?:(?:first|second|third|fourth|last|final)(?: \w+)? (?:bars?|half)|bars? \w+(?: (?:to|and|-|through) \w+)?)"
_A_LITTLE = r"(?:(?:just )?a (?:bit|little|little bit|touch|tad|hair|notch|fraction)|slightly|somewhat|some)"
_DECIBELS = r"(?:a|an|one|two|three|four|five|six|some|\d+(?: \d+)?)(?: (?:or two|or so|couple|few|couple of|few of))* ?(?:db|dbs|decibels?|percent|%)(?: or (?:two|so))?"

_ORDERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(rf"{_HEAD}(?:save|store|download|send|mail|email|bounce|render)(?: me| us| out| over)? (?:just |only )*(?P<what>(?:the|my) \w+) (?:stem|track|part|audio)(?: (?:only|alone|on its own|by itself))*(?= ?[.,;!?]|$| please| as | to )"),
        lambda found: f"export {found['what']}",
    ),
    (
        re.compile(
            r"(?P<what>(?<!\w)(?:describe|tell me about|list|export|save|bounce|render|download|sum up|print|summari[sz]e)\b[^.,;!?]*?) (?:exactly |just )?(?:as|like|the way) (?:it|they|this|that|things|everything) (?:is|are|stands?)(?: (?:right now|now|at the moment|currently|at present))?(?= ?[.,;!?]|$| please| and)"
        ),
        lambda found: str(found["what"]),
    ),
    (
        re.compile(r"(?<!\w)(?:leave|keep|give) (?:me|us)(?: with)?(?= (?:only|just|nothing but) (?:the|my) )"),
        lambda found: "keep",
    ),
    (
        re.compile(
            r"(?<!\w)(?:8|eight) (?:- )?bit(?: chiptune| chip tune|(?= (?:arrangement|version|style|remix|rendition|vibe|cover|game)(?!\w)))"
        ),
        lambda found: "chiptune",
    ),
    (
        re.compile(r"(?<!\w)do (?P<what>(?:the|my|that|those|these|this|bars?|it|them)(?: \w+){0,4}?) over(?: again)?(?= ?[,.;!?]|$| (?:please|but|and|just|only|for|on|with|then|from)(?!\w))"),
        lambda found: f"regenerate {found['what']}",
    ),
    (
        re.compile(r"(?P<what>\b(?:vary|redo|rework|variation on|reroll) (?:it|this|that|(?:the|my) \w+)) (?:[,-] )?(?:and |just |please )*(?:go|get|be) (?:\w+ )?(?:wild|crazy|nuts|mad|bonkers|all out|to town|overboard)(?: with (?:it|them)| on (?:it|them))?(?!\w)"),
        lambda found: f"{found['what']} wildly",
    ),
    (
        re.compile(r"(?<!\w)(?:put|bring|pump|mix|dial|get|let|blend|fold) (?P<more>(?:(?:a bit|a little|some|a lot|much|a touch) )?more (?:of )?(?:the )?\w+(?: \w+)?) in(?: there| here| it| the mix)?(?= ?[.,;!?]|$| please| and| but)"),
        lambda found: str(found["more"]),
    ),
    (
        re.compile(rf"{_HEAD}(?:do |give me |let's do )?(?:a )?take (?:two|three|2|3) (?:on|of|for|with) (?=(?:the|my|bars?) )"),
        lambda found: "redo",
    ),
    (
        re.compile(r"(?<!\w)(?:drop|cut|knock|lower|pull) (?P<what>it|them|that|(?:the|my) (?!(?:tempo|speed|pace|bpm|pitch|key)\b)\w+)(?: (?:down|back|off))?(?: by)? (?P<by>\d{1,2}|two|three|four|five|six)(?= [.,;!?]|$| please)"),
        lambda found: f"turn {found['what']} down {found['by']} db",
    ),
    (
        re.compile(r"(?:^|(?<=[.,;!?:] )|(?<=and )|(?<=but )|(?<=so ))(?:(?:my|our|the|his|her) \w+|i|we|he|she|they) (?:really |just |now )?(?:wants?|needs?|would like|'d like|likes?|wishes) (?P<what>(?:the|my|our|that|those) \w+(?: \w+)?|it|them|that|this) (?P<how>gone|out|out of (?:it|there|here)|removed|deleted|away|muted|silenced)(?: (?:by|before|for|on|until) \w+)?(?= ?[.,;!?]|$| please| and| but)"),
        lambda found: f"{'mute' if found['how'] in {'muted', 'silenced'} else 'remove'} {found['what']}",
    ),
    (
        re.compile(r"(?<!\w)(?:knock|shave|take|cut|trim|chop|peel|strip|lop) (?:about |some |around )?(?P<by>\d+(?:\.\d+)? bpm)(?: (?:off|out|away))?(?: (?:of )?(?:it|the tempo|the speed|this|that))?(?= ?[.,;!?]|$| please)"),
        lambda found: f"{found['by']} slower",
    ),
    (
        re.compile(
            r"(?<!\w)(?:take|cut|shave|pull|remove|scoop|roll|get|dip) (?:some|a bit|a little|a touch|a lot|much|most)?(?: ?of)?(?: ?the)? ?(?:(?P<low>bottom(?: end)?|low end|lows|mud|muddiness|boom|boominess|rumble)|"
            r"(?P<high>top(?: end)?|high end|highs|treble|brightness|fizz|harshness|shrillness|hiss|edge)|(?P<mid>mids|midrange|middle|honk|boxiness)) (?:out of|off|off of|from|in) (?P<what>(?:the|my) \w+(?: \w+)?)(?= ?[.,;!?]|$| please| and| so)"
        ),
        lambda found: f"cut the {'lows' if found['low'] else 'highs' if found['high'] else 'mids'} on {found['what']}",
    ),
    (
        re.compile(rf"{_HEAD}what if (?:the|my) (?P<old>\w+(?: \w+)?) (?:were|was|became) (?P<new>(?:a|an|some) \w+(?: \w+)?)(?: instead)?(?= ?[.,;!?]|$)"),
        lambda found: f"replace the {found['old']} with {found['new']}",
    ),
    (
        re.compile(
            r"^(?:(?:hm|hmm|uh|well|ok|so|hey) ,? ?)*(?=the |bars? |there|do i |did i |is |i |it |that |something |what |my )(?!(?:the|my|our) \w+(?: \w+)? (?:in|of|at|on|around|for|during|from) )[^.?!;]*?(?P<span>\bbars? \d+(?: (?:to|and|-) \d+)?)\b(?! (?:to|and|-) )[^.?!;]*? [?.,!;-] "
            r"(?:(?:please|can you|could you|would you|just|so|and) )*(?:(?:redo|rewrite|regenerate|fix|rework|recompose|replace) (?:it|that|this|them)|(?:write|give|make|get)(?: me| us)? (?:a|another) (?:better|new|different|other|nicer) one)(?= ?[.,;!?]|$| please)"
        ),
        lambda found: f"redo {found['span']}",
    ),
    (
        re.compile(
            r"(?:(?:i'm|i am|we're) )?(?:not (?:a |much of a |the biggest )?(?:fan of|keen on|into|sold on|crazy about|mad about|wild about|big on|loving|feeling|digging|liking|convinced by|happy with)|(?:i |we )?(?:really )?(?:don't|do not) (?:like|love|dig)|(?:i |we )?(?:hate|dislike)|tired of|bored of|bored with|sick of) "
            r"(?P<old>(?:the|that|this) \w+)(?: (?:sound|tone|part|thing|patch))? [,.;-] (?:and |so |but |maybe )*(?:what about|how about|maybe|try|can we try|could we try|what if we (?:try|use)|let's try|give me|i'd prefer|perhaps|use|go for) (?P<new>(?:a|an|some) [\w ]+?)(?: instead)?(?= ?[.,;!?]|$)"
        ),
        lambda found: f"replace {found['old']} with {found['new']}",
    ),
    (
        re.compile(r"(?<!\w)(?:start|begin) (?:over|again|afresh|fresh) (?:on|with) (?=(?:the|my) \w+(?: \w+)? (?:in|of|for|from|on) )"),
        lambda found: "redo",
    ),
    (
        re.compile(
            rf"(?:(?<!\w)(?:roll|scale|walk|reel|wind|draw|knock|throttle|hold|rein|dial|bring|move|push|pull|take|turn|put|set|ease|trim|send|drop) (?P<what>(?:the |my )\w+(?: \w+)?|it|them|that|\w+)|{_HEAD}(?P<object>(?:the |my )?\w+)) "
            rf"back (?:off )?(?:by )?(?:about |around |roughly |maybe )?(?P<by>{_DECIBELS})(?!\w| (?:louder|quieter|softer|up|down|hotter|higher|lower))"
        ),
        lambda found: f"turn {found['what'] or found['object']} down {found['by']}",
    ),
    (
        re.compile(rf"(?<!\w)(?:roll|scale|walk|reel|wind|throttle|hold|rein) (?P<what>(?:the |my )\w+(?: \w+)?|it|them|that) (?:back|in) (?P<by>{_A_LITTLE})(?!\w)"),
        lambda found: f"turn {found['what']} down {found['by']}",
    ),
    (
        re.compile(rf"(?<!\w){_WISH} (?P<what>[\w' ]+? (?:as|in|to) (?:an? )?(?:\d+ bit )?{_FORMAT}){_END}"),
        lambda found: f"export {found['what']}",
    ),
    (
        re.compile(
            rf"(?<!\w){_WISH} (?P<what>(?:all )?(?:of )?(?:the |my )?(?:{_FORMAT}|files|stem files|midi data)){_NO_MORE}"
        ),
        lambda found: f"export {found['what']}",
    ),
    (
        re.compile(rf"{_HEAD}{_LETTING}{_NEW}{_MAY} {_PLAYING} what(?:ever)? (?P<old>{_THE}) {_PLAYED}"),
        lambda found: f"replace {found['old']} with {found['new']}",
    ),
    (
        re.compile(rf"{_HEAD}{_LETTING}{_NEW}{_MAY} (?:takes?|taking) over (?:from |for )?(?P<old>{_THE})(?!\w)"),
        lambda found: f"replace {found['old']} with {found['new']}",
    ),
    (
        re.compile(rf"{_HEAD}(?:let|have) {_NEW} (?:take|have|do|handle|get) (?P<old>(?:the|my) \w+ (?:part|line|riff|melody|solo|chords))(?!\w)"),
        lambda found: f"replace {found['old']} with {found['new']}",
    ),
    (
        re.compile(rf"{_HEAD}(?:and )?(?:can|could|may|should|must|might|would) (?P<what>it|they|that|this one|that one|(?:the|my) \w+) (?:please |just |maybe )?{_GONE}(?= (?:please|now|for now|thanks|then|too|as well)(?!\w)| ?[.,;!?]|$)"),
        lambda found: f"remove {'them' if found['what'] == 'they' else found['what']}",
    ),
    (
        re.compile(r"(?:^|(?<=[.;!?] ))(?:the )?(?P<files>stems|wavs?|midi|audio|files) (?:please |pls )?,? ?(?P<what>(?:the |my )?[\w ]+?) only(?= ?[.;!?]|$| please)"),
        lambda found: f"export {found['what']}",
    ),
    (
        re.compile(
            r"(?<!\w)(?:it |this |that )?(?:feels?|felt|sounds?|seems?) (?:like|as if|as though) (?:it|this|that) (?:really )?(?:wants?|needs?|should|ought)(?: to)?"
            r"(?: be| go| sit| run)?(?: at| around| about| closer to)? (?P<bpm>\d{2,3})(?: bpm)?(?!\w)"
        ),
        lambda found: f"take it to {found['bpm']} bpm",
    ),
    (
        re.compile(r"(?<!\w)(?P<duck>(?:side ?chain|duck|pump)(?: the)? (?:\w+ )?\w+) (?:to|with|off|from|against|under|by) (?:the )?(?:kick|drums?|snare|beat|bass drum|kick drum)(?!\w)"),
        lambda found: str(found["duck"]),
    ),
    (
        re.compile(r"(?:^|(?<=[.,;!?] ))(?P<gone>(?:the |my )?\w+) out ,? ?(?:and )?(?:the |a |an |some )?(?P<new>\w+(?: \w+)?) in(?= ?[.,;!?]|$| please)"),
        lambda found: f"remove {found['gone']} and add a {found['new']}",
    ),
    (
        re.compile(r"(?P<head>\bbars? .*\b)(?P<verb>redo|rewrite|regenerate|renew|replace|change|recompose|rework) (?P<span>\d+(?: (?:and|to|-|&) \d+)?)(?= ?[.,;!?]|$| please)"),
        lambda found: f"{found['head']}{found['verb']} bars {found['span']}",
    ),
    (
        re.compile(r"(?<!\w)(?:he|she|they|(?:the|my|our) \w+)(?:'d| would)(?: really| also| rather)? (?:like|prefer|love) (?P<what>it|this|that|everything|the \w+)(?: to (?:be|go|sound))?(?= (?:a|to|at|in|much|more|less|\d|louder|quieter|softer|faster|slower|higher|lower|darker|brighter))"),
        lambda found: f"make {found['what']}",
    ),
    (
        re.compile(r"(?<!\w)(?P<what>the \w+) (?:was|were|sounded|had been) (?:just |actually |perfectly |quite )?(?:fine|good|nice|great|ok|okay|better|lovely|cool|right) ?(?:[,.;-] )?(?:so |and |please )*(?:put|bring|get|want) (?:it|them) back(?: in| on)?(?!\w)"),
        lambda found: f"bring {found['what']} back",
    ),
    (
        re.compile(r"(?<!\w)(?:soften|tame|ease off|ease|smooth|smooth out|shave|round off|dull|roll off) (?:some of |a bit of |a little of )?(?:the |its )(?:top end|high end|upper end|top|highs|treble|edge)(?!\w)"),
        lambda found: "cut the highs",
    ),
    (
        re.compile(r"(?<!\w)(?P<what>everything else|all the rest|the rest|the others|the other (?:parts|stems|instruments|tracks)) (?:can|may|should|could|must) (?:all )?be (?:rewritten|redone|changed|renewed|different|new|regenerated|recomposed|done again|replaced)(?!\w)"),
        lambda found: f"rewrite {found['what']}",
    ),
    (
        re.compile(
            r"(?:you know |remember |see |hear |about |take )(?:the|that) (?:bit|part|place|thing|section|moment|passage) (?:in|at|of|from|around) (?P<span>bars? \w+(?: (?:to|and|-) \w+)?) ?[?,.] "
            r"?(?:can you |could you |please |would you )*(?P<verb>redo|rewrite|change|regenerate|fix|rework|recompose) (?:that|it|this)(?!\w)"
        ),
        lambda found: f"{found['verb']} {found['span']}",
    ),
    (
        re.compile(
            rf"{_HEAD}(?:take|look at|grab|go to|have|in|on|for|with) (?P<span>{_BARS}) ?(?:, |and |- |, and )+(?:just |please |maybe )*"
            r"(?:try|do|play|write|put|come up with|have|find|make|give me|get) (?:something (?:else|new|different|fresh)|another (?:idea|take|version)|other notes|it (?:again|over|differently)|them (?:again|over|differently))(?: (?:there|in there|instead|with (?:it|them|those)|(?:with|on|for) (?P<who>the \w+)))*(?= ?[.,;!?]| but | please|$)"
        ),
        lambda found: f"regenerate {found['span']}" + (f" of {found['who']}" if found["who"] else ""),
    ),
    (
        re.compile(rf"{_HEAD}(?:only|just) (?P<where>(?:in|for|on|during|over) {_BARS}) ?, (?P<what>(?:add|put|bring|have|let|i want|i'd like|give)[^.;!?,]*)"),
        lambda found: f"{found['what']} only {found['where']}",
    ),
    (
        re.compile(rf"{_HEAD}(?:bring|take|slow|get|drop|pull|ease) (?:everything|it|this|things|the whole (?:thing|loop|track|song)|it all|all of it|the loop) (?:right |way |all )*(?P<way>down|up) to (?:a|an|the|my) (?:\w+ ){{1,4}}?[,(-] (?:(?:say|like|about|around|so|maybe|i think|at|that's|call it|something like|roughly) )*(?P<bpm>\d{{2,3}} bpm)"),
        lambda found: f"bring the tempo {found['way']} to {found['bpm']}",
    ),
    (
        re.compile(rf"{_HEAD}(?:can|could|should|might|let|have|would|how about|what if|get|make|maybe|i'd like|i want) (?:something|someone|somebody|anything|another instrument|a different instrument) (?:else )?(?:to )?(?:plays?|takes?|do|does|have|cover|covers|handle|handles|played|take over)(?: over)? (?P<old>it|that|this|what (?:it|that) (?:plays|does)|(?:the|that|this) \w+(?: ?'s)?)(?: (?:part|line|riff|melody|solo|chords|bit))?(?: instead)?(?= ?[.,;!?]| please|$)"),
        lambda found: f"replace {'it' if found['old'].split()[0] in {'that', 'this', 'what'} and len(found['old'].split()) != 2 else found['old']} with another instrument",
    ),
    (
        re.compile(rf"{_HEAD}out (?P<what>it|they|he|she) (?:goes|go|must go)(?!\w)"),
        lambda found: f"remove {'them' if found['what'] == 'they' else 'it'}",
    ),
    (
        re.compile(rf"{_HEAD}(?:i|we) (?:don't|do not|really don't) (?:think|feel|believe) (?:that )?(?:we|i|it|this) (?:really |actually )?(?:wants?|needs?) (?P<what>(?:the|my|that|those) \w+)(?: (?:in (?:this one|here|this|it|there)|anymore|any more|at all))*"),
        lambda found: f"remove {found['what']}",
    ),
    (
        re.compile(rf"{_HEAD}{_EXCEPT} (?P<kept>(?:the|my) [\w ]+?) ,? ?(?P<all>{_EVERYTHING})(?: else)?(?= )"),
        lambda found: f"everything except {found['kept']}",
    ),
    (
        re.compile(
            rf"{_HEAD}(?P<what>{_EVERYTHING} {_EXCEPT} [\w ,]+?|(?:the|my) \w+(?:(?: ,)?(?: and)? (?:the |my )?\w+){{0,2}}) {_CAN} "
            rf"(?:all |now |just |also |both )*{_GONE}(?= (?:please|now|for now|i think|thanks|and|then|too|as well)(?!\w)| ?[.,;!?]|$)"
        ),
        lambda found: f"remove {found['what']}",
    ),
    (
        re.compile(rf"{_HEAD}only (?P<what>(?:the |my )?[\w ,]+?) {_CAN} {_STAYING}(?= (?:please|now|for now|thanks)(?!\w)| ?[.,;!?:]|$)"),
        lambda found: f"keep only {found['what']}",
    ),
    (
        re.compile(r"(?<!\w)mix (?P<what>(?:the|my) \w+) (?P<how>(?:a bit |a little |slightly |much |a lot )?)(?P<way>lower|down|higher)(?!\w)"),
        lambda found: f"make {found['what']} {found['how']}{'quieter' if found['way'] in {'lower', 'down'} else 'louder'}",
    ),
    (
        re.compile(r"(?<!\w)jazz (?:up (?P<what>(?:the|these|those) (?:chords|harmony|progression))|(?P<object>the (?:chords|harmony)) up)(?!\w)"),
        lambda found: f"make {found['what'] or found['object']} richer",
    ),
    (
        re.compile(rf"{_HEAD}(?:bring|draw) (?:out (?P<what>(?:the|my) \w+)|(?P<object>(?:the|my) \w+) out)(?P<how> (?:more|a bit|a little|a bit more|a little more|a touch|a lot|some more|slightly))?(?= [.,;!?]| and | please|$)"),
        lambda found: f"make {found['what'] or found['object']}{(found['how'] or '').removesuffix(' more')} louder",
    ),
    (
        re.compile(r"(?<!\w)shut (?P<what>(?:the|my) \w+|it|them) up(?!\w)"),
        lambda found: f"mute {found['what']}",
    ),
    (
        re.compile(
            r"(?<!\w)(?:can|could|should|may) (?:it|this|that|the loop|we|everything) (?:go|run|play|sit) (?:at|to) "
            r"(?P<bpm>\d+(?:\.\d+)?)(?: bpm)?(?: instead(?: of \d+(?: bpm)?)?)?(?!\w)"
        ),
        lambda found: f"take it to {found['bpm']} bpm",
    ),
    (
        re.compile(
            r"(?<!\w)(?:my|our|the|a|this|her|his) (?:\w+ )?(?:singers?|vocalists?|rapper|choir|drummer|bassist|guitarist|pianist|client|director|dancers?|friend|girl|guy|man|woman|lady|kids?|students?|soprano|tenor|alto|baritone|soloist|band|producer|teacher)"
            r"(?: (?:i|we|who|that|from|in|at|of|on)(?: [\w']+){1,4}?| ?'s (?:range|voice|register))? (?:needs|wants|need|want|prefers|would like|would prefer|asked for) (?P<what>it|this|everything|the loop)(?: to be)?(?!\w)"
        ),
        lambda found: f"make {found['what']}",
    ),
)  # fmt: skip
"""What is wished for, and the order for it. A title that is quoted is one token and is never part of these."""


def in_orders(message: Clause) -> Clause:
    """The message with each wish of these kinds told as an order."""
    text = text_of(message)
    for pattern, order in _ORDERS:
        found = pattern.search(text)
        if found is not None:
            start = text[: found.start()].count(" ")
            message = message.replaced(start, start + found[0].count(" ") + 1, order(found))
            text = text_of(message)
    return message
