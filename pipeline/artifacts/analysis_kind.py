"""What one table under ``results/analysis/`` is. Standard library only."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AnalysisKind:
    """One table of the folder.

    Attributes
    ----------
    name, explanation : str
    columns : tuple of str
        All columns, in order.
    shares : tuple of str
        Columns whose numbers lie in 0..1, or are missing.
    """

    name: str
    explanation: str
    columns: tuple[str, ...]
    shares: tuple[str, ...] = field(default=())
