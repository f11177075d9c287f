"""The page of a conversation: what it says, that nothing in it comes from elsewhere, that its sound is the sound."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile
from held import Held, tone

from evaluation.conversation import Conversation
from evaluation.report import report
from evaluation.sound import PageSound, mp3

VOID = {"meta", "input", "br", "link", "hr"}


class Page(HTMLParser):
    """Elements with their attributes, all text, and what was not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(held: Held, **more: int) -> tuple[Page, str]:
    sound = PageSound(held.store, held.settings.home / "mp3")
    conversation = Conversation.read(held.sessions, held.session)
    html = report(conversation, sound, {"python": "CPython 3"}, **more)
    return Page(html), html


def test_the_page_tells_every_turn_with_what_changed_and_what_was_checked(held: Held) -> None:
    page, html = page_of(held)
    assert page.open == []
    for record in held.records:
        assert record.request in page.text
        assert record.reply in page.text
    assert "<keys>" not in html  # what people type is never markup
    for shown in (
        "First steps",
        "partial",
        "text_to_music",
        "Untouched, by artifact id: keys, drums.",
        "asked",
        "inferred",
    ):
        assert shown in page.text, shown
    assert re.search(r"drums: gain db\s*0 dB\s*-3 dB", page.text)
    assert "1 passed, 1 unmeasurable" in page.text
    assert "Step 1 (text_to_music), attempt 2, kept" in page.text
    assert "The table stayed at revision 2." in page.text


def test_nothing_on_the_page_comes_from_elsewhere(held: Held) -> None:
    page, html = page_of(held)
    sources = [
        value for _, attributes in page.elements for name, value in attributes.items() if name in ("src", "href")
    ]
    assert sources
    assert all(str(value).startswith(("data:", "#")) for value in sources)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", html)
    assert page.all("link") == []


def test_each_mix_is_embedded_once_and_is_the_mix(held: Held) -> None:
    page, _ = page_of(held)
    mixes = [audio for audio in page.all("audio") if "data-revision" in audio]
    assert [audio["data-revision"] for audio in mixes] == ["1", "2", "3"]
    for audio, table in zip(mixes, held.sessions.revisions(held.session), strict=True):
        content = base64.b64decode(str(audio["src"]).partition("base64,")[2])
        heard, rate = soundfile.read(io.BytesIO(content))
        wanted = held.store.audio(table.mix).T
        assert rate == 44100
        assert len(heard) == len(wanted)
        error = np.sqrt(np.mean((heard - wanted) ** 2) / np.mean(wanted**2))
        assert error < 0.1


def test_a_page_over_its_budget_keeps_the_newest_sound_and_names_the_files_of_the_rest(held: Held) -> None:
    size = len(base64.b64encode(mp3(held.store.audio(held.sessions.revisions(held.session)[-1].mix))))
    page, html = page_of(held, budget=size + 10)
    assert [audio.get("data-revision") for audio in page.all("audio")] == ["3"]
    assert "audio/revision-0001/mix.wav" in page.text
    assert len(html) < size + 100_000


def test_sound_that_is_gone_or_damaged_is_said_and_the_page_stands(held: Held) -> None:
    first, second, _ = held.sessions.revisions(held.session)
    held.store.path(first.mix).unlink()
    held.store.path(second.mix).write_bytes(held.store.path(second.mix).read_bytes()[:-8] + b"\0" * 8)
    held.store._cache.clear()
    page, _ = page_of(held)
    assert "gone from the store" in page.text
    assert "damaged in the store" in page.text
    assert [audio["data-revision"] for audio in page.all("audio") if "data-revision" in audio] == ["3"]


def test_pictures_and_players_have_names_for_those_who_do_not_see_them(held: Held) -> None:
    page, _ = page_of(held)
    assert all(attributes.get("aria-label") for tag in ("svg", "audio") for attributes in page.all(tag))
    assert page.all("html")[0]["lang"] == "en"


def test_equal_sound_gives_equal_bytes(held: Held) -> None:
    assert mp3(tone(330)) == mp3(tone(330))
    assert page_of(held)[1] == page_of(held)[1]


def test_a_take_is_encoded_once(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    first = page_of(held)[1]
    monkeypatch.setattr("evaluation.sound.mp3", lambda audio, mono=False: pytest.fail("encoded again"))
    assert page_of(held)[1] == first


def test_an_empty_conversation_has_a_page(held: Held) -> None:
    empty = held.sessions.create(1, held.sessions.get(held.session).strategy)
    sound = PageSound(held.store, held.settings.home / "mp3")
    assert "Nothing was said yet." in report(Conversation.read(held.sessions, empty.id), sound)
