"""How an engine is made, judged and compared: simulation, training, tracking, the command."""
