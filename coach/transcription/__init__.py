"""From sound to verbatim words: where the weights come from, how a recording is cut, how a piece is heard."""
