"""How the ear of ``coach/transcription/ear.py`` was trained."""
