"""Class lists as schools have them: files become classes, or sentences that say where they are wrong."""
