"""One project's estimate put together: the interview's facts, the user's own numbers, today's prices; computes no cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from assistant.advisor import checklist, memory
from assistant.advisor.estimate import cost_table, costs, own_numbers, providers
from assistant.advisor.estimate.assumptions import Assumptions, assume, media
from assistant.advisor.estimate.bill import Row
from assistant.advisor.estimate.costs import Estimate
from assistant.advisor.estimate.offers import Providers
from assistant.advisor.estimate.providers import Note
from assistant.advisor.facts import Fact
from assistant.workspace.project import Project


@dataclass(frozen=True)
class ProjectCosts:
    """`assumed` is what would count without the user's own numbers; `named` says whether a platform is known."""

    estimate: Estimate
    assumed: Assumptions
    given: own_numbers.Given
    facts: Mapping[str, Fact]
    notes: tuple[Note, ...]
    named: bool
    media: str
    knowledge: Providers
    today: date

    @property
    def shown(self) -> tuple[Row, ...]:
        """The shortlist: for each way the cheapest that can be had, with others and on a machine of one's own."""
        return cost_table.shortlist(self.estimate.rows)

    @property
    def shut(self) -> tuple[Row, ...]:
        """What the user might expect in the list and cannot be had."""
        return tuple(row for row in self.estimate.rows if row.relevant and not row.available)


def of(project: Project, language: str, today: date | None = None) -> ProjectCosts:
    """The estimate as the project stands. `today` (UTC, if not given) settles which doors are closed."""
    day = today or datetime.now(UTC).date()
    knowledge, known = providers.load(), checklist.load()
    facts, given = memory.load_facts(project), own_numbers.load(project)
    named = bool(providers.meant(facts, knowledge))
    heard = providers.status_notes(facts, language, day, knowledge)
    return ProjectCosts(
        estimate=costs.estimate(facts, knowledge, known, day, language, given),
        assumed=assume(facts, knowledge, known),
        given=given,
        facts=facts,
        notes=heard if named else providers.doors(language, day, knowledge),
        named=named,
        media=media(facts),
        knowledge=knowledge,
        today=day,
    )
