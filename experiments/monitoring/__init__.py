"""Whether later rows are like those a model was trained on: its features, and its scores."""
