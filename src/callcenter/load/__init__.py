"""The load kit: many telephones at once against a PBX, and what came of it."""
