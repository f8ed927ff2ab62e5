"""How well Coach hears: fillers, restarts, pauses and words against the truth, beside other tools."""
