"""What nodes are given to work with: one typed object instead of globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ensemble.listen.scorer import Scorer
from ensemble.players import Players
from ensemble.protocols import Band
from ensemble.tools.registry import ALL, Toolbox
from ensemble.tools.tool import Batch, Stage
from nodes.planners.exchange import Server
from nodes.planners.planner import Planner
from nodes.turn import TurnState
from state.artifacts import ArtifactStore
from state.gat import GlobalAttributeTable
from state.seeds import take_seed
from state.sessions import Session, SessionStore
from state.settings import Settings
from state.strategy import Strategy
from state.take import Upload


@dataclass(frozen=True)
class Context:
    """Dependencies of one turn, handed to every node by LangGraph's runtime."""

    settings: Settings
    sessions: SessionStore
    store: ArtifactStore
    band: Band
    planner: Planner
    strategy: Strategy
    session: Session
    tools: Toolbox = ALL
    players: Players | None = None
    """The models that the strategy seats; None where the band plays everything."""
    server: Server | None = None
    """Where the planner's language model runs; None where it needs none."""
    scorer: Scorer | None = None
    """Who gives the text-audio score; None: the one that the strategy names, made when it is needed."""
    cancelled: Callable[[], bool] = field(default=lambda: False)

    @property
    def folder(self) -> Path:
        """Where this session's files lie."""
        return session_folder(self.settings, self.session)

    def stage(
        self,
        state: TurnState,
        *,
        attempt: int = 1,
        candidate: int = 0,
        step: int | None = None,
        progress: Callable[[str], None] | None = None,
        batch: Batch | None = None,
    ) -> Stage:
        """What a tool works with for one candidate take of a step (default: the step under way)."""
        turn, index = state["turn"], state["cursor"] if step is None else step
        return Stage(
            store=self.store,
            band=self.band,
            seed=take_seed(self.session.seed, turn, index, attempt, candidate),
            revisions=SessionRevisions(self.sessions, self.session.id),
            uploads=tuple(Upload.model_validate(item) for item in (*state["earlier_uploads"], *state["uploads"])),
            progress=progress or (lambda message: None),
            cancelled=self.cancelled,
            players=self.players,
            batch=batch,
            export_folder=lambda: str(self._export_folder(turn, index)),
        )

    def take_seed(self, state: TurnState, candidate: int) -> int:
        """The seed of a candidate take of the attempt under way."""
        return take_seed(self.session.seed, state["turn"], state["cursor"], state["attempt"], candidate)

    def _export_folder(self, turn: int, step: int) -> Path:
        folder = self.folder / f"export-{turn:04d}-{step + 1}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def session_folder(settings: Settings, session: Session) -> Path:
    """Where a session's files lie: where `--out` said, else below the home folder."""
    return Path(session.output) if session.output else settings.sessions / session.id


@dataclass(frozen=True)
class SessionRevisions:
    """One session's revisions, as tools and planners read them."""

    sessions: SessionStore
    session: str

    def revision(self, number: int) -> GlobalAttributeTable | None:
        return self.sessions.revision(self.session, number)

    def lineage(self) -> list[int]:
        return self.sessions.lineage(self.session)
