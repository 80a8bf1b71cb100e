"""The player of a lesson: static files for browsers that need no server of ours, and what they are told of a lesson."""
