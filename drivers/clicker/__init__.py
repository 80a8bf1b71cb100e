"""Clicker receivers: the bases that students' keypads answer to."""
