"""How far a project has come, counted from its tables and folders; knows nothing of what the counts mean."""

from dataclasses import dataclass

from assistant.workspace.project import Project


@dataclass(frozen=True)
class Overview:
    """What a project holds."""

    name: str
    language: str
    changed: str  # UTC ISO 8601, the newest row of any table
    approach: str  # the last decision, "" before the first
    facts: int
    documents: int
    documents_failed: int
    examples: int
    versions: int
    runs: int
    adapters: int  # runs that left one
    comparisons: int


def overview(project: Project) -> Overview:
    """Read it in one transaction."""
    name = project.get("name", project.id)
    language = project.get("language", "id")
    with project.database() as db:

        def count(table: str, where: str = "1") -> int:
            return int(db.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])

        decided = db.execute("SELECT approach FROM decisions ORDER BY id DESC LIMIT 1").fetchone()
        tables = ("facts", "turns", "decisions", "documents", "examples", "versions", "jobs")
        newest = [db.execute(f"SELECT max(at) FROM {table}").fetchone()[0] or "" for table in tables]
        return Overview(
            name=name,
            language=language,
            changed=max(newest),
            approach=decided["approach"] if decided else "",
            facts=count("facts"),
            documents=count("documents", "status = 'ready'"),
            documents_failed=count("documents", "status != 'ready'"),
            examples=count("examples"),
            versions=count("versions"),
            runs=_folders(project, "runs"),
            adapters=sum(1 for _ in project.runs.glob("*/adapter/card.json")),
            comparisons=_folders(project, "comparisons"),
        )


def _folders(project: Project, kind: str) -> int:
    return sum(1 for path in (project.folder / kind).glob("*") if path.is_dir())
