"""One conversation as one HTML page that needs nothing else: it opens from disk, offline and in MLflow's sandbox.

Sound is embedded once a revision, at the top, side by side; turns further down refer to it. The page works without
scripts; with them, starting one version pauses the other and can go on at the same place in the loop.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from evaluation.conversation import Conversation
from evaluation.difference import changed_stems, difference
from evaluation.pictures import colour, piano_roll, waveform
from evaluation.report_tables import changes, checks, pill, plan
from state.errors import ArtifactCorrupt, ArtifactMissing
from state.gat import GlobalAttributeTable, quarters_per_bar
from state.turn import TurnRecord

if TYPE_CHECKING:
    from ensemble.band.score import Part
    from evaluation.sound import PageSound

PAGE_BUDGET = 12 * 1024 * 1024
"""Bytes of embedded sound; above that a player is replaced by the name of the file beside the page."""


def report(
    conversation: Conversation,
    sound: PageSound,
    environment: Mapping[str, str] | None = None,
    *,
    budget: int = PAGE_BUDGET,
) -> str:
    """The page. What is missing or damaged in the store is said in its place; it never fails the page."""
    page = _Page(conversation, sound, budget)
    session = conversation.session
    facts = {
        "Session": session.id,
        "Strategy": f"{session.strategy.name} ({session.strategy.hash})",
        "Seed": str(session.seed),
        "Turns": str(len(conversation.records)),
        "Revisions": str(len(conversation.revisions)),
        "Begun": session.created[:16].replace("T", " ") + " UTC",
    }
    if session.parent_session:
        facts["Forked from"] = f"{session.parent_session}, turn {session.parent_turn}"
    template = Template(Path(__file__).with_name("report.html").read_text("utf-8"))
    title = session.title or (conversation.records[0].request if conversation.records else "An empty conversation")
    return template.substitute(
        title=escape(title if len(title) <= 120 else title[:117] + "..."),
        facts="".join(f"<li>{escape(name)} <b>{escape(value)}</b></li>" for name, value in facts.items()),
        comparison=page.comparison(),
        turns="\n".join(page.turn(record) for record in conversation.records) or "<p>Nothing was said yet.</p>",
        environment="".join(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in (environment or {}).items()
        ),
    )


class _Page:
    def __init__(self, conversation: Conversation, sound: PageSound, budget: int) -> None:
        self.conversation = conversation
        self.store = sound.store
        self.sound = sound
        self.left = budget
        self.stem_numbers: dict[str, int] = {}
        for table in conversation.revisions:
            for stem in table.stems:
                self.stem_numbers.setdefault(stem.name, len(self.stem_numbers))

    def comparison(self) -> str:
        """Every revision side by side: what it is, how it looks, how it sounds."""
        tables = self.conversation.revisions
        if not tables:
            return ""
        # The newest are what people come for: they get their sound first, should the budget not reach for all.
        players = {table.revision: self.mix_player(table) for table in reversed(tables)}
        cards = []
        for table in tables:
            made = self.conversation.turn_of(table.revision)
            head = table.revision == self.conversation.session.head
            origin = f"turn {made.turn}" if made else "an earlier session"
            if table.parent is not None:
                origin += f", from revision {table.parent}"
            cards.append(
                f'<li class="card{" head" if head else ""}" id="revision-{table.revision}">'
                f"<h3>Revision {table.revision}{' (current)' if head else ''}</h3>"
                f'<p class="small">{escape(_summary(table))}<br>{escape(", ".join(table.stem_names))}<br>{escape(origin)}</p>'
                f"{self.wave(table)}{players[table.revision]}</li>"
            )
        return (
            "<h2>Side by side</h2>"
            '<div class="bar live"><label><input type="checkbox" id="looped" checked> repeat</label>'
            '<label><input type="checkbox" id="together" checked> switch at the same place in the loop</label>'
            '<span class="small">Repeats have a tiny gap here; the WAV files have none.</span></div>'
            f'<ul class="cards">{"".join(cards)}</ul>'
        )

    def turn(self, record: TurnRecord) -> str:
        made = self.conversation.made(record)
        before = self.conversation.head_before(record)
        parts = [
            f'<article class="turn" id="turn-{record.turn}"><header><h2>Turn {record.turn}</h2>'
            f"{pill(record.status)}<span class='small'>{sum(record.usage.seconds.values()):.2f} s</span></header>"
            f'<p class="request">{escape(record.request)}</p><p class="reply">{escape(record.reply)}</p>'
        ]
        if record.error is not None:
            where = f" ({record.error.field})" if record.error.field else ""
            parts.append(
                f"<p>{pill('failed')} {escape(record.error.kind)}{escape(where)}: {escape(record.error.message)}</p>"
            )
        parts.append(plan(record))
        if made is not None:
            parts += [changes(difference(before, made), before, made), self.sight(made), self.stems(before, made)]
        elif record.gat is not None and before is not None and record.gat.revision != before.revision:
            parts.append(
                f"<p>The head moved from revision {before.revision} back to "
                f'<a href="#revision-{record.gat.revision}">revision {record.gat.revision}</a>.</p>'
                + self.button(record.gat)
            )
        elif record.gat is not None:
            parts.append(f'<p class="small">The table stayed at revision {record.gat.revision}.</p>')
        parts.append(checks(record))
        return "".join(parts) + "</article>"

    def sight(self, table: GlobalAttributeTable) -> str:
        """The revision's picture and the way to its sound."""
        parts = self.parts(table)
        content = f"<h3>Revision {table.revision}</h3>{self.button(table)}"
        if parts and table.bpm is not None:
            quarters = (
                table.bars * quarters_per_bar(table.time_signature)
                if table.bars
                else table.duration_seconds * table.bpm / 60
            )
            label = f"Notes of revision {table.revision}: " + ", ".join(parts)
            roll = piano_roll(parts, quarters, label=label, bars=table.bars, colours=self.stem_numbers)
            legend = "".join(
                f'<li><span class="swatch" style="background:{colour(self.stem_numbers[stem.name])}"></span>'
                f"{escape(stem.name)} ({escape(stem.instrument)}){', muted' if stem.muted else ''}</li>"
                for stem in table.stems
            )
            content += f'<div class="roll">{roll}</div><ul class="legend">{legend}</ul>'
        return content

    def parts(self, table: GlobalAttributeTable) -> dict[str, Part]:
        """Notes by stem; a stem without a readable score is left out."""
        from ensemble.band.score import from_midi

        found: dict[str, Part] = {}
        for stem in table.stems:
            if stem.score is None:
                continue
            try:
                tracks = list(from_midi(self.store.file(stem.score)).values())
            except (ArtifactMissing, ArtifactCorrupt, ValueError):
                continue
            if tracks:
                found[stem.name] = tracks[0]
        return found

    def stems(self, before: GlobalAttributeTable | None, made: GlobalAttributeTable) -> str:
        """Players for the takes that this turn made."""
        old = set() if before is None else {stem.audio for stem in before.stems}
        items = []
        for stem in changed_stems(before, made):
            if stem.audio in old:
                continue
            number = self.stem_numbers[stem.name]
            try:
                wave = waveform(
                    self.sound.extremes(stem.audio, 160),
                    label=f"Waveform of {stem.name}",
                    width=320,
                    height=64,
                    fill=colour(number),
                )
            except (ArtifactMissing, ArtifactCorrupt) as error:
                items.append(f"<li><p>{escape(stem.name)}</p><p class='small'>{escape(_lost(error))}</p></li>")
                continue
            player = self.player(
                stem.audio,
                f"{stem.name}, revision {made.revision}, dry",
                f"stems of revision {made.revision}",
                mono=True,
            )
            items.append(
                f"<li><p>{escape(stem.name)} <span class='small'>{escape(stem.instrument)}</span></p>{wave}{player}</li>"
            )
        if not items:
            return ""
        return (
            f"<details><summary>New takes, dry: {len(items)}</summary>"
            f'<ul class="stems" style="margin-top:10px">{"".join(items)}</ul></details>'
        )

    def wave(self, table: GlobalAttributeTable) -> str:
        try:
            peaks = self.sound.extremes(table.mix, 320)
        except (ArtifactMissing, ArtifactCorrupt):
            return ""
        return waveform(peaks, label=f"Waveform of revision {table.revision}", bars=table.bars, height=80)

    def mix_player(self, table: GlobalAttributeTable) -> str:
        name = f"audio/revision-{table.revision:04d}/mix.wav"
        extra = f'id="mix-{table.revision}" data-revision="{table.revision}"'
        return self.player(table.mix, f"Mix of revision {table.revision}", name, extra)

    def player(self, artifact: str, label: str, beside: str, extra: str = "", *, mono: bool = False) -> str:
        try:
            content = self.sound.mp3(artifact, mono=mono)
        except (ArtifactMissing, ArtifactCorrupt) as error:
            return f'<p class="small">{escape(_lost(error))}</p>'
        size = (len(content) + 2) // 3 * 4
        if size > self.left:
            return f'<p class="small">Not embedded, to keep this page light: see <code>{escape(beside)}</code>.</p>'
        self.left -= size
        data = base64.b64encode(content).decode("ascii")
        return (
            f'<audio controls preload="metadata" {extra} aria-label="{escape(label)}" '
            f'src="data:audio/mpeg;base64,{data}"></audio>'
        )

    def button(self, table: GlobalAttributeTable) -> str:
        number = table.revision
        return (
            f'<p class="live"><button type="button" data-plays="mix-{number}" data-name="revision {number}">Play revision '
            f'{number}</button></p><p class="plain"><a href="#revision-{number}">Listen to revision {number}</a></p>'
        )


def _summary(table: GlobalAttributeTable) -> str:
    facts = [
        f"{table.bpm:g} bpm" if table.bpm is not None else "no pulse",
        table.key or "no key",
        table.time_signature,
        f"{table.bars} bar{'' if table.bars == 1 else 's'}" if table.bars else "",
        f"{table.duration_seconds:.2f} s",
        table.genre or "",
    ]
    return ", ".join(fact for fact in facts if fact)


def _lost(error: Exception) -> str:
    return (
        "The sound is damaged in the store."
        if isinstance(error, ArtifactCorrupt)
        else "The sound is gone from the store."
    )
