"""Pure rules of the classroom: the lesson, buttons, lamps, polls and roster; no I/O, time is passed in."""
