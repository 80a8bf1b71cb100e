"""Every figure of the performance core, each against a peer measured in the same minute: ``make bench``."""
