"""Sources: files of the world, read through a profile, become a transaction dataset."""

from features.sources.ingestion import IngestReport, ingest
from features.sources.profile import Profile, load_profile

__all__ = ["IngestReport", "Profile", "ingest", "load_profile"]
