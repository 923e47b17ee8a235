"""Values as people say them, in Mandarin and English, cut where a voice may pause."""
