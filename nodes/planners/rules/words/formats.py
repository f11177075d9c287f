"""What export writes and what it does not: 'save it as mp3', 'export a pdf of the score', 'mail it to me'."""

from __future__ import annotations

from nodes.planners.rules.words.speech import Clause

_AUDIO = {
    "mp3": "MP3", "mp3s": "MP3", "ogg": "OGG", "oggs": "OGG", "vorbis": "OGG", "opus": "Opus", "flac": "FLAC", "flacs": "FLAC", "aac": "AAC",
    "m4a": "M4A", "mp4": "MP4", "aif": "AIFF", "aiff": "AIFF", "wma": "WMA", "alac": "ALAC", "webm": "WebM",
}  # fmt: skip
_PROJECTS = {
    "als": "Ableton Live", "ableton": "Ableton Live", "flp": "FL Studio", "fl studio": "FL Studio", "logic": "Logic", "logicx": "Logic",
    "reaper": "Reaper", "pro tools": "Pro Tools", "cubase": "Cubase", "garageband": "GarageBand",
}  # fmt: skip
_SHEETS = (
    "sheet music", "lead sheet", "sheet", "notation", "musicxml", "music xml", "pdf", "score", "tabs", "tab", "tablature", "staff", "partitur",
)  # fmt: skip
_SENT = ("by mail", "by email", "via email", "e mail", "email", "mail it", "mail me", "to my phone", "to my inbox", "to my dropbox", "to dropbox", "to spotify", "to soundcloud", "to youtube", "to google drive", "to the cloud")  # fmt: skip
_PLACES = ("to my desktop", "on my desktop", "to the desktop", "to my folder", "to my documents", "to my downloads", "to my usb", "to a usb", "to my drive")  # fmt: skip
WRITTEN = (
    "Export writes the mix and the stems as WAV (44.1 kHz, 24 bit), the notes as a MIDI file and the table as JSON; no MP3 or other "
    "compressed audio, no sheet music and no DAW project. Say 'export it', or 'export the drums'."
)
NO_SHEET = (
    "I write no sheet music or tabs. Exporting writes the notes as a MIDI file, which notation programs such as MuseScore open. "
    "Shall I export the loop?"
)


def not_written(clause: Clause) -> tuple[str, ...]:
    """What the clause wants of an export and does not get, as sentences."""
    said: list[str] = []
    audio = next((name for word, name in _AUDIO.items() if word in clause.words), None)
    if audio is not None:
        said.append(
            f"{audio} is not written: the audio comes as WAV (44.1 kHz, 24 bit), which any converter turns into {audio}."
        )
    bits = next((bits for bits in ("16", "32", "8") if clause.says(f"{bits} bit", f"{bits} bits")), None)
    if bits is not None:
        said.append(f"The WAV files have 24 bits, not {bits}.")
    if clause.says("48 khz", "48k", "48 k", "96 khz", "96k", "96 k", "192 khz", "48000", "96000"):
        said.append("The WAV files are at 44.1 kHz, no other rate.")
    program = next((name for words, name in _PROJECTS.items() if clause.says(words)), None)
    if program is not None and clause.says("project", "session", "set", "als", "flp", "logicx"):
        said.append(f"No project file is written for {program}; it opens the WAV stems and the MIDI file.")
    if clause.says(*_SHEETS):
        said.append("Sheet music is not written: the MIDI file holds the notes, for a notation program.")
    if clause.says(*_SENT):
        said.append("I cannot send files anywhere: they are written on this machine.")
    elif clause.says(*_PLACES):
        said.append("The folder cannot be chosen in a message: the reply says where the files lie.")
    return tuple(said)


def wants_sheet(clause: Clause) -> bool:
    """'give me sheet music', 'write out the tabs'; not 'a film score'."""
    return (
        clause.says(
            "sheet music",
            "lead sheet",
            "tablature",
            "musicxml",
            "music notation",
            "the notation",
            "the tabs",
            "guitar tabs",
        )
        and clause.first("export") is None
    )


def asks(clause: Clause) -> bool:
    """'which formats can you export', 'how can I save it as mp3': asked, not ordered."""
    about = clause.says("format", "formats", "file type", "file types") or clause.first("export") is not None
    return (
        about and clause.words[0] in {"what", "which", "how", "where"} and not clause.says("sound", "bars", "stems are")
    )
