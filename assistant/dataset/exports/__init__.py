"""Examples as files for tuning services, training tools and spreadsheets, each by its target's own rules."""

from assistant.dataset.exports.building import Export, Setting, build
from assistant.dataset.exports.targets import GROUPS, Target, Words, all_targets, source_title, target

__all__ = ["GROUPS", "Export", "Setting", "Target", "Words", "all_targets", "build", "source_title", "target"]
